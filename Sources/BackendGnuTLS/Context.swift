internal import CGnuTLS
public import TLSBackend

/// What the sessions of one remote share: priorities in which everything that decides about
/// security is named, and credentials without a certificate.
///
/// The system-wide configuration of GnuTLS may forbid algorithms to every program. What it leaves
/// is compared with what was asked for: nothing is weakened or strengthened unnoticed.
@safe public final class GnuTLSContext: TLSContext {
  /// What is offered, for the words of a failed negotiation.
  let offer: TLSOffer
  private let priorities: gnutls_priority_t
  private let credentials: gnutls_certificate_credentials_t

  /// Throws `.configuration` naming the suite or the parameter that this GnuTLS cannot honour.
  public init(_ parameters: TLSParameters) throws(TLSError) {
    offer = try TLSOffer(parameters, by: GnuTLSBackend.capabilities)
    unsafe priorities = try unsafe PriorityList(offer).priorities()
    var credentials: gnutls_certificate_credentials_t?
    let result = unsafe gnutls_certificate_allocate_credentials(&credentials)
    guard result == GNUTLS_E_SUCCESS, let credentials = unsafe credentials else {
      unsafe gnutls_priority_deinit(priorities)
      throw GnuTLSContext.failed("make credentials", result)
    }
    unsafe self.credentials = unsafe credentials
  }

  deinit {
    unsafe gnutls_certificate_free_credentials(credentials)
    unsafe gnutls_priority_deinit(priorities)
  }

  public func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    let digest = unsafe der.withDatum { datum -> SHA256Digest? in
      guard unsafe PublicKey.reading(datum) != nil else { return nil }
      return unsafe sha256(datum)
    }
    guard let digest else {
      throw TLSError(.configuration, "holds a PUBLIC KEY that GnuTLS cannot read")
    }
    return digest
  }

  public func spkiFingerprint(ofCertificate der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    let digest = unsafe der.withDatum { datum -> SHA256Digest? in
      guard unsafe PublicKey.reading(certificate: datum) != nil else { return nil }
      return unsafe BackendGnuTLS.spkiFingerprint(ofCertificate: datum)
    }
    guard let digest else {
      throw TLSError(.configuration, "holds a CERTIFICATE that GnuTLS cannot read")
    }
    return digest
  }

  /// A new client session, ready to be connected.
  func makeSession() throws(TLSError) -> gnutls_session_t {
    // No tickets, hence no resumption: the pins are asked every time (T13).
    let flags =
      GNUTLS_CLIENT.rawValue | GNUTLS_NONBLOCK.rawValue | GNUTLS_NO_SIGNAL.rawValue
      | GNUTLS_NO_TICKETS.rawValue
    var made: gnutls_session_t?
    let result = unsafe gnutls_init(&made, flags)
    guard result == GNUTLS_E_SUCCESS, let session = unsafe made else {
      throw GnuTLSContext.failed("make a session", result)
    }
    let failure = unsafe setUp(session)
    guard failure == GNUTLS_E_SUCCESS else {
      unsafe gnutls_deinit(session)
      throw GnuTLSContext.failed("make a session", failure)
    }
    return unsafe session
  }

  private func setUp(_ session: gnutls_session_t) -> Int32 {
    var result = unsafe gnutls_priority_set(session, priorities)
    if result == GNUTLS_E_SUCCESS {
      result = unsafe gnutls_credentials_set(
        session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
    }
    // An address literal has no SNI (RFC 6066 §3, N8).
    if result == GNUTLS_E_SUCCESS, let name = offer.serverName {
      result = unsafe name.span.withUnsafeBufferPointer { bytes in
        unsafe gnutls_server_name_set(session, GNUTLS_NAME_DNS, bytes.baseAddress, bytes.count)
      }
    }
    unsafe gnutls_session_set_verify_function(session, verifyPeer)
    // By default the library writes every session's keys to the file that SSLKEYLOGFILE names.
    unsafe gnutls_session_set_keylog_function(session, nil)
    return result
  }

  private static func failed(_ what: StaticString, _ result: Int32) -> TLSError {
    TLSError(.library, "GnuTLS cannot \(what): \(libraryWords(result))")
  }
}

extension Span<UInt8> {
  /// The bytes as the library takes them; it changes none.
  fileprivate func withDatum<R>(_ body: (gnutls_datum_t) -> R?) -> R? {
    guard let size = UInt32(exactly: count) else { return nil }
    return unsafe withUnsafeBufferPointer { bytes in
      let start = unsafe UnsafeMutablePointer(mutating: bytes.baseAddress)
      return unsafe body(gnutls_datum_t(data: start, size: size))
    }
  }
}
