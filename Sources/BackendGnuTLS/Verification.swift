internal import CGnuTLS
internal import TLSBackend

/// GnuTLS's verification callback: asks the session's policy about the chain as it was sent, and
/// keeps its verdict.
///
/// A refusal ends the handshake with GNUTLS_E_CERTIFICATE_ERROR; the alert is the session's to
/// send. The corresponding C type is `gnutls_certificate_verify_function`.
func verifyPeer(_ session: gnutls_session_t?) -> Int32 {
  guard let session = unsafe session,
    let box = unsafe SessionBox.at(gnutls_session_get_ptr(session))
  else { return -1 }
  var count: UInt32 = 0
  let sent = unsafe gnutls_certificate_get_peers(session, &count)
  let list = unsafe UnsafeBufferPointer(start: sent, count: Int(count))
  var chain: [[UInt8]] = []
  for index in list.indices { unsafe chain.append(Array(list[index].bytes)) }
  var library = LibraryCryptography()
  do throws(TLSError) {
    unsafe box.pointee.verdict = .accepted(
      try box.pointee.policy.judge(
        chain: chain, trust: box.pointee.context.trust, using: &library,
        keeping: &box.pointee.peer))
    return 0
  } catch {
    unsafe box.pointee.verdict = .refused(error)
    return -1
  }
}
