internal import CGnuTLS
internal import TLSBackend

/// GnuTLS's verification callback: collects the evidence, asks the session's policy and keeps its
/// verdict. It stands in for the library's own chain validation.
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
    let evidence = try unsafe evidence(of: chain.pointee)
    unsafe box.pointee.verdict = .accepted(try box.pointee.policy.judge(evidence))
    return 0
  } catch {
    unsafe box.pointee.verdict = .refused(error)
    return -1
  }
}

/// What the policy may know about a certificate. A key of less than 112 bits of strength is
/// refused whatever is pinned (RFC 9325 §4.5, C14).
private func evidence(of der: gnutls_datum_t) throws(TLSError) -> PeerEvidence {
  guard let key = unsafe PublicKey.reading(certificate: der) else {
    throw TLSError(.authentication, "the server's public key is of a kind GnuTLS cannot read")
  }
  let strength = key.strength
  guard strength >= KeyStrength.minimum else { throw .weakKey(bits: strength) }
  guard let spki = unsafe spkiFingerprint(ofCertificate: der), let whole = unsafe sha256(der) else {
    throw TLSError(.library, "GnuTLS cannot hash the server's certificate")
  }
  return PeerEvidence(spkiFingerprint: spki, certificateFingerprint: whole)
}

/// A public key as GnuTLS has parsed it. The corresponding C type is `gnutls_pubkey_t`.
@safe struct PublicKey: ~Copyable {
  private let handle: gnutls_pubkey_t

  private init(owning handle: gnutls_pubkey_t) {
    unsafe self.handle = unsafe handle
  }

  /// From a DER SubjectPublicKeyInfo; nil when it is none, to the last byte.
  static func reading(_ der: gnutls_datum_t) -> PublicKey? {
    guard let key = make() else { return nil }
    var der = unsafe der
    guard unsafe DERReader.isOneSequence(der.bytes.span),
      unsafe gnutls_pubkey_import(key.handle, &der, GNUTLS_X509_FMT_DER) == 0
    else { return nil }
    return key
  }

  /// From the inside of a DER certificate; nil when it is none, to the last byte.
  static func reading(certificate der: gnutls_datum_t) -> PublicKey? {
    guard let key = make() else { return nil }
    var certificate: gnutls_x509_crt_t?
    guard unsafe gnutls_x509_crt_init(&certificate) == 0 else { return nil }
    defer { unsafe gnutls_x509_crt_deinit(certificate) }
    var der = unsafe der
    guard unsafe DERReader.isOneSequence(der.bytes.span),
      unsafe gnutls_x509_crt_import(certificate, &der, GNUTLS_X509_FMT_DER) == 0,
      unsafe gnutls_pubkey_import_x509(key.handle, certificate, 0) == 0
    else { return nil }
    return key
  }

  deinit {
    unsafe gnutls_pubkey_deinit(handle)
  }

  /// Bits of strength.
  var strength: Int {
    var size: UInt32 = 0
    let algorithm = unsafe gnutls_pubkey_get_pk_algorithm(handle, &size)
    let isRSA =
      algorithm == Int32(bitPattern: GNUTLS_PK_RSA.rawValue)
      || algorithm == Int32(bitPattern: GNUTLS_PK_RSA_PSS.rawValue)
    let bits = Int(clamping: size)
    return isRSA ? KeyStrength.ofRSA(bits: bits) : KeyStrength.ofCurve(bits: bits)
  }

  private static func make() -> PublicKey? {
    var made: gnutls_pubkey_t?
    guard unsafe gnutls_pubkey_init(&made) == 0, let handle = unsafe made else { return nil }
    return unsafe PublicKey(owning: handle)
  }
}

/// SHA-256 of the SubjectPublicKeyInfo as it stands in a DER certificate (RFC 7469 §2.4).
func spkiFingerprint(ofCertificate der: gnutls_datum_t) -> SHA256Digest? {
  guard let range = unsafe DERReader.publicKeyInfo(inCertificate: der.bytes.span) else {
    return nil
  }
  return unsafe sha256(
    gnutls_datum_t(data: der.data + range.lowerBound, size: UInt32(range.count)))
}

/// SHA-256 of bytes, computed by GnuTLS and so inside its FIPS boundary.
func sha256(_ bytes: gnutls_datum_t) -> SHA256Digest? {
  unsafe withUnsafeTemporaryAllocation(
    of: UInt8.self, capacity: SHA256Digest.byteCount
  ) { buffer in
    unsafe buffer.initialize(repeating: 0)
    let result = unsafe gnutls_hash_fast(
      GNUTLS_DIG_SHA256, bytes.data, Int(bytes.size), buffer.baseAddress)
    return unsafe result == 0 ? SHA256Digest(buffer.span) : nil
  }
}

extension gnutls_datum_t {
  var bytes: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: data, count: Int(size))
  }
}
