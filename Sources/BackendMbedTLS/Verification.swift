internal import CMbedTLS
internal import TLSBackend

/// Mbed TLS's verification callback: collects the evidence of the end-entity certificate, at depth
/// 0, asks the session's policy and keeps its verdict.
///
/// The handshake does not end here when the peer is refused: the library would choose the alert
/// by its own findings. `MbedTLSBackend.handshake` reads the verdict as soon as the library
/// returns from the certificate message. The corresponding C function is `mbedtls_ssl_set_verify`.
func verifyPeer(
  _ context: UnsafeMutableRawPointer?, _ certificate: UnsafeMutablePointer<mbedtls_x509_crt>?,
  _ depth: Int32, _: UnsafeMutablePointer<UInt32>?
) -> Int32 {
  guard depth == 0, let box = unsafe SessionBox.at(context), let certificate = unsafe certificate
  else { return 0 }
  do throws(TLSError) {
    let evidence = try unsafe evidence(of: certificate)
    unsafe box.pointee.verdict = .accepted(try box.pointee.policy.judge(evidence))
  } catch {
    unsafe box.pointee.verdict = .refused(error)
  }
  return 0
}

/// What the policy may know about a certificate. A key of less than 112 bits of strength is
/// refused whatever is pinned (RFC 9325 §4.5, C14).
private func evidence(
  of leaf: UnsafeMutablePointer<mbedtls_x509_crt>
) throws(TLSError) -> PeerEvidence {
  let bits = unsafe Int(clamping: mbedtls_pk_get_bitlen(&leaf.pointee.pk))
  let isRSA = unsafe mbedtls_pk_get_type(&leaf.pointee.pk) == MBEDTLS_PK_RSA
  let strength = isRSA ? KeyStrength.ofRSA(bits: bits) : KeyStrength.ofCurve(bits: bits)
  guard strength >= KeyStrength.minimum else { throw .weakKey(bits: strength) }
  guard let spki = unsafe sha256(leaf.pointee.pk_raw.bytes),
    let whole = unsafe sha256(leaf.pointee.raw.bytes)
  else { throw TLSError(.library, "Mbed TLS cannot hash the server's certificate") }
  return PeerEvidence(spkiFingerprint: spki, certificateFingerprint: whole)
}

/// SHA-256 of bytes, computed by Mbed TLS.
func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> SHA256Digest? {
  unsafe withUnsafeTemporaryAllocation(
    of: UInt8.self, capacity: SHA256Digest.byteCount
  ) { buffer in
    unsafe buffer.initialize(repeating: 0)
    guard unsafe cmbedtls_sha256(bytes.baseAddress, bytes.count, buffer.baseAddress) == 0 else {
      return nil
    }
    return unsafe SHA256Digest(buffer.span)
  }
}

extension mbedtls_asn1_buf {
  /// The encoding that the library's parser found.
  var bytes: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: p, count: Int(clamping: len))
  }
}
