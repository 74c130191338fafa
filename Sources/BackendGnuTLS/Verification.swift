internal import CGnuTLS
internal import TLSBackend

/// GnuTLS's hook for a Certificate message, before it is read, our own among them: of the server's it
/// asks the session's policy, and keeps the verdict. The library itself verifies nothing.
///
/// A refusal ends the handshake; the alert is the session's to send. The corresponding C type is
/// `gnutls_handshake_hook_func`.
func judgePeer(
  _ session: gnutls_session_t?, _: UInt32, _: UInt32, _ isReceived: UInt32,
  _ message: UnsafePointer<gnutls_datum_t>?
) -> Int32 {
  guard isReceived != 0, let session = unsafe session, let message = unsafe message,
    let box = unsafe SessionBox.at(gnutls_session_get_ptr(session))
  else { return 0 }
  let chain = unsafe CertificateMessage.chain(
    in: message.pointee.bytes.span,
    isTLS13: gnutls_protocol_get_version(session) == GNUTLS_TLS1_3)
  // What the library would say of an empty list.
  guard !chain.isEmpty else { return GNUTLS_E_NO_CERTIFICATE_FOUND }
  var library = LibraryCryptography()
  do throws(TLSError) {
    unsafe box.pointee.verdict = .accepted(
      try box.pointee.policy.judge(
        chain: chain, trust: box.pointee.context.trust, using: &library,
        keeping: &box.pointee.peer))
    return 0
  } catch {
    unsafe box.pointee.verdict = .refused(error)
    return GNUTLS_E_CERTIFICATE_ERROR
  }
}
