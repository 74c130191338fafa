internal import Bytes
internal import COpenSSL
internal import Features
internal import TLSBackend

// Who this client is.

extension OpenSSLContext {
  /// What is shown to a server that asks for it, whatever authorities it names (T4): OpenSSL does
  /// not look at those by itself.
  func setIdentity(_ parameters: TLSParameters) throws(TLSError) {
    guard Feature.clientCertificates.isBuilt, !parameters.certificates.isEmpty else { return }
    guard let key = unsafe library.privateKey(parameters.privateKey.span) else {
      throw .unreadable("PRIVATE KEY", about: .key)
    }
    defer { unsafe EVP_PKEY_free(key) }
    for (index, der) in parameters.certificates.enumerated() {
      guard let certificate = unsafe library.certificate(der.span) else {
        throw .unreadable(
          "CERTIFICATE", index, of: parameters.certificates.count, about: .certificate)
      }
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
}
