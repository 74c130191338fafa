import Foundation
import Testing

/// The TLS library that a product was built with.
enum Backend: String, CaseIterable, Sendable, Codable, CustomTestStringConvertible {
  case openssl, gnutls, mbedtls

  /// What a product says about the library that it runs with: `syslogd 0.1.0 (Mbed TLS 2.28.3,
  /// embedded)`.
  struct Library: Sendable, CustomStringConvertible {
    let name: String
    let version: String

    var description: String { "\(name) \(version)" }

    /// Mbed TLS has TLS 1.3 from 3.6 on, the other two in every version that is supported here.
    var hasTLS13: Bool { name != "Mbed TLS" || isAtLeast(3, 6) }

    /// No version of Mbed TLS reads the KeyUpdate of a server.
    var hasKeyUpdate: Bool { hasTLS13 && name != "Mbed TLS" }

    private func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
      let numbers = version.split(separator: ".").compactMap { Int($0) }
      return (numbers.first ?? 0, numbers.dropFirst().first ?? 0) >= (major, minor)
    }
  }

  var testDescription: String { rawValue }

  /// Asks the Embedded product. The next Debian release has other versions, so that nothing about
  /// them is written here.
  func library() throws -> Library {
    let workspace = Workspace()
    let child = try Child(
      [try Programs.embedded(self), "--version"], in: workspace, name: "version")
    try child.wait()
    let said = child.output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let match = said.wholeMatch(of: #/syslogd \S+ \((.+) ([0-9][^ ,]*)(, embedded)?\)/#),
      match.3 != nil
    else { throw Failure("the product for \(rawValue) is no Embedded build with TLS: '\(said)'") }
    return Library(name: String(match.1), version: String(match.2))
  }
}

extension Backend {
  /// Ends a test, as skipped and with a reason, that asks for TLS 1.3 where the library has none.
  /// That its absence is a clear refusal is tested in `Interoperability`.
  func requireTLS13() throws {
    let library = try library()
    if !library.hasTLS13 { try Test.cancel("n/a: \(library) has no TLS 1.3") }
  }
}
