internal import Bytes
internal import CGnuTLS
public import TLSBackend

extension GnuTLSBackend: TLSKeyMaker {
  public static func makeIdentity(_ request: IdentityRequest) throws(TLSError) -> NewIdentity {
    var key: gnutls_x509_privkey_t?
    var certificate: gnutls_x509_crt_t?
    defer {
      unsafe gnutls_x509_privkey_deinit(key)
      unsafe gnutls_x509_crt_deinit(certificate)
    }
    var result = unsafe gnutls_x509_privkey_init(&key)
    if result == 0 { result = unsafe gnutls_x509_crt_init(&certificate) }
    if result == 0 {
      result =
        switch request.kind {
        case .ecdsaP256:
          unsafe gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, cgnutls_bits_of_p256(), 0)
        case .rsa: unsafe gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 3072, 0)
        }
    }
    if result == 0 { result = unsafe fill(certificate, request, key) }
    var keyDER = unsafe gnutls_datum_t()
    var certificateDER = unsafe gnutls_datum_t()
    defer {
      unsafe gnutls_memset(keyDER.data, 0, Int(keyDER.size))
      unsafe cgnutls_free(keyDER.data)
      unsafe cgnutls_free(certificateDER.data)
    }
    if result == 0 {
      result = unsafe gnutls_x509_privkey_export2_pkcs8(
        key, GNUTLS_X509_FMT_DER, nil, GNUTLS_PKCS_PLAIN.rawValue, &keyDER)
    }
    if result == 0 {
      result = unsafe gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &certificateDER)
    }
    guard result == 0 else { throw .cannot(.makeCertificate, result) }
    return unsafe NewIdentity(
      keyLabel: "PRIVATE KEY", key: Array(keyDER.bytes), certificate: Array(certificateDER.bytes))
  }

  /// Everything but the key, and the signature by it. The first result that is no success.
  private static func fill(
    _ certificate: gnutls_x509_crt_t?, _ request: IdentityRequest, _ key: gnutls_x509_privkey_t?
  ) -> Int32 {
    // Positive, and in its shortest form (RFC 5280 §4.1.2.2).
    var serial = [UInt8](repeating: 0, count: 16)
    let name = request.commonName.bytes
    var results = unsafe [
      // ub-common-name (RFC 5280 A.1), which the library does not ask.
      name.count > 64 ? GNUTLS_E_ASN1_VALUE_NOT_VALID : 0,
      gnutls_rnd(GNUTLS_RND_NONCE, &serial, serial.count),
      gnutls_x509_crt_set_version(certificate, 3),
      gnutls_x509_crt_set_dn_by_oid(certificate, "2.5.4.3", 0, name, UInt32(name.count)),
      cgnutls_set_validity(certificate, request.notBefore, request.notAfter),
      gnutls_x509_crt_set_key(certificate, key),
      gnutls_x509_crt_set_basic_constraints(certificate, 0, -1),
      gnutls_x509_crt_set_key_usage(certificate, UInt32(GNUTLS_KEY_DIGITAL_SIGNATURE)),
      // A peer of RFC 5425 may be client and server with one certificate.
      gnutls_x509_crt_set_key_purpose_oid(certificate, "1.3.6.1.5.5.7.3.1", 0),
      gnutls_x509_crt_set_key_purpose_oid(certificate, "1.3.6.1.5.5.7.3.2", 0),
    ]
    serial[0] = serial[0] & 0x7F | 0x40
    unsafe results.append(gnutls_x509_crt_set_serial(certificate, serial, serial.count))
    for (type, names) in [
      (GNUTLS_SAN_DNSNAME, request.dnsNames), (GNUTLS_SAN_IPADDRESS, request.addresses),
    ] {
      for name in names {
        unsafe results.append(
          gnutls_x509_crt_set_subject_alt_name(
            certificate, type, name, UInt32(name.count), UInt32(GNUTLS_FSAN_APPEND)))
      }
    }
    // RFC 7093 §2 (1): the first 160 bits of SHA-256 of the public key.
    var identifier = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
    var size = identifier.count
    unsafe results.append(
      gnutls_x509_crt_get_key_id(
        certificate, GNUTLS_KEYID_USE_SHA256.rawValue, &identifier, &size))
    unsafe results.append(gnutls_x509_crt_set_subject_key_id(certificate, identifier, 20))
    unsafe results.append(
      gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0))
    return results.first { $0 != 0 } ?? 0
  }
}
