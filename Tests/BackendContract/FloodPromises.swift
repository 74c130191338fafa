import Bytes
import COpenSSL

@testable import TLSBackend

private let changeCipherSpec: [UInt8] = [20, 3, 3, 0, 1, 1]
private let emptyHandshakeRecord: [UInt8] = [22, 3, 3, 0, 0]
private let warningRecord: [UInt8] = [21, 3, 3, 0, 2, 1, 112]

/// A server that sends more than it should: the session ends, or a verb comes back with the rest
/// unread, so that the loop has its turn.
func floodPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  handshakeFloods(TLS.self) + connectionFloods(TLS.self) + oversizePromises(TLS.self)
    + chainPromises(TLS.self)
}

/// 100 KB of it, less than a socket holds.
private func repeated(_ record: [UInt8]) -> [UInt8] {
  (0..<(100_000 / record.count)).flatMap { _ in record }
}

private func handshakeFloods<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let records = [
    ("warnings", warningRecord), ("change_cipher_spec", changeCipherSpec),
    ("empty records", emptyHandshakeRecord),
  ]
  return records.flatMap { name, record in
    [
      Promise("a flood of \(name) after the ClientHello starves nobody") {
        var meeting = try Meeting<TLS>()
        _ = try meeting.step()
        try starvesNobody(&meeting, repeated(record), of: record.count) {
          !isComplete(try $0.handshake())
        }
      },
      Promise("a flood of \(name) after the ServerHello starves nobody") {
        for version in versions(TLS.self) {
          var meeting = try Meeting<TLS>(server: .only(version))
          _ = try meeting.step()
          meeting.server.feed(meeting.wire.receive())
          let flight = meeting.server.output()
          let end = 5 + Int(flight[3]) << 8 + Int(flight[4])
          try meeting.wire.send(Array(flight[..<end]))
          try starvesNobody(&meeting, repeated(record), of: record.count) {
            !isComplete(try $0.handshake())
          }
        }
      },
    ]
  } + [
    Promise("a handshake message without an end ends the handshake") {
      // A ServerHello of 16 MB less one byte, in records of 16 KB.
      var meeting = try Meeting<TLS>()
      _ = try meeting.step()
      try meeting.wire.send([22, 3, 3, 0x40, 0, 2, 0xFF, 0xFF, 0xFF])
      try meeting.wire.send([UInt8](repeating: 0x5A, count: 16380))
      let record = [22, 3, 3, 0x40, 0] + [UInt8](repeating: 0x5A, count: 16384)
      for _ in 0..<64 {
        try meeting.wire.send(record)
        do throws(TLSError) { _ = isComplete(try meeting.client.handshake()) } catch {
          return try expectKind(error, .negotiation)
        }
      }
      throw BrokenPromise("1 MB of a ServerHello is swallowed", #fileID, #line)
    }
  ]
}

private func connectionFloods<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("a flood of empty application data starves nobody") {
      for version in versions(TLS.self) { try starvesNobody(TLS.self, version, 23, []) }
    },
    Promise("a flood of single bytes starves nobody") {
      for version in versions(TLS.self) { try starvesNobody(TLS.self, version, 23, [7]) }
    },
    Promise("a flood of warnings on a TLS 1.2 connection starves nobody") {
      try starvesNobody(TLS.self, TLS1_2_VERSION, 21, [1, 90])
    },
    Promise("a flood of HelloRequests starves nobody (C6)") {
      try starvesNobody(TLS.self, TLS1_2_VERSION, 22, [0, 0, 0, 0])
    },
    Promise("a flood of session tickets starves nobody", needs: .tls13) {
      // RFC 8446 §4.6.1: lifetime, age_add, nonce, ticket, no extensions.
      let body: [UInt8] = [0, 0, 0x1C, 0x20, 1, 2, 3, 4, 1, 0, 0, 4, 9, 9, 9, 9, 0, 0]
      try starvesNobody(TLS.self, TLS1_3_VERSION, 22, [4, 0, 0, UInt8(body.count)] + body)
    },
    Promise("a flood of key updates starves nobody or ends the connection", needs: .tls13) {
      var meeting = try Meeting<TLS>(server: .only(TLS1_3_VERSION))
      _ = try meeting.handshake()
      try meeting.drain()
      for _ in 0..<1000 { try meeting.server.updateKeys(.alone) }
      let flood = meeting.server.output()
      try starvesNobody(&meeting, flood, of: flood.count / 1000) { client in
        _ = try client.drain()
        return true
      }
    },
    Promise("a flood of change_cipher_spec on a connection starves nobody") {
      for version in versions(TLS.self) {
        var meeting = try forgedMeeting(TLS.self, version)
        try starvesNobody(&meeting, repeated(changeCipherSpec), of: changeCipherSpec.count) {
          client in
          _ = try client.drain()
          return true
        }
      }
    },
  ]
}

/// Forged records of one content, as many as fit.
private func starvesNobody<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32, _ type: UInt8, _ content: [UInt8]
) throws {
  var meeting = try forgedMeeting(TLS.self, version)
  let flood = try (0..<2000).flatMap { _ in try meeting.server.forge(type, content) }
  try starvesNobody(&meeting, flood, of: flood.count / 2000) { client in
    _ = try client.drain()
    return true
  }
}

/// Sends the flood of records of `length` bytes and repeats the verb until it throws or the flood is
/// over. No call takes more of it than its turn: a receive counts as 4,096 bytes at least, and a
/// record takes one or two.
private func starvesNobody<TLS: TLSBackend & ~Copyable>(
  _ meeting: inout Meeting<TLS>, _ flood: [UInt8], of length: Int,
  verb: (inout TLS) throws -> Bool
) throws {
  let share = Int(SessionLimits.turn) / 4096 * length
  try expect(flood.count > 2 * share, "\(flood.count) bytes are no flood")
  try meeting.wire.send(flood)
  try expect(meeting.wire.isFlushed, "the flood does not fit")
  var unread = meeting.wire.unreadCount
  for _ in 0..<10_000 {
    do {
      try expect(try verb(&meeting.client), "the handshake is complete")
    } catch let error as TLSError {
      try expectKind(error, .negotiation)
      return try expectShare(of: share, from: unread, to: meeting.wire.unreadCount)
    }
    try expectShare(of: share, from: unread, to: meeting.wire.unreadCount)
    unread = meeting.wire.unreadCount
    if unread == 0 { return }
  }
  throw BrokenPromise("the flood is never read", #fileID, #line)
}

private func expectShare(of share: Int, from before: Int, to after: Int) throws {
  try expect(before - after <= share, "\(before - after) bytes were read by one call, not \(share)")
}

// MARK: What is too long

private func oversizePromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("a record that is longer than TLS allows ends the handshake") {
      let record = [22, 3, 3] + bigEndian(16384 + 2049, 2) + pattern(16384 + 2049)
      try expectKind(try answer(TLS.self, with: record), .negotiation)
    },
    Promise("a record that is longer than TLS allows ends the connection") {
      // RFC 5246 §6.2.3 and RFC 8446 §5.2.
      for version in versions(TLS.self) {
        let limit = 16384 + (version == TLS1_3_VERSION ? 256 : 2048)
        var meeting = try forgedMeeting(TLS.self, version)
        try meeting.wire.send([23, 3, 3] + bigEndian(UInt64(limit + 1), 2) + pattern(limit + 1))
        try breaks(&meeting)
      }
    },
    Promise("a record of more than 16384 bytes of plaintext ends the connection") {
      for version in versions(TLS.self) {
        var meeting = try forgedMeeting(TLS.self, version)
        try meeting.wire.send(try meeting.server.forge(23, pattern(16385)))
        try breaks(&meeting)
      }
    },
    Promise("a record of a type that nobody knows ends the connection") {
      for version in versions(TLS.self) {
        var meeting = try forgedMeeting(TLS.self, version)
        try meeting.wire.send(try meeting.server.forge(99, [1]))
        try breaks(&meeting)
      }
    },
  ]
}

/// The next call finds a breach of the protocol, and says so in the words of every backend.
private func breaks<TLS: TLSBackend & ~Copyable>(_ meeting: inout Meeting<TLS>) throws {
  let error = try meeting.error { "\(try $0.drain())" }
  try expectKind(error, .negotiation)
  let words = error.reason.words
  let beginning = Sentence.failed(.reading, "").words
  try expect(words.hasPrefix(beginning), "reason: \(words)")
}

private func chainPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let length = TestIdentity.ecdsa.certificateDER.count
  return [
    Promise("a certificate chain of 12 KB is read") {
      try readsChain(TLS.self, certificates: 12_000 / length)
    },
    Promise("a certificate chain of 60 KB is read", needs: .feature(.longHandshakeMessages)) {
      try readsChain(TLS.self, certificates: 60_000 / length)
    },
    Promise("a certificate chain of 1 MB ends the handshake") {
      for version in versions(TLS.self) {
        var configuration = TestServer.Configuration.only(version)
        configuration.chain = Array(repeating: .ecdsa, count: 1_000_000 / length)
        var meeting = try Meeting<TLS>(server: configuration)
        try expectKind(try meeting.failingHandshake(), .negotiation)
      }
    },
    Promise(
      "a handshake in records of 512 bytes is put together",
      needs: .feature(.fragmentedHandshakeMessages)
    ) {
      try readsChain(TLS.self, certificates: 4, recordLimit: 512)
    },
  ]
}

private func readsChain<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, certificates: Int, recordLimit: Int = 16384
) throws {
  for version in versions(TLS.self) {
    var configuration = TestServer.Configuration.only(version)
    configuration.chain = Array(repeating: .ecdsa, count: certificates)
    configuration.recordLimit = recordLimit
    var meeting = try Meeting<TLS>(server: configuration)
    let peer = try meeting.handshake()
    try expect(
      peer.certificate.spkiFingerprint == configuration.identity?.spkiFingerprint, "another key")
    try meeting.send([1])
    try meeting.exchange()
    try expectEqual(meeting.server.plaintext, [1], "plaintext")
  }
}
