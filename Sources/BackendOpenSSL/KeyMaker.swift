internal import Bytes
internal import COpenSSL
public import TLSBackend

extension OpenSSLBackend: TLSKeyMaker {
  public static func makeIdentity(_ request: IdentityRequest) throws(TLSError) -> NewIdentity {
    ERR_clear_error()
    let key =
      switch request.kind {
      case .ecdsaP256: unsafe copenssl_make_p256_key()
      case .rsa: unsafe copenssl_make_rsa_key(3072)
      }
    let certificate = unsafe X509_new()
    defer {
      unsafe EVP_PKEY_free(key)
      unsafe X509_free(certificate)
    }
    guard let key = unsafe key, let certificate = unsafe certificate,
      unsafe fill(certificate, request, key), let keyDER = unsafe pkcs8(key)
    else { throw .cannot(.makeCertificate) }
    return unsafe NewIdentity(
      keyLabel: "PRIVATE KEY", key: keyDER,
      certificate: encoded { unsafe i2d_X509(certificate, $0) })
  }

  /// Everything but the key's own doing is one condition: which of these calls fails, out of
  /// memory most of the time, the library's words tell.
  private static func fill(
    _ certificate: OpaquePointer, _ request: IdentityRequest, _ key: OpaquePointer
  ) -> Bool {
    guard let serial = randomSerial(),
      unsafe X509_set_version(certificate, Int(X509_VERSION_3)) == 1,
      unsafe copenssl_set_serial_and_dates(
        certificate, serial, request.notBefore, request.notAfter) == 1,
      unsafe setNames(certificate, request.commonName),
      unsafe X509_set_pubkey(certificate, key) == 1
    else { return false }
    var extensions: [(nid: Int32, isCritical: Bool, der: [UInt8])] = [
      (NID_basic_constraints, true, [0x30, 0]),
      // digitalSignature.
      (NID_key_usage, true, [3, 2, 7, 0x80]),
      (NID_ext_key_usage, false, DERWriter.purposes),
    ]
    if let names = DERWriter.alternativeNames(of: request) {
      extensions.append((NID_subject_alt_name, false, names))
    }
    // RFC 7093 §2 (1): the first 160 bits of SHA-256 of the public key.
    var identifier = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    guard unsafe X509_pubkey_digest(certificate, EVP_sha256(), &identifier, nil) == 1 else {
      return false
    }
    let short = Array(identifier.prefix(20))
    extensions.append((NID_subject_key_identifier, false, DERWriter.element(4, short)))
    for item in extensions {
      guard
        unsafe copenssl_add_extension(
          certificate, item.nid, item.isCritical ? 1 : 0, item.der, Int32(item.der.count)) == 1
      else { return false }
    }
    return unsafe X509_sign(certificate, key, EVP_sha256()) > 0
  }

  private static func setNames(_ certificate: OpaquePointer, _ commonName: Text) -> Bool {
    let name = unsafe X509_get_subject_name(certificate)
    let bytes = commonName.bytes
    return unsafe X509_NAME_add_entry_by_NID(
      name, NID_commonName, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0) == 1
      && X509_set_issuer_name(certificate, name) == 1
  }

  /// 63 random bits, never 0 (RFC 5280 §4.1.2.2).
  private static func randomSerial() -> UInt64? {
    var bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
    guard unsafe RAND_bytes(&bytes, 8) == 1 else { return nil }
    let serial = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    return serial >> 1 | 1
  }

  /// The key in PKCS#8; nil when that cannot be.
  private static func pkcs8(_ key: OpaquePointer) -> [UInt8]? {
    guard let info = unsafe EVP_PKEY2PKCS8(key) else { return nil }
    defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
    let der = unsafe encoded { unsafe i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
    return der.isEmpty ? nil : der
  }
}

/// DER that an OpenSSL function allocates; empty when it could not.
@inline(never)
private func encoded(
  _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32
) -> [UInt8] {
  var der: UnsafeMutablePointer<UInt8>?
  let count = unsafe encode(&der)
  // It may be a private key.
  defer { unsafe copenssl_clear_free(der, Int(max(count, 0))) }
  guard count > 0, let der = unsafe der else { return [] }
  return unsafe Array(UnsafeBufferPointer(start: der, count: Int(count)))
}
