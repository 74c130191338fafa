internal import Bytes
internal import CGnuTLS
internal import TLSBackend

/// Who this client is. The corresponding C type is `gnutls_certificate_credentials_t`, to which no
/// trust anchor is ever given: chains are judged by ours.
@safe struct Credentials: ~Copyable {
  let handle: gnutls_certificate_credentials_t

  /// Without a certificate.
  init() throws(TLSError) {
    var made: gnutls_certificate_credentials_t?
    let result = unsafe gnutls_certificate_allocate_credentials(&made)
    guard result == GNUTLS_E_SUCCESS, let handle = unsafe made else {
      throw .cannot(.makeContext, result)
    }
    unsafe self.handle = unsafe handle
  }

  deinit {
    unsafe gnutls_certificate_free_credentials(handle)
  }

  /// Takes the client's certificate, where there is one. The library makes copies, and wipes its own
  /// of the key.
  func setIdentity(_ parameters: TLSParameters) throws(TLSError) {
    guard !parameters.certificates.isEmpty else { return }
    let certificates = try ParsedCertificates.reading(parameters.certificates)
    var key: gnutls_x509_privkey_t?
    var result = unsafe gnutls_x509_privkey_init(&key)
    defer { unsafe gnutls_x509_privkey_deinit(key) }
    let isRead = unsafe parameters.privateKey.span.withDatum { datum -> Bool in
      var der = unsafe datum
      return unsafe result == 0 && DER.isOneSequence(datum.bytes.span)
        && gnutls_x509_privkey_import2(
          key, &der, GNUTLS_X509_FMT_DER, nil, GNUTLS_PKCS_PLAIN.rawValue) == 0
    }
    guard isRead == true else {
      throw .unreadable("PRIVATE KEY", about: .key)
    }
    result = unsafe gnutls_certificate_set_x509_key(
      handle, certificates.handles, Int32(certificates.count), key)
    if result == GNUTLS_E_CERTIFICATE_KEY_MISMATCH { throw .mismatchedKey }
    guard result >= 0 else {
      throw .refused(
        .certificate, by: GnuTLSBackend.library, ErrorMapping.words(for: result))
    }
  }
}
