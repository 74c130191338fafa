internal import Bytes
internal import CGnuTLS
internal import TLSBackend

/// GnuTLS's verification callback: collects the evidence, asks the session's policy and keeps its
/// verdict.
///
/// A refusal ends the handshake with GNUTLS_E_CERTIFICATE_ERROR; the alert is the session's to
/// send. The corresponding C type is `gnutls_certificate_verify_function`.
func verifyPeer(_ session: gnutls_session_t?) -> Int32 {
  guard let session = unsafe session,
    let box = unsafe SessionBox.at(gnutls_session_get_ptr(session))
  else { return -1 }
  var count: UInt32 = 0
  guard let chain = unsafe gnutls_certificate_get_peers(session, &count), count > 0 else {
    return -1
  }
  do throws(TLSError) {
    let evidence = try unsafe evidence(
      of: UnsafeBufferPointer(start: chain, count: Int(count)), box.pointee)
    if unsafe box.pointee.policy.keepsPeer { unsafe box.pointee.peer = evidence }
    unsafe box.pointee.verdict = .accepted(try box.pointee.policy.judge(evidence))
    return 0
  } catch {
    unsafe box.pointee.verdict = .refused(error)
    return -1
  }
}

/// What the policy may know about a peer.
private func evidence(
  of chain: UnsafeBufferPointer<gnutls_datum_t>, _ box: borrowing SessionBox
) throws(TLSError) -> PeerEvidence {
  var parsed = ParsedCertificates()
  var summaries: [CertificateSummary] = []
  for index in 0..<min(chain.count, CertificateSummary.maximumChain) {
    let der = unsafe chain[index]
    if unsafe parsed.append(der),
      let summary = unsafe CertificateSummary.reading(parsed.handles.last ?? nil, der)
    {
      summaries.append(summary)
    } else if summaries.isEmpty {
      throw TLSError(.authentication, .unreadableServerKey(by: GnuTLSBackend.library))
    }
  }
  let policy = box.policy
  guard policy.validatesChain else {
    return PeerEvidence(certificates: summaries, problems: ChainProblems())
  }
  return PeerEvidence(
    certificates: summaries, problems: box.context.problems(in: parsed, at: policy.time))
}
