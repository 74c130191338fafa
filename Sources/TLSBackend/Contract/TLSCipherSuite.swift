public import Bytes

/// A cipher suite by its IANA number.
public enum TLSCipherSuite: UInt16, Sendable, CaseIterable {
  case aes128GCM = 0x1301
  case aes256GCM = 0x1302
  case chacha20Poly1305 = 0x1303
  case ecdheECDSAWithAES128GCM = 0xC02B
  case ecdheECDSAWithAES256GCM = 0xC02C
  case ecdheRSAWithAES128GCM = 0xC02F
  case ecdheRSAWithAES256GCM = 0xC030
  case ecdheRSAWithChaCha20Poly1305 = 0xCCA8
  case ecdheECDSAWithChaCha20Poly1305 = 0xCCA9
  /// What RFC 5425 §4.2 demanded, for collectors that have nothing else: no forward secrecy, and
  /// never in the default (RFC 9662 §4, U2; RFC 9325 §4.1, C10).
  case rsaWithAES128CBC = 0x002F

  /// RFC 8446 §9.1 for TLS 1.3; RFC 9325 §4.2 for 1.2, ECDHE_RSA_AES128_GCM first (C12), and
  /// ChaCha20 for routers whose processor has no AES. Each key exchange comes with the same
  /// ciphers in the same order, because GnuTLS can offer nothing else (docs/decisions/0006).
  public static let recommended: [TLSCipherSuite] = [
    .aes128GCM, .aes256GCM, .chacha20Poly1305,
    .ecdheRSAWithAES128GCM, .ecdheRSAWithAES256GCM, .ecdheRSAWithChaCha20Poly1305,
    .ecdheECDSAWithAES128GCM, .ecdheECDSAWithAES256GCM, .ecdheECDSAWithChaCha20Poly1305,
  ]

  /// Nil when no suite has this IANA name; case does not matter.
  public init?(named name: Text) {
    for suite in TLSCipherSuite.allCases where name.isName(suite.name) {
      self = suite
      return
    }
    return nil
  }

  /// The one version that this suite belongs to.
  public var version: TLSVersion {
    switch self {
    case .aes128GCM, .aes256GCM, .chacha20Poly1305: .tls13
    case .ecdheECDSAWithAES128GCM, .ecdheECDSAWithAES256GCM, .ecdheECDSAWithChaCha20Poly1305,
      .ecdheRSAWithAES128GCM, .ecdheRSAWithAES256GCM, .ecdheRSAWithChaCha20Poly1305,
      .rsaWithAES128CBC:
      .tls12
    }
  }

  /// Whether FIPS 140 approves of its algorithms (SP 800-52r2 §3.3.1): not of ChaCha20.
  var isApproved: Bool {
    switch self {
    case .chacha20Poly1305, .ecdheRSAWithChaCha20Poly1305, .ecdheECDSAWithChaCha20Poly1305,
      .rsaWithAES128CBC:
      false
    default: true
    }
  }

  /// The IANA name.
  public var name: Literal {
    switch self {
    case .aes128GCM: "TLS_AES_128_GCM_SHA256"
    case .aes256GCM: "TLS_AES_256_GCM_SHA384"
    case .chacha20Poly1305: "TLS_CHACHA20_POLY1305_SHA256"
    case .ecdheECDSAWithAES128GCM: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
    case .ecdheECDSAWithAES256GCM: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    case .ecdheRSAWithAES128GCM: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    case .ecdheRSAWithAES256GCM: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    case .ecdheRSAWithChaCha20Poly1305: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
    case .ecdheECDSAWithChaCha20Poly1305: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
    case .rsaWithAES128CBC: "TLS_RSA_WITH_AES_128_CBC_SHA"
    }
  }
}

extension Text {
  /// Whether this is `name`, whose letters may be in either case: nobody remembers that IANA
  /// writes x25519 small and TLS_AES_128_GCM_SHA256 large.
  func isName(_ name: Literal) -> Bool {
    guard bytes.count == name.count else { return false }
    for index in bytes.indices where bytes[index].lowercased != name[index].lowercased {
      return false
    }
    return true
  }
}
