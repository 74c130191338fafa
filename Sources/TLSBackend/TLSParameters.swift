/// What one remote asks of its TLS connections. Names and numbers are IANA's on every backend.
public struct TLSParameters: Equatable, Sendable {
  /// The name to send as SNI (RFC 6066 §3), without a trailing NUL; nil for an address literal.
  public var serverName: [UInt8]?
  /// The lowest version to accept. There is no highest (RFC 9662 §4, U3).
  public var minimumVersion: TLSVersion
  /// Suites to offer, in order of preference, TLS 1.2 and 1.3 in one list; nil for RFC 9325's, as
  /// far as the library has them.
  public var cipherSuites: [TLSCipherSuite]?
  /// Key exchange groups to offer, in order of preference; nil for RFC 9325's, as far as the
  /// library has them.
  public var groups: [TLSGroup]?

  public init(
    serverName: [UInt8]? = nil,
    minimumVersion: TLSVersion = .tls12,
    cipherSuites: [TLSCipherSuite]? = nil,
    groups: [TLSGroup]? = nil
  ) {
    self.serverName = serverName
    self.minimumVersion = minimumVersion
    self.cipherSuites = cipherSuites
    self.groups = groups
  }
}

/// A protocol version that may be offered. Older ones have no name here (RFC 9325 §3.1.1, C1).
public enum TLSVersion: UInt16, Sendable, Comparable {
  case tls12 = 0x0303
  case tls13 = 0x0304

  public var name: StaticString {
    switch self {
    case .tls12: "TLS 1.2"
    case .tls13: "TLS 1.3"
    }
  }

  public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
    left.rawValue < right.rawValue
  }
}
