internal import COpenSSL
internal import TLSBackend

/// OpenSSL's verification callback: collects the evidence, asks the session's policy and keeps
/// its verdict. It stands in for OpenSSL's own chain validation.
///
/// A refusal is reported as a rejected certificate, which OpenSSL sends to the peer as the alert
/// bad_certificate (RFC 5425 §5, T17). The corresponding C type is `SSL_CTX_cert_verify_cb`.
func verifyPeer(_ store: OpaquePointer?, _: UnsafeMutableRawPointer?) -> Int32 {
  guard let store = unsafe store else { return 0 }
  guard
    let raw = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
    let box = unsafe SessionBox.of(session: OpaquePointer(raw)),
    let leaf = unsafe X509_STORE_CTX_get0_cert(store)
  else {
    unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED)
    return 0
  }
  do throws(TLSError) {
    let evidence = try unsafe evidence(of: leaf)
    unsafe box.pointee.verdict = .accepted(try box.pointee.policy.judge(evidence))
    unsafe X509_STORE_CTX_set_error(store, X509_V_OK)
    return 1
  } catch {
    unsafe box.pointee.verdict = .refused(error)
    unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
  }
}

/// What the policy may know about a certificate.
///
/// A key of less than 112 bits is refused whatever is pinned, as OpenSSL's own validation at
/// security level 2 would do (RFC 9325 §4.5, C14).
private func evidence(of leaf: OpaquePointer) throws(TLSError) -> PeerEvidence {
  guard let key = unsafe X509_get0_pubkey(leaf) else {
    throw TLSError(.authentication, "the server's public key is of a kind OpenSSL cannot read")
  }
  let strength = unsafe EVP_PKEY_get_security_bits(key)
  guard strength >= Int32(KeyStrength.minimum) else {
    throw .weakKey(bits: Int(strength))
  }
  guard let spki = unsafe sha256(ofPublicKeyIn: leaf), let whole = unsafe sha256(of: leaf) else {
    throw TLSError(.library, "OpenSSL cannot hash the server's certificate: \(libraryWords())")
  }
  return PeerEvidence(spkiFingerprint: spki, certificateFingerprint: whole)
}

/// SHA-256 of a certificate's DER SubjectPublicKeyInfo (RFC 7469 §2.4).
func sha256(ofPublicKeyIn certificate: OpaquePointer) -> SHA256Digest? {
  var der: UnsafeMutablePointer<UInt8>?
  let count = unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der)
  defer { unsafe copenssl_free(der) }
  guard count > 0, let der = unsafe der else { return nil }
  return unsafe sha256(UnsafeBufferPointer(start: der, count: Int(count)))
}

/// SHA-256 of a certificate's DER (RFC 5425 §4.2.2).
private func sha256(of certificate: OpaquePointer) -> SHA256Digest? {
  unsafe digest { buffer, count in
    unsafe X509_digest(certificate, EVP_sha256(), buffer, count)
  }
}

/// SHA-256 of bytes, computed by OpenSSL and so inside its FIPS boundary.
func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> SHA256Digest? {
  unsafe digest { buffer, count in
    unsafe EVP_Digest(bytes.baseAddress, bytes.count, buffer, count, EVP_sha256(), nil)
  }
}

/// Runs an OpenSSL function that writes a digest and its length and returns 1.
private func digest(
  _ hash: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?) -> Int32
) -> SHA256Digest? {
  unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { buffer in
    unsafe buffer.initialize(repeating: 0)
    var count: UInt32 = 0
    guard unsafe hash(buffer.baseAddress, &count) == 1, let size = Int(exactly: count) else {
      return nil
    }
    return unsafe SHA256Digest(buffer.span.extracting(first: size))
  }
}
