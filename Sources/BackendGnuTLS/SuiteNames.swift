internal import Bytes
internal import TLSBackend

// What GnuTLS calls the parts of a suite, and the groups.
extension TLSCipherSuite {
  var cipherName: Literal {
    switch self {
    case .aes128GCM, .ecdheRSAWithAES128GCM, .ecdheECDSAWithAES128GCM: "AES-128-GCM"
    case .aes256GCM, .ecdheRSAWithAES256GCM, .ecdheECDSAWithAES256GCM: "AES-256-GCM"
    case .chacha20Poly1305, .ecdheRSAWithChaCha20Poly1305, .ecdheECDSAWithChaCha20Poly1305:
      "CHACHA20-POLY1305"
    case .rsaWithAES128CBC: "AES-128-CBC"
    }
  }

  /// Empty in TLS 1.3.
  var keyExchangeName: Literal {
    switch self {
    case .aes128GCM, .aes256GCM, .chacha20Poly1305: ""
    case .ecdheRSAWithAES128GCM, .ecdheRSAWithAES256GCM, .ecdheRSAWithChaCha20Poly1305:
      "ECDHE-RSA"
    case .ecdheECDSAWithAES128GCM, .ecdheECDSAWithAES256GCM, .ecdheECDSAWithChaCha20Poly1305:
      "ECDHE-ECDSA"
    case .rsaWithAES128CBC: "RSA"
    }
  }
}

extension TLSGroup {
  var gnutlsName: Literal {
    switch self {
    case .secp256r1: "SECP256R1"
    case .secp384r1: "SECP384R1"
    case .secp521r1: "SECP521R1"
    case .x25519: "X25519"
    case .x448: "X448"
    case .x25519MLKEM768: "X25519-MLKEM768"
    }
  }
}
