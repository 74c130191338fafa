internal import COpenSSL
internal import TLSBackend

/// OpenSSL's callback for each message, before it is read: of a server's certificates it asks the
/// session's policy, and keeps the verdict. The corresponding C type is that of
/// `SSL_CTX_set_msg_callback`.
func judgePeer(
  _ isWritten: Int32, _ version: Int32, _ content: Int32, _ bytes: UnsafeRawPointer?,
  _ count: Int, _ session: OpaquePointer?, _: UnsafeMutableRawPointer?
) {
  guard isWritten == 0, content == SSL3_RT_HANDSHAKE, let session = unsafe session,
    let box = unsafe SessionBox.of(session: session)
  else { return }
  let raw = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
  let message = unsafe raw.bindMemory(to: UInt8.self).span
  guard count > 0, message[0] == CertificateMessage.type else { return }
  let chain = CertificateMessage.chain(
    in: message.extracting(droppingFirst: CertificateMessage.header),
    isTLS13: version == TLS1_3_VERSION)
  // The library has a reason of its own to end the handshake.
  guard !chain.isEmpty else { return }
  var library = unsafe box.pointee.context.library
  do throws(TLSError) {
    unsafe box.pointee.verdict = .accepted(
      try box.pointee.policy.judge(
        chain: chain, trust: box.pointee.context.trust, using: &library,
        keeping: &box.pointee.peer))
  } catch {
    unsafe box.pointee.verdict = .refused(error)
  }
  // What was passed over must not look like the reason of something else later.
  ERR_clear_error()
}

/// OpenSSL's callback in place of its own validation, when it has read the certificates.
///
/// A refusal is reported as a rejected certificate, which OpenSSL sends to the peer as the alert
/// bad_certificate (RFC 5425 §5, T17). The corresponding C type is `SSL_CTX_cert_verify_cb`.
func tellVerdict(_ store: OpaquePointer?, _: UnsafeMutableRawPointer?) -> Int32 {
  guard let store = unsafe store else { return 0 }
  let raw = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
  let box = unsafe raw.flatMap { unsafe SessionBox.of(session: OpaquePointer($0)) }
  let isAccepted = unsafe box?.pointee.verdict.isAccepted == true
  unsafe X509_STORE_CTX_set_error(store, isAccepted ? X509_V_OK : X509_V_ERR_CERT_REJECTED)
  return isAccepted ? 1 : 0
}
