internal import Bytes
internal import CGnuTLS
internal import CPosix
public import TLSBackend

/// A TLS client session of GnuTLS 3.7 or later.
///
/// Its bytes cross `cposix_stream_send` and `cposix_stream_receive`, called by callbacks of our
/// own.
@safe public struct GnuTLSBackend: TLSBackend, ~Copyable {
  private enum State {
    case handshaking
    /// `pendingWrite` is the length of the write that was blocked, 0 when none was.
    case established(pendingWrite: Int)
    case closed
  }

  /// The longest plaintext of one record (RFC 8446 §5.1).
  private static let recordLimit = 16384
  private static let drainChunk = 1024
  /// More than one is strange already, and each costs the peer next to nothing.
  private static let warningsPerHandshake = 8

  private let context: GnuTLSContext
  private let session: gnutls_session_t
  private let box: UnsafeMutablePointer<SessionBox>
  private var state = State.handshaking
  private var warningsLeft = GnuTLSBackend.warningsPerHandshake
  /// What had been received when the handshake was complete.
  private var handshakeBytes: UInt64 = 0

  /// As sentences call it.
  static var library: StaticString { "GnuTLS" }

  public static var capabilities: TLSCapabilities {
    @inline(never) get {
      TLSCapabilities(
        library: library,
        version: unsafe Text(cString: gnutls_check_version(nil)),
        highestVersion: .tls13,
        cipherSuites: TLSCipherSuite.allCases,
        groups: TLSGroup.allCases,
        hasFIPS: true)
    }
  }

  public init(
    _ context: GnuTLSContext, policy: consuming PeerPolicy, socket: Int32
  ) throws(TLSError) {
    let session = try unsafe context.makeSession()
    let box = UnsafeMutablePointer<SessionBox>.allocate(capacity: 1)
    unsafe box.initialize(to: SessionBox(context, policy: policy, socket: socket))
    unsafe connect(session, to: box)
    self.context = context
    unsafe self.session = unsafe session
    unsafe self.box = unsafe box
  }

  deinit {
    unsafe gnutls_deinit(session)
    unsafe box.deinitialize(count: 1)
    unsafe box.deallocate()
  }

  public var ciphertextSent: UInt64 { unsafe box.pointee.stream.sent }

  public var isAcceptedByPeer: Bool {
    guard case .established = state else { return false }
    return unsafe gnutls_protocol_get_version(session) == GNUTLS_TLS1_2
      || box.pointee.stream.received > handshakeBytes
  }

  public var negotiated: TLSNegotiated {
    let isTLS13 = unsafe gnutls_protocol_get_version(session) == GNUTLS_TLS1_3
    let version: TLSVersion = isTLS13 ? .tls13 : .tls12
    let cipher = unsafe Text(cString: cgnutls_cipher_name(session))
    let exchange = unsafe Text(cString: gnutls_kx_get_name(gnutls_kx_get(session)))
    let suite = context.offer.suites(of: version).first {
      $0.cipherName == cipher && (isTLS13 || $0.keyExchangeName == exchange)
    }
    let name = unsafe cgnutls_group_name(session).map { unsafe Text(cString: $0) } ?? ""
    let group = context.offer.groups.first { name == "\($0.gnutlsName)" }
    return TLSNegotiated(
      version: isTLS13 ? "TLSv1.3" : "TLSv1.2",
      cipherSuite: suite.map { "\($0.name)" } ?? "unknown",
      group: group.map { "\($0.name)" } ?? name)
  }

  public var peer: PeerEvidence? { unsafe box.pointee.peer }

  public mutating func handshake() throws(TLSError) -> HandshakeStep {
    guard case .handshaking = state else { throw .outOfTurn("handshake") }
    beginTurn()
    while true {
      let result = unsafe gnutls_handshake(session)
      if result == GNUTLS_E_SUCCESS {
        let peer = try unsafe box.pointee.verdict.take()
        state = .established(pendingWrite: 0)
        unsafe handshakeBytes = box.pointee.stream.received
        return .complete(peer)
      }
      if let refusal = unsafe box.pointee.verdict.refusal {
        // The library sends none by itself (RFC 5425 §5, T17). A socket that does not take it at
        // once will not be waited for: refused is refused.
        _ = unsafe gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE)
        throw refusal
      }
      switch outcome(of: result, during: .handshake) {
      case .again:
        guard result == GNUTLS_E_WARNING_ALERT_RECEIVED else { continue }
        warningsLeft -= 1
        if warningsLeft == 0 { throw .failed(.handshake, Sentence.tooManyWarnings.text) }
      case .failed(let error): throw told(result, error)
      case let outcome:
        let readiness = try outcome.readiness(during: .handshake)
        try checkHandshake()
        return .blocked(until: readiness)
      }
    }
  }

  public mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    guard case .established(let pendingWrite) = state else { throw .outOfTurn("write") }
    let count = min(bytes.count, GnuTLSBackend.recordLimit)
    guard count > 0, pendingWrite == 0 || pendingWrite == count else { throw .outOfTurn("write") }
    let result =
      pendingWrite > 0
      ? finishWrite()
      : unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe gnutls_record_send(session, buffer.baseAddress, count)
      }
    if result >= 0 {
      state = .established(pendingWrite: 0)
      return .accepted(pendingWrite > 0 ? count : result)
    }
    state = .established(pendingWrite: count)
    _ = try writeStep(after: outcome(of: Int32(truncatingIfNeeded: result), during: .sending))
    return .blocked(until: .writable)
  }

  public mutating func drain() throws(TLSError) -> DrainStep {
    guard case .established = state else { throw .outOfTurn("drain") }
    beginTurn()
    while true {
      let result = discard()
      if result > 0 { continue }
      if result == 0 { return .peerClosed }
      let outcome = outcome(of: result, during: .reading)
      if case .failed(let error) = outcome { throw told(result, error) }
      if let step = try outcome.drainStep() { return step }
      if result == GNUTLS_E_REHANDSHAKE {
        // Declined (RFC 5246 §7.4.1.1); whether the socket takes the warning decides nothing.
        _ = unsafe gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION)
      }
    }
  }

  public mutating func shutdown() throws(TLSError) -> ShutdownStep {
    switch state {
    case .handshaking: throw .outOfTurn("shutdown")
    case .closed: return .sent
    case .established(let pendingWrite):
      // A key update that is sent in part would leave the peer with keys that we have not.
      if pendingWrite > 0 {
        let result = finishWrite()
        if result < 0 { return try closing(after: result) }
        state = .established(pendingWrite: 0)
      }
    }
    let result = unsafe gnutls_bye(session, GNUTLS_SHUT_WR)
    if result != GNUTLS_E_SUCCESS { return try closing(after: Int(result)) }
    state = .closed
    return .sent
  }
}

// MARK: What the verbs need

extension GnuTLSBackend {
  @inline(never)
  private func outcome(of result: Int32, during phase: TLSPhase) -> TLSOutcome {
    let outcome = unsafe ErrorMapping(
      result: result, session: session, box: box, phase: phase, offer: context.offer
    ).outcome
    // What the kernel said about a write is told: reading may find a better reason.
    if case .sending = phase { unsafe box.pointee.stream.failure = 0 }
    return outcome
  }

  /// Throws when what the peer has sent is more than a handshake is.
  private func checkHandshake() throws(TLSError) {
    do throws(TLSError) {
      try unsafe SessionLimits.checkHandshake(received: box.pointee.stream.received)
    } catch {
      throw told(GNUTLS_E_HANDSHAKE_TOO_LARGE, error)
    }
  }

  /// Whatever the library waits for, it goes on when it can send.
  @inline(never)
  private func closing(after result: Int) throws(TLSError) -> ShutdownStep {
    _ = try outcome(of: Int32(truncatingIfNeeded: result), during: .closing)
      .readiness(during: .closing)
    return .blocked(until: .writable)
  }

  /// Goes on with the write that was blocked; not negative when all of it is sent.
  ///
  /// Without bytes: to a library that has read a key update since, those of the blocked write
  /// would be new ones, and sent twice.
  private func finishWrite() -> Int {
    let result = unsafe gnutls_record_send(session, nil, 0)
    // Nothing was left to send.
    return result == Int(GNUTLS_E_INVALID_REQUEST) ? 0 : result
  }

  private func beginTurn() {
    unsafe box.pointee.stream.turn = SessionLimits.turn
  }

  /// Tells the peer what it broke, as far as the socket takes it: the library leaves that to us.
  private func told(_ result: Int32, _ error: TLSError) -> TLSError {
    if case .connection = error.kind { return error }
    if result != GNUTLS_E_FATAL_ALERT_RECEIVED {
      _ = unsafe gnutls_alert_send_appropriate(session, result)
    }
    return error
  }

  /// Reads once and forgets what came.
  private func discard() -> Int32 {
    unsafe withUnsafeTemporaryAllocation(
      byteCount: GnuTLSBackend.drainChunk, alignment: 1
    ) { buffer in
      unsafe Int32(
        truncatingIfNeeded: gnutls_record_recv(
          session, buffer.baseAddress, GnuTLSBackend.drainChunk))
    }
  }
}
