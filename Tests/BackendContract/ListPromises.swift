import Bytes
import COpenSSL

@testable import TLSBackend

/// Lists of suites, groups and versions: offered as they are, or refused before any connection.
func listPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  [
    Promise("a name that the library has not is refused, naming name and library") {
      try promiseUnknownRefused(TLS.self)
    },
    Promise("the lowest version is offered when the library has it, and else refused") {
      try promiseVersions(TLS.self)
    },
    Promise("the recommended suites are offered in their order, as far as the library has them") {
      let known = TLSCipherSuite.recommended.filter(TLS.available.cipherSuites.contains)
      for parameters in [TLSParameters(), TLSParameters(cipherSuites: known)] {
        let offer = try offeredSuites(TLS.self, parameters)
        try expectEqual(offer, known.byVersion, "suites")
      }
    },
    Promise("each suite alone is offered alone") {
      for suite in TLS.available.cipherSuites {
        let offer = try offeredSuites(TLS.self, TLSParameters(cipherSuites: [suite]))
        try expectEqual(offer, [suite].byVersion, "suites")
      }
    },
    Promise("any list of suites is offered exactly or refused, never something else (C10)") {
      try promiseExactOrRefused(TLS.self)
    },
    Promise("any list of groups is offered exactly, in its order (C14)") {
      let groups = TLS.available.groups
      for first in groups {
        let others = groups.filter { $0 != first }
        for list in [[first], [first] + others] + others.map({ [first, $0] }) {
          let hello = try clientHello(TLS.self, TLSParameters(groups: list))
          try expectEqual(hello.list(in: 10), list.map(\.rawValue), "groups")
        }
      }
    },
  ]
}

/// What the library's ClientHello says when it is made from these parameters.
private func clientHello<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ parameters: TLSParameters
) throws -> ClientHello {
  // Its versions and groups are of no account: the hello is read before they are looked at.
  var meeting = try Meeting<TLS>(parameters: parameters)
  _ = try meeting.step()
  meeting.server.feed(meeting.wire.receive())
  guard let hello = meeting.server.hello else {
    throw BrokenPromise("no ClientHello", #fileID, #line)
  }
  return hello
}

/// The suites by version, since a server takes the version first: their order matters within it.
private struct SuiteLists: Equatable {
  var tls12: [UInt16] = []
  var tls13: [UInt16] = []
}

extension [TLSCipherSuite] {
  fileprivate var byVersion: SuiteLists {
    SuiteLists(
      tls12: filter { $0.version == .tls12 }.map(\.rawValue),
      tls13: filter { $0.version == .tls13 }.map(\.rawValue))
  }
}

private func offeredSuites<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ parameters: TLSParameters
) throws -> SuiteLists {
  let hello = try clientHello(TLS.self, parameters)
  // Without the signal of RFC 5746 §3.3, which is no suite.
  let suites = hello.cipherSuites.filter { $0 != 0x00FF }
  let offer = SuiteLists(
    tls12: suites.filter { $0 >> 8 != 0x13 }, tls13: suites.filter { $0 >> 8 == 0x13 })
  // supported_versions (RFC 8446 §4.2.1), a list behind one byte of length.
  let versions = Array(hello.content(of: 43)?.dropFirst() ?? [3, 3])
  let expected: [UInt8] =
    (offer.tls13.isEmpty ? [] : [3, 4]) + (offer.tls12.isEmpty ? [] : [3, 3])
  try expectEqual(versions, expected, "versions offered with these suites")
  return offer
}

private func promiseUnknownRefused<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let capabilities = TLS.available
  let name = capabilities.name.words
  try expect(name.contains("\(capabilities.library) "), "no version in '\(name)'")
  for suite in TLSCipherSuite.allCases where !capabilities.cipherSuites.contains(suite) {
    try refuses(
      TLS.self, TLSParameters(cipherSuites: [suite] + capabilities.cipherSuites),
      .notSupported(suite.name, by: capabilities.name), about: .cipherSuites)
  }
  for group in TLSGroup.allCases where !capabilities.groups.contains(group) {
    try refuses(
      TLS.self, TLSParameters(groups: capabilities.groups + [group]),
      .notSupported(group.name, by: capabilities.name), about: .groups)
  }
  try refuses(TLS.self, TLSParameters(groups: []), .noGroupLeft, about: .groups)
  try refuses(
    TLS.self, TLSParameters(cipherSuites: []), .noSuiteLeft(from: .tls12), about: .cipherSuites)
}

private func promiseVersions<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let capabilities = TLS.available
  for version in [TLSVersion.tls12, .tls13] {
    let parameters = TLSParameters(minimumVersion: version)
    if version > capabilities.highestVersion {
      try refuses(
        TLS.self, parameters, .notSupported(version.name, by: capabilities.name),
        about: .minimumVersion)
    } else {
      let offer = try offeredSuites(TLS.self, parameters)
      try expectEqual(offer.tls12.isEmpty, version == .tls13, "TLS 1.2 is not offered")
      let speaks13 = capabilities.highestVersion >= .tls13
      try expectEqual(offer.tls13.isEmpty, !speaks13, "TLS 1.3 is not offered")
    }
  }
}

private func refuses<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ parameters: TLSParameters, _ sentence: Sentence, about parameter: TLSParameter
) throws {
  do {
    _ = try TLS.Context(parameters)
  } catch {
    return try expectError(error, TLSError(.configuration, sentence, about: parameter))
  }
  throw BrokenPromise("no refusal: \(sentence.words)", #fileID, #line)
}

/// GnuTLS offers every combination of its key exchanges and ciphers: a list that is none must not
/// become one.
private func promiseExactOrRefused<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let suites = TLS.available.cipherSuites
  let pairs = suites.flatMap { first in suites.map { [first, $0] } }.filter { $0[0] != $0[1] }
  let rotations = suites.indices.map { Array(suites[$0...] + suites[..<$0]) }
  for list in pairs + rotations + [suites.reversed()] {
    do {
      let offer = try offeredSuites(TLS.self, TLSParameters(cipherSuites: list))
      try expectEqual(offer, list.byVersion, "suites")
    } catch let error as TLSError {
      try expectKind(error, .configuration)
      try expectEqual(error.parameter, .cipherSuites, "parameter")
      try expectSays(error, "\(TLS.capabilities.library)")
    }
  }
}
