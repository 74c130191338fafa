public import Bytes
internal import CGnuTLS
internal import Features
public import TLSBackend

/// What the sessions of one remote share: priorities in which everything that decides about
/// security is named, trust anchors, revocation lists and the client's certificate.
///
/// The system-wide configuration of GnuTLS may forbid algorithms to every program. Our own lists are
/// cut to what it leaves; a list that was asked for is offered as it is, or refused.
@safe public final class GnuTLSContext: TLSContext {
  /// What is offered, for the words of a failed negotiation.
  let offer: TLSOffer
  let trust: TrustStore
  private let requiresFIPS: Bool
  private let priorities: gnutls_priority_t
  private let credentials: Credentials

  /// Throws `.configuration` naming the suite or the parameter that this GnuTLS cannot honour.
  public init(_ parameters: TLSParameters) throws(TLSError) {
    requiresFIPS = Feature.fipsMode.isBuilt && parameters.requiresFIPS
    if requiresFIPS { try FIPSMode.demand() }
    offer = try TLSOffer(parameters, by: GnuTLSBackend.available)
    trust = try TrustStore(parameters)
    credentials = try Credentials()
    if Feature.clientCertificates.isBuilt { try credentials.setIdentity(parameters) }
    unsafe priorities = try unsafe PriorityList(offer).priorities()
  }

  deinit {
    unsafe gnutls_priority_deinit(priorities)
  }

  /// In strict mode, everything that the library does is done inside its module.
  public var fipsModule: Text? {
    Feature.fipsMode.isBuilt && requiresFIPS ? FIPSMode.moduleName : nil
  }

  public func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    guard DER.isOneSequence(der), unsafe PublicKey(der).handle != nil,
      let digest = LibraryCryptography().sha256(der)
    else { throw .unreadable("PUBLIC KEY") }
    return digest
  }

  public func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
    var library = LibraryCryptography()
    var copy: [UInt8] = []
    copy.append(copying: der)
    return try .reading(copy, using: &library)
  }

  /// A new client session, ready to be connected.
  func makeSession() throws(TLSError) -> gnutls_session_t {
    // No tickets, hence no resumption: the pins are asked every time (T13).
    let flags =
      GNUTLS_CLIENT.rawValue | GNUTLS_NONBLOCK.rawValue | GNUTLS_NO_SIGNAL.rawValue
      | GNUTLS_NO_TICKETS.rawValue
      // The certificate goes to every server that asks for one, whatever authorities it names (T4).
      | GNUTLS_FORCE_CLIENT_CERT.rawValue
    var made: gnutls_session_t?
    let result = unsafe gnutls_init(&made, flags)
    guard result == GNUTLS_E_SUCCESS, let session = unsafe made else {
      throw .cannot(.makeSession, result)
    }
    let failure = unsafe setUp(session)
    guard failure == GNUTLS_E_SUCCESS else {
      unsafe gnutls_deinit(session)
      throw .cannot(.makeSession, failure)
    }
    return unsafe session
  }

  private func setUp(_ session: gnutls_session_t) -> Int32 {
    var result = unsafe gnutls_priority_set(session, priorities)
    if result == GNUTLS_E_SUCCESS {
      result = unsafe gnutls_credentials_set(
        session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials.handle))
    }
    // An address literal has no SNI (RFC 6066 §3, N8).
    if result == GNUTLS_E_SUCCESS, let name = offer.serverName {
      result = unsafe name.span.withUnsafeBufferPointer { bytes in
        unsafe gnutls_server_name_set(session, GNUTLS_NAME_DNS, bytes.baseAddress, bytes.count)
      }
    }
    unsafe gnutls_handshake_set_hook_function(
      session, GNUTLS_HANDSHAKE_CERTIFICATE_PKT.rawValue, GNUTLS_HOOK_PRE, judgePeer)
    // By default the library writes every session's keys to the file that SSLKEYLOGFILE names.
    unsafe gnutls_session_set_keylog_function(session, nil)
    return result
  }
}
