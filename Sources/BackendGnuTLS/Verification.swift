internal import CGnuTLS
internal import TLSBackend

/// GnuTLS's verification callback: collects the evidence, asks the session's policy and keeps its
/// verdict. It stands in for GnuTLS's own chain validation, which nothing else would start.
///
/// A refusal ends the handshake with GNUTLS_E_CERTIFICATE_ERROR, for which the session sends the
/// alert bad_certificate (RFC 5425 §5, T17). The corresponding C type is
/// `gnutls_certificate_verify_function`.
func verifyPeer(_ session: OpaquePointer?) -> Int32 {
  guard let box = unsafe SessionBox.of(session: session) else { return -1 }
  var count: UInt32 = 0
  guard let leaf = unsafe gnutls_certificate_get_peers(session, &count), count > 0 else {
    unsafe box.pointee.verdict = .refused(
      TLSError(.authentication, "the server has shown no certificate"))
    return -1
  }
  let der = unsafe UnsafeBufferPointer(start: leaf.pointee.data, count: Int(leaf.pointee.size))
  do throws(TLSError) {
    let evidence = try unsafe evidence(of: der.span)
    unsafe box.pointee.verdict = .accepted(try box.pointee.policy.judge(evidence))
    return 0
  } catch {
    unsafe box.pointee.verdict = .refused(error)
    return -1
  }
}

/// What the policy may know about a certificate.
///
/// A key of less than 112 bits is refused whatever is pinned: GnuTLS looks at the strength of a key
/// only in the chain validation that it is not asked for (RFC 9325 §4.5, C14).
private func evidence(of leaf: Span<UInt8>) throws(TLSError) -> PeerEvidence {
  guard let key = DERReader.publicKeyInfo(inCertificate: leaf),
    let strength = strength(ofKeyInCertificate: leaf)
  else {
    throw TLSError(.authentication, "the server's public key is of a kind GnuTLS cannot read")
  }
  guard strength >= 112 else { throw .weakKey(bits: strength) }
  guard let spki = sha256(leaf.extracting(key)), let whole = sha256(leaf) else {
    throw TLSError(.library, "GnuTLS cannot hash the server's certificate")
  }
  return PeerEvidence(spkiFingerprint: spki, certificateFingerprint: whole)
}

/// Bits of strength, as of a symmetric key.
private func strength(ofKeyInCertificate der: Span<UInt8>) -> Int? {
  withCertificate(der) { certificate in
    var bits: UInt32 = 0
    let algorithm = unsafe gnutls_x509_crt_get_pk_algorithm(certificate, &bits)
    guard algorithm > 0 else { return nil }
    let level = gnutls_pk_bits_to_sec_param(
      gnutls_pk_algorithm_t(rawValue: UInt32(algorithm)), bits)
    return Int(gnutls_sec_param_to_symmetric_bits(level))
  }
}

func isCertificate(_ der: Span<UInt8>) -> Bool {
  withCertificate(der) { _ in true } ?? false
}

/// Calls `body` with the certificate that `der` is, to its last byte.
private func withCertificate<R>(_ der: Span<UInt8>, _ body: (OpaquePointer) -> R?) -> R? {
  guard DERReader.isOneElement(der) else { return nil }
  var certificate: OpaquePointer?
  guard unsafe gnutls_x509_crt_init(&certificate) == 0, let certificate = unsafe certificate else {
    return nil
  }
  defer { unsafe gnutls_x509_crt_deinit(certificate) }
  let result = unsafe withDatum(der) { unsafe gnutls_x509_crt_import(certificate, $0, GNUTLS_X509_FMT_DER) }
  return result == 0 ? unsafe body(certificate) : nil
}

/// Whether `der` is a SubjectPublicKeyInfo, to its last byte, with a key that GnuTLS can use.
func isPublicKey(_ der: Span<UInt8>) -> Bool {
  guard DERReader.isOneElement(der) else { return false }
  var key: OpaquePointer?
  guard unsafe gnutls_pubkey_init(&key) == 0, let key = unsafe key else { return false }
  defer { unsafe gnutls_pubkey_deinit(key) }
  return unsafe withDatum(der) { unsafe gnutls_pubkey_import(key, $0, GNUTLS_X509_FMT_DER) } == 0
}

/// SHA-256, computed by GnuTLS and so inside its FIPS boundary.
func sha256(_ bytes: Span<UInt8>) -> SHA256Digest? {
  unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SHA256Digest.byteCount) { digest in
    unsafe digest.initialize(repeating: 0)
    let result = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe gnutls_hash_fast(
        GNUTLS_DIG_SHA256, bytes.baseAddress, bytes.count, digest.baseAddress)
    }
    return result == 0 ? unsafe SHA256Digest(digest.span) : nil
  }
}

/// Calls `body` with the bytes as GnuTLS takes them; it does not write to them.
private func withDatum(
  _ bytes: Span<UInt8>, _ body: (UnsafePointer<gnutls_datum_t>) -> Int32
) -> Int32 {
  guard let size = UInt32(exactly: bytes.count) else { return GNUTLS_E_INVALID_REQUEST }
  return unsafe bytes.withUnsafeBufferPointer { bytes in
    var datum = unsafe gnutls_datum_t(
      data: UnsafeMutablePointer(mutating: bytes.baseAddress), size: size)
    return unsafe body(&datum)
  }
}
