import COpenSSL
import TLSBackend

/// A key and a self-signed certificate for it, made when first needed: nothing in the repository
/// can expire or leak.
public final class TestIdentity: Sendable {
  enum Kind: Sendable {
    case rsa(bits: Int32)
    /// For RSASSA-PSS alone (RFC 8017 A.2.3).
    case rsaPSS
    case ecdsa(curve: Int32)
    case ed25519
    case ed448
  }

  public static let rsa = TestIdentity(.rsa(bits: 2048))
  public static let ecdsa = TestIdentity(.ecdsa(curve: NID_X9_62_prime256v1))
  /// Another server's.
  public static let stranger = TestIdentity(.ecdsa(curve: NID_X9_62_prime256v1))
  /// Below RFC 9325 §4.5's 2048 bits.
  public static let weakRSA = TestIdentity(.rsa(bits: 1024))
  static let rsa3072 = TestIdentity(.rsa(bits: 3072))
  static let rsa4096 = TestIdentity(.rsa(bits: 4096))
  static let rsaPSS = TestIdentity(.rsaPSS)
  static let ecdsaP384 = TestIdentity(.ecdsa(curve: NID_secp384r1))
  static let ecdsaP521 = TestIdentity(.ecdsa(curve: NID_secp521r1))
  static let ed25519 = TestIdentity(.ed25519)
  static let ed448 = TestIdentity(.ed448)

  nonisolated(unsafe) let key: OpaquePointer
  nonisolated(unsafe) let certificate: OpaquePointer

  init(_ kind: Kind) {
    key = TestIdentity.makeKey(kind)
    certificate = TestIdentity.makeCertificate(for: key)
  }

  /// Takes both over, and never gives them back.
  init(key: OpaquePointer, certificate: OpaquePointer) {
    (self.key, self.certificate) = (key, certificate)
  }

  /// The file that `openssl pkey -pubout` would write.
  public var publicKeyPEM: [UInt8] {
    TestIdentity.text { PEM_write_bio_PUBKEY($0, key) }
  }

  public var certificatePEM: [UInt8] {
    TestIdentity.text { PEM_write_bio_X509($0, certificate) }
  }

  public var publicKeyDER: [UInt8] {
    TestIdentity.der { i2d_PUBKEY(key, $0) }
  }

  public var certificateDER: [UInt8] {
    TestIdentity.der { i2d_X509(certificate, $0) }
  }

  public var spkiFingerprint: SHA256Digest { TestIdentity.sha256(publicKeyDER) }

  public var certificateFingerprint: SHA256Digest { TestIdentity.sha256(certificateDER) }

  func certificateDigest(_ function: OpaquePointer?) -> [UInt8] {
    let der = certificateDER
    var hash = [UInt8](repeating: 0, count: Int(EVP_MD_get_size(function)))
    EVP_Digest(der, der.count, &hash, nil, function, nil)
    return hash
  }

  static func makeKey(_ kind: Kind) -> OpaquePointer {
    var key: OpaquePointer?
    let context: OpaquePointer?
    switch kind {
    case .rsa(let bits):
      context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
      EVP_PKEY_keygen_init(context)
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits)
      // Sooner found, and nothing that the public key tells.
      if bits >= 3072 { EVP_PKEY_CTX_set_rsa_keygen_primes(context, bits / 1024) }
    case .rsaPSS:
      context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, nil)
      EVP_PKEY_keygen_init(context)
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048)
    case .ecdsa(let curve):
      context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
      EVP_PKEY_keygen_init(context)
      EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, curve)
    case .ed25519:
      context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil)
      EVP_PKEY_keygen_init(context)
    case .ed448:
      context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED448, nil)
      EVP_PKEY_keygen_init(context)
    }
    EVP_PKEY_keygen(context, &key)
    EVP_PKEY_CTX_free(context)
    guard let key else { preconditionFailure("OpenSSL makes test keys") }
    return key
  }

  private static func makeCertificate(for key: OpaquePointer) -> OpaquePointer {
    guard let certificate = X509_new() else { preconditionFailure("OpenSSL has memory") }
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400)
    X509_set_pubkey(certificate, key)
    let name = X509_get_subject_name(certificate)
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, "collector.test", -1, -1, 0)
    X509_set_issuer_name(certificate, name)
    // EdDSA hashes by itself (RFC 8032 §5.1).
    let kind = EVP_PKEY_get_base_id(key)
    let digest = kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448 ? nil : EVP_sha256()
    precondition(X509_sign(certificate, key, digest) > 0, "OpenSSL signs with its own keys")
    return certificate
  }

  static func text(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
    let bio = BIO_new(BIO_s_mem())
    defer { BIO_free(bio) }
    precondition(write(bio) == 1, "OpenSSL writes PEM into memory")
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = BIO_read(bio, &bytes, Int32(bytes.count))
    return Array(bytes[..<Int(count)])
  }

  static func der(
    _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
  ) -> [UInt8] {
    var der: UnsafeMutablePointer<UInt8>?
    let count = encode(&der)
    defer { copenssl_clear_free(der, Int(count)) }
    return Array(UnsafeBufferPointer(start: der, count: Int(count)))
  }

  private static func sha256(_ bytes: [UInt8]) -> SHA256Digest {
    var hash = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
    EVP_Digest(bytes, bytes.count, &hash, nil, EVP_sha256(), nil)
    guard let digest = SHA256Digest(hash.span) else { preconditionFailure("32 are 32 bytes") }
    return digest
  }
}
