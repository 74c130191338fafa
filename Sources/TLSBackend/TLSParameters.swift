/// What one remote asks of its TLS connections. Names and numbers are IANA's on every backend.
public struct TLSParameters: Sendable {
  /// The name to send as SNI (RFC 6066 §3), without a trailing NUL; nil for an address literal.
  public var serverName: [UInt8]?
  /// The lowest version to accept. There is no highest (RFC 9662 §4, U3).
  public var minimumVersion: TLSVersion
  /// Suites to offer, in order of preference, TLS 1.2 and 1.3 in one list.
  public var cipherSuites: [TLSCipherSuite]
  /// Key exchange groups to offer, in order of preference.
  public var groups: [TLSGroup]

  /// RFC 9325's recommendations: ECDHE with AES-GCM only, X25519 and P-256 (C10-C12).
  public init(
    serverName: [UInt8]? = nil,
    minimumVersion: TLSVersion = .tls12,
    cipherSuites: [TLSCipherSuite] = TLSCipherSuite.recommended,
    groups: [TLSGroup] = TLSGroup.recommended
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

/// A cipher suite by its IANA number.
public enum TLSCipherSuite: UInt16, Sendable {
  case aes128GCM = 0x1301
  case aes256GCM = 0x1302
  case chacha20Poly1305 = 0x1303
  case ecdheECDSAWithAES128GCM = 0xC02B
  case ecdheECDSAWithAES256GCM = 0xC02C
  case ecdheRSAWithAES128GCM = 0xC02F
  case ecdheRSAWithAES256GCM = 0xC030

  /// RFC 9325 §4.2 for TLS 1.2 with ECDHE_RSA_AES128_GCM first (C12), RFC 8446 §9.1 for 1.3.
  public static let recommended: [TLSCipherSuite] = [
    .aes128GCM, .aes256GCM, .chacha20Poly1305,
    .ecdheRSAWithAES128GCM, .ecdheECDSAWithAES128GCM,
    .ecdheRSAWithAES256GCM, .ecdheECDSAWithAES256GCM,
  ]

  /// The one version that this suite belongs to.
  public var version: TLSVersion {
    switch self {
    case .aes128GCM, .aes256GCM, .chacha20Poly1305: .tls13
    case .ecdheECDSAWithAES128GCM, .ecdheECDSAWithAES256GCM, .ecdheRSAWithAES128GCM,
      .ecdheRSAWithAES256GCM:
      .tls12
    }
  }

  /// The IANA name.
  public var name: StaticString {
    switch self {
    case .aes128GCM: "TLS_AES_128_GCM_SHA256"
    case .aes256GCM: "TLS_AES_256_GCM_SHA384"
    case .chacha20Poly1305: "TLS_CHACHA20_POLY1305_SHA256"
    case .ecdheECDSAWithAES128GCM: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
    case .ecdheECDSAWithAES256GCM: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    case .ecdheRSAWithAES128GCM: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    case .ecdheRSAWithAES256GCM: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    }
  }
}

/// A key exchange group by its IANA number.
public enum TLSGroup: UInt16, Sendable {
  case secp256r1 = 23
  case secp384r1 = 24
  case x25519 = 29

  /// RFC 9325 §4.2.1 (C12), with P-384 for servers that have nothing else.
  public static let recommended: [TLSGroup] = [.x25519, .secp256r1, .secp384r1]

  /// The IANA name.
  public var name: StaticString {
    switch self {
    case .secp256r1: "secp256r1"
    case .secp384r1: "secp384r1"
    case .x25519: "x25519"
    }
  }
}

/// What a handshake agreed on, for the log.
public struct TLSNegotiated: Sendable {
  /// As the library spells it, e.g. "TLSv1.3".
  public let version: Text
  /// The IANA name of the suite where the library knows it.
  public let cipherSuite: Text

  public init(version: Text, cipherSuite: Text) {
    self.version = version
    self.cipherSuite = cipherSuite
  }
}

/// What a linked library can do.
public struct TLSCapabilities: Sendable {
  /// The library's name, e.g. "OpenSSL".
  public let library: StaticString
  /// Its version at run time, e.g. "3.0.22".
  public let version: Text
  /// The highest version of TLS that it can speak.
  public let highestVersion: TLSVersion

  public init(library: StaticString, version: Text, highestVersion: TLSVersion) {
    self.library = library
    self.version = version
    self.highestVersion = highestVersion
  }
}
