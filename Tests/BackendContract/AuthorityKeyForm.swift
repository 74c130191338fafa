import COpenSSL

/// How a private key may be written into a file.
enum AuthorityKeyForm: Sendable {
  /// `BEGIN PRIVATE KEY` (RFC 5958).
  case pkcs8
  /// `BEGIN RSA PRIVATE KEY` (RFC 8017 A.1.2) or `BEGIN EC PRIVATE KEY` (RFC 5915).
  case traditional
  /// `BEGIN EC PARAMETERS` before it, as `openssl ecparam -genkey` writes.
  case traditionalWithParameters
  /// `BEGIN ENCRYPTED PRIVATE KEY`.
  case encrypted
  /// `Proc-Type: 4,ENCRYPTED` (RFC 1421), as the OpenSSL of old wrote.
  case traditionalEncrypted
}

extension TestIdentity {
  /// As in PKCS#1 or SEC 1 where the kind has such a form, else in PKCS#8.
  var privateKeyDER: [UInt8] {
    TestIdentity.der { i2d_PrivateKey(key, $0) }
  }

  func privateKeyPEM(_ form: AuthorityKeyForm = .pkcs8) -> [UInt8] {
    let password = "password"
    let count = Int32(password.utf8.count)
    switch form {
    case .pkcs8:
      return TestIdentity.text { PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) }
    case .traditional:
      return TestIdentity.text {
        PEM_write_bio_PrivateKey_traditional($0, key, nil, nil, 0, nil, nil)
      }
    case .traditionalWithParameters:
      // The identifier of prime256v1 (RFC 5480 §2.1.1.1).
      let parameters = "BggqhkjOPQMBBw=="
      let label = "EC PARAMETERS-----\n"
      return Array("-----BEGIN \(label)\(parameters)\n-----END \(label)".utf8)
        + privateKeyPEM(.traditional)
    case .encrypted:
      return TestIdentity.text {
        PEM_write_bio_PKCS8PrivateKey($0, key, EVP_aes_128_cbc(), password, count, nil, nil)
      }
    case .traditionalEncrypted:
      return TestIdentity.text {
        PEM_write_bio_PrivateKey_traditional(
          $0, key, EVP_aes_128_cbc(), Array(password.utf8), count, nil, nil)
      }
    }
  }
}
