internal import Bytes
internal import COpenSSL
internal import TLSBackend

/// OpenSSL's verification callback: collects the evidence, asks the session's policy and keeps
/// its verdict. OpenSSL's own validation of the chain is a part of the evidence.
///
/// A refusal is reported as a rejected certificate, which OpenSSL sends to the peer as the alert
/// bad_certificate (RFC 5425 §5, T17). The corresponding C type is `SSL_CTX_cert_verify_cb`.
func verifyPeer(_ store: OpaquePointer?, _: UnsafeMutableRawPointer?) -> Int32 {
  guard let store = unsafe store else { return 0 }
  guard let box = unsafe SessionBox.of(store: store) else {
    unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED)
    return 0
  }
  do throws(TLSError) {
    let evidence = try unsafe evidence(in: store, box)
    if unsafe box.pointee.policy.keepsPeer { unsafe box.pointee.peer = evidence }
    unsafe box.pointee.verdict = .accepted(try box.pointee.policy.judge(evidence))
    unsafe X509_STORE_CTX_set_error(store, X509_V_OK)
    return 1
  } catch {
    unsafe box.pointee.verdict = .refused(error)
    unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
  }
}

/// What the peer has sent, and what OpenSSL says about it.
private func evidence(
  in store: OpaquePointer, _ box: UnsafeMutablePointer<SessionBox>
) throws(TLSError) -> PeerEvidence {
  let library = unsafe box.pointee.library
  let sent = unsafe X509_STORE_CTX_get0_untrusted(store)
  var certificates: [CertificateSummary] = []
  for index in 0..<Int32(CertificateSummary.maximumChain) {
    guard let certificate = unsafe copenssl_certificate_at(sent, index) else { break }
    if let summary = unsafe library.summary(of: certificate) {
      certificates.append(summary)
    } else if index == 0 {
      throw TLSError(.authentication, .unreadableServerKey(by: OpenSSLBackend.library))
    }
  }
  if unsafe box.pointee.policy.validatesChain { unsafe findProblems(in: store, box) }
  // What was passed over must not look like the reason of something else later.
  ERR_clear_error()
  return unsafe PeerEvidence(certificates: certificates, problems: box.pointee.problems)
}
