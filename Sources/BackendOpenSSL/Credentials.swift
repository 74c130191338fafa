internal import COpenSSL
internal import TLSBackend

// Who is trusted, and who this client is.

extension OpenSSLContext {
  /// Fills the context's own store, to which nothing of the system's is added (T5).
  func setTrust(_ parameters: TLSParameters) throws(TLSError) {
    let store = unsafe SSL_CTX_get_cert_store(handle)
    for (index, der) in parameters.trustAnchors.enumerated() {
      let anchor = try unsafe certificate(
        der, index, of: parameters.trustAnchors.count, about: .trustAnchors)
      defer { unsafe X509_free(anchor) }
      guard unsafe X509_STORE_add_cert(store, anchor) == 1 else { throw .refused(.trustAnchors) }
    }
    for (index, der) in parameters.revocationLists.enumerated() {
      guard let list = unsafe library.revocationList(der.span) else {
        throw .unreadable(
          "X509 CRL", index, of: parameters.revocationLists.count,
          about: .revocationLists)
      }
      defer { unsafe X509_CRL_free(list) }
      guard unsafe X509_STORE_add_crl(store, list) == 1 else { throw .refused(.revocationLists) }
    }
  }

  /// What is shown to a server that asks for it, whatever authorities it names (T4): OpenSSL does
  /// not look at those by itself.
  func setIdentity(_ parameters: TLSParameters) throws(TLSError) {
    guard !parameters.certificates.isEmpty else { return }
    guard let key = unsafe library.privateKey(parameters.privateKey.span) else {
      throw .unreadable("PRIVATE KEY", about: .key)
    }
    defer { unsafe EVP_PKEY_free(key) }
    for (index, der) in parameters.certificates.enumerated() {
      let certificate = try unsafe certificate(
        der, index, of: parameters.certificates.count, about: .certificate)
      defer { unsafe X509_free(certificate) }
      if index > 0 {
        guard unsafe copenssl_add_chain_certificate(handle, certificate) == 1 else {
          throw .refused(.certificate)
        }
        continue
      }
      guard unsafe X509_check_private_key(certificate, key) == 1 else { throw .mismatchedKey }
      guard unsafe SSL_CTX_use_certificate(handle, certificate) == 1,
        unsafe SSL_CTX_use_PrivateKey(handle, key) == 1
      else { throw .refused(.certificate) }
    }
  }

  private func certificate(
    _ der: [UInt8], _ index: Int, of count: Int, about parameter: TLSParameter
  ) throws(TLSError) -> OpaquePointer {
    guard let certificate = unsafe library.certificate(der.span) else {
      throw .unreadable("CERTIFICATE", index, of: count, about: parameter)
    }
    return unsafe certificate
  }
}
