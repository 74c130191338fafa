internal import Bytes
internal import CMbedTLS
internal import TLSBackend

/// Mbed TLS's verification callback: at the end-entity certificate, depth 0, collects the evidence,
/// asks the session's policy and keeps its verdict.
///
/// The handshake does not end here when the peer is refused: the library would choose the alert
/// by its own findings. `MbedTLSBackend.handshake` reads the verdict as soon as the library
/// returns from the certificate message. The corresponding C function is `mbedtls_ssl_set_verify`.
func verifyPeer(
  _ context: UnsafeMutableRawPointer?, _ certificate: UnsafeMutablePointer<mbedtls_x509_crt>?,
  _ depth: Int32, _: UnsafeMutablePointer<UInt32>?
) -> Int32 {
  if depth == 0, let box = unsafe SessionBox.at(context), let certificate = unsafe certificate {
    unsafe box.pointee.judge(certificate)
  }
  return 0
}

extension SessionBox {
  /// `leaf` is the head of the list of what the peer has sent, which is put in order.
  mutating func judge(
    _ leaf: UnsafeMutablePointer<mbedtls_x509_crt>, hasUnknownExtension: Bool = false
  ) {
    do throws(TLSError) {
      let certificates = try unsafe SessionBox.summaries(from: leaf)
      var problems = ChainProblems()
      if policy.validatesChain {
        problems = unsafe trust.problems(of: leaf, at: policy.time)
      }
      if hasUnknownExtension { problems.insert(.criticalExtension) }
      let evidence = PeerEvidence(certificates: certificates, problems: problems)
      if policy.keepsPeer { self.evidence = evidence }
      verdict = .accepted(try policy.judge(evidence))
    } catch {
      verdict = .refused(error)
    }
  }

  private static func summaries(
    from leaf: UnsafeMutablePointer<mbedtls_x509_crt>
  ) throws(TLSError) -> [CertificateSummary] {
    var summaries: [CertificateSummary] = []
    var next = unsafe Optional(leaf)
    while let certificate = unsafe next, summaries.count < CertificateSummary.maximumChain {
      guard let summary = unsafe CertificateSummary.reading(certificate) else {
        throw TLSError(.library, .cannotHash)
      }
      summaries.append(summary)
      unsafe next = certificate.pointee.next
    }
    return summaries
  }

  /// Judges what the library could not read: it takes an unknown critical extension for a syntax
  /// error, so that its message is read once more with a parser that passes over extensions. The
  /// handshake has failed in any case.
  mutating func judgeUnreadable(_ message: Span<UInt8>, isTLS13: Bool) {
    let chain = CertificateList()
    // Behind the message's header, in TLS 1.3 the context, and the length of the list.
    var position = 4
    if isTLS13, position < message.count { position += 1 + Int(message[position]) }
    position += 3
    while let certificate = message.part(at: position, lengthBytes: 3) {
      guard chain.append(message.extracting(certificate), passingOver: true) else { return }
      position = certificate.upperBound
      if isTLS13 {
        guard let extensions = message.part(at: position, lengthBytes: 2) else { break }
        position = extensions.upperBound
      }
    }
    unsafe judge(chain.first, hasUnknownExtension: true)
  }
}
