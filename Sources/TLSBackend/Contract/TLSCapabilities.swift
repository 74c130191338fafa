public import Bytes

/// What a linked library can do, so that an option it cannot honour is refused at start, and a
/// promise it cannot keep is not asked of it.
public final class TLSCapabilities: Sendable {
  /// The library's name, e.g. "OpenSSL".
  public let library: Literal
  /// Its version at run time, e.g. "3.0.22".
  public let version: Text
  /// The highest version of TLS that it can speak.
  public let highestVersion: TLSVersion
  /// The suites that it can offer.
  public let cipherSuites: [TLSCipherSuite]
  /// The key exchange groups that it can offer.
  public let groups: [TLSGroup]
  /// The IANA numbers of the suites and groups that its system-wide configuration forbids.
  let forbidden: [UInt16]
  /// The kinds of key that it lets a server have.
  public let keys: Literal
  /// Whether a FIPS module exists for this library. A context finds out whether it is installed and
  /// active (`TLSParameters.requiresFIPS`).
  public let hasFIPS: Bool

  public init(
    library: Literal, version: Text, highestVersion: TLSVersion,
    cipherSuites: [TLSCipherSuite], groups: [TLSGroup],
    keys: Literal = "RSA RSASSA-PSS ECDSA Ed25519", hasFIPS: Bool = false,
    forbidden: [UInt16] = []
  ) {
    self.library = library
    self.version = version
    self.highestVersion = highestVersion
    self.cipherSuites = cipherSuites
    self.groups = groups
    self.keys = keys
    self.forbidden = forbidden
    self.hasFIPS = hasFIPS
  }

  /// As these, with fewer suites and groups.
  public init(
    _ whole: TLSCapabilities, cipherSuites: [TLSCipherSuite], groups: [TLSGroup]
  ) {
    library = whole.library
    version = whole.version
    highestVersion = whole.highestVersion
    self.cipherSuites = cipherSuites
    self.groups = groups
    keys = whole.keys
    forbidden = whole.forbidden
    hasFIPS = whole.hasFIPS
  }

  /// The library and its version, as a refusal names it.
  public var name: Text { version.isEmpty ? "\(library)" : "\(library) \(version)" }
}

/// What a handshake agreed on, for the log.
public struct TLSNegotiated: Sendable {
  /// As the library spells it, e.g. "TLSv1.3".
  public let version: Text
  /// The IANA name of the suite where the library knows it.
  public let cipherSuite: Text
  /// The IANA name of the key exchange group, empty where the library does not tell.
  public let group: Text

  public init(version: Text, cipherSuite: Text, group: Text = "") {
    self.version = version
    self.cipherSuite = cipherSuite
    self.group = group
  }
}
