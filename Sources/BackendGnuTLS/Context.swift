internal import CGnuTLS
internal import CPosix
public import TLSBackend

/// What the sessions of one remote share: a priority string in which everything is named, held
/// against the ClientHello that GnuTLS makes of it, so that neither the distribution's
/// /etc/gnutls/config nor a default of the library weakens or strengthens it unnoticed.
@safe public final class GnuTLSContext: TLSContext {
  /// What is offered, for the words of a failed negotiation.
  let offer: TLSOffer
  private let priorities: OpaquePointer
  private let credentials: OpaquePointer

  /// Throws `.configuration` naming the parameter that this GnuTLS, or the system's configuration
  /// of it, cannot honour.
  public init(_ parameters: TLSParameters) throws(TLSError) {
    offer = try TLSOffer(parameters, by: GnuTLSBackend.capabilities)
    // The library read its configuration when it was loaded; this is how that went.
    let readiness = gnutls_global_init()
    guard readiness == 0 else {
      throw TLSError(.library, "GnuTLS cannot be used: \(libraryWords(readiness))")
    }
    unsafe priorities = try unsafe Priority(offer).makeCache()
    var credentials: OpaquePointer?
    guard unsafe gnutls_certificate_allocate_credentials(&credentials) == 0,
      let credentials = unsafe credentials
    else {
      unsafe gnutls_priority_deinit(priorities)
      throw TLSError(.library, "GnuTLS has no memory for credentials")
    }
    unsafe self.credentials = unsafe credentials
    unsafe gnutls_certificate_set_verify_function(credentials, verifyPeer)
    try checkHello()
  }

  deinit {
    unsafe gnutls_certificate_free_credentials(credentials)
    unsafe gnutls_priority_deinit(priorities)
  }

  public func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    guard isPublicKey(der), let digest = sha256(der) else {
      throw TLSError(.configuration, "holds a PUBLIC KEY that GnuTLS cannot read")
    }
    return digest
  }

  public func spkiFingerprint(ofCertificate der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    guard isCertificate(der), let key = DERReader.publicKeyInfo(inCertificate: der),
      let digest = sha256(der.extracting(key))
    else { throw TLSError(.configuration, "holds a CERTIFICATE that GnuTLS cannot read") }
    return digest
  }

  /// A new client session with its server name, which the caller frees.
  func makeSession() throws(TLSError) -> OpaquePointer {
    // Every handshake is a full one, so that the pins are asked every time (T13); a key share for
    // the first group alone, as OpenSSL sends it: one more would cost CPU time in every handshake.
    let flags =
      GNUTLS_CLIENT.rawValue | GNUTLS_NONBLOCK.rawValue | GNUTLS_NO_SIGNAL.rawValue
      | GNUTLS_NO_TICKETS.rawValue | GNUTLS_KEY_SHARE_TOP.rawValue
    var session: OpaquePointer?
    var result = unsafe gnutls_init(&session, flags)
    guard result == 0, let session = unsafe session else {
      throw TLSError(.library, "GnuTLS cannot make a session: \(libraryWords(result))")
    }
    result = unsafe gnutls_priority_set(session, priorities)
    if result == 0 {
      result = unsafe gnutls_credentials_set(
        session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
    }
    if result == 0 { result = setServerName(of: session) }
    guard result == 0 else {
      unsafe gnutls_deinit(session)
      throw TLSError(.configuration, "GnuTLS cannot prepare a session: \(libraryWords(result))")
    }
    // By default keys are written wherever SSLKEYLOGFILE says.
    unsafe gnutls_session_set_keylog_function(session, nil)
    return unsafe session
  }

  /// An address literal has no SNI (RFC 6066 §3, N8): `serverName` is nil then.
  private func setServerName(of session: OpaquePointer) -> Int32 {
    guard let name = offer.serverName else { return 0 }
    return unsafe name.withUnsafeBufferPointer { bytes in
      unsafe gnutls_server_name_set(session, GNUTLS_NAME_DNS, bytes.baseAddress, bytes.count)
    }
  }

  /// Lets the library make a ClientHello, for nobody, and compares it with the offer.
  private func checkHello() throws(TLSError) {
    let session = try unsafe makeSession()
    defer { unsafe gnutls_deinit(session) }
    var bytes: [UInt8] = []
    let result = unsafe withUnsafeMutablePointer(to: &bytes) { bytes in
      unsafe gnutls_transport_set_ptr(session, bytes)
      unsafe gnutls_transport_set_push_function(session, keepHello)
      unsafe gnutls_transport_set_pull_function(session) { _, _, _ in -1 }
      unsafe gnutls_transport_set_errno_function(session) { _ in EAGAIN }
      return unsafe gnutls_handshake(session)
    }
    guard result == GNUTLS_E_AGAIN, let hello = OfferedHello(record: bytes) else {
      throw TLSError(.configuration, "\(systemRefuses("to begin")): \(libraryWords(result))")
    }
    try hello.check(against: offer)
  }
}

/// The corresponding C type is `gnutls_push_func`.
private func keepHello(
  _ kept: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
  let kept = unsafe kept?.assumingMemoryBound(to: [UInt8].self)
  unsafe kept?.pointee.append(
    contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
  return count
}
