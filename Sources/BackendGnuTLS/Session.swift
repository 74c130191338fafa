internal import Bytes
internal import CGnuTLS
internal import CPosix
internal import SessionStream
public import TLSBackend

/// A TLS client session of GnuTLS 3.7 or later.
///
/// Its bytes cross `cposix_stream_send` and `cposix_stream_receive`, called by callbacks of our
/// own.
@safe public struct GnuTLSBackend: TLSBackend, ~Copyable {
  /// More than one is strange already, and each costs the peer next to nothing.
  private static let warningsPerHandshake = 8

  private let context: GnuTLSContext
  private let session: gnutls_session_t
  private let box: UnsafeMutablePointer<SessionBox>
  private var state = SessionState.handshaking
  /// Whether the library is done with the handshake: asked again, it would begin another.
  private var isHandshakeDone = false
  private var warningsLeft = GnuTLSBackend.warningsPerHandshake
  /// What had been received when the handshake was complete.
  private var handshakeBytes: UInt64 = 0

  /// As sentences call it.
  static var library: Literal { "GnuTLS" }

  public static var capabilities: TLSCapabilities {
    @inline(never) get { capabilities(forbidden: []) }
  }

  public static var available: TLSCapabilities {
    let whole = capabilities
    let everything = TLSParameters(cipherSuites: whole.cipherSuites, groups: whole.groups)
    do throws(TLSError) {
      return capabilities(forbidden: PriorityList(try TLSOffer(everything, by: whole)).forbidden)
    } catch {
      return whole
    }
  }

  private static func capabilities(forbidden: [UInt16]) -> TLSCapabilities {
    var groups: [TLSGroup] = []
    // ML-KEM is of 3.8.8, and not in every build of it.
    for group in TLSGroup.allCases where unsafe cgnutls_group(group.gnutlsName.cString) != 0 {
      groups.append(group)
    }
    return TLSCapabilities(
      library: library,
      version: unsafe Text(cString: gnutls_check_version(nil)),
      highestVersion: .tls13,
      cipherSuites: TLSCipherSuite.allCases,
      groups: groups,
      hasFIPS: true,
      forbidden: forbidden)
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

  public var ciphertextSent: UInt64 { unsafe box.pointee.channel.stream.sent }

  public var isAcceptedByPeer: Bool {
    guard case .established = state else { return false }
    return unsafe gnutls_protocol_get_version(session) == GNUTLS_TLS1_2
      || box.pointee.channel.stream.received > handshakeBytes
  }

  public var negotiated: TLSNegotiated {
    let number = unsafe UInt16(truncatingIfNeeded: cgnutls_negotiated_suite(session))
    let suite = TLSCipherSuite(rawValue: number)
    let group = unsafe cgnutls_group_name(session)
    var groupName = unsafe group.map { unsafe Text(cString: $0) } ?? ""
    for known in context.offer.groups where groupName.bytes.span.equals(known.gnutlsName) {
      groupName = Text(known.name)
    }
    return TLSNegotiated(
      version: number >> 8 == 0x13 ? "TLSv1.3" : "TLSv1.2",
      cipherSuite: suite.map { Text($0.name) } ?? "unknown", group: groupName)
  }

  public var peer: PeerEvidence? { unsafe box.pointee.peer }

  public mutating func handshake() throws(TLSError) -> HandshakeStep {
    guard case .handshaking = state else { throw .outOfTurn("handshake") }
    begin(.handshake)
    if let unsent = try flush(.handshake) { return .blocked(until: unsent) }
    while !isHandshakeDone {
      let result = unsafe gnutls_handshake(session)
      isHandshakeDone = result == GNUTLS_E_SUCCESS
      if isHandshakeDone { break }
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
        return .blocked(until: try flush(.handshake) ?? readiness)
      }
    }
    if let unsent = try flush(.handshake) { return .blocked(until: unsent) }
    let peer = try unsafe box.pointee.verdict.take()
    state = .established(nil)
    unsafe handshakeBytes = box.pointee.channel.stream.received
    return .complete(peer)
  }

  public mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    let count = try state.count(of: bytes.count, limit: SessionLimits.record)
    begin(.sending)
    if case .established(nil) = state {
      let result = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe gnutls_record_send(session, buffer.baseAddress, count)
      }
      guard result > 0 else {
        return try writeStep(
          after: outcome(of: Int32(truncatingIfNeeded: result), during: .sending))
      }
      state = .wrote(result, of: count)
    }
    do throws(TLSError) { return state.finishWrite(try flush(.sending)) } catch {
      return try writeStep(after: .failed(error))
    }
  }

  public mutating func drain() throws(TLSError) -> DrainStep {
    try state.checkDrain()
    begin(.reading)
    while true {
      let result = discard()
      if result > 0 { continue }
      if result == 0 { return .peerClosed }
      let outcome = outcome(of: result, during: .reading)
      if case .failed(let error) = outcome { throw told(result, error) }
      let step = try outcome.drainStep()
      if result == GNUTLS_E_REHANDSHAKE {
        // Declined (RFC 5246 §7.4.1.1).
        _ = unsafe gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION)
        try unsafe box.pointee.channel.outbox.checkAnswers()
      }
      guard let step else { continue }
      guard case .idle = step, let unsent = try flush(.reading) else { return step }
      return .blocked(until: unsent)
    }
  }

  public mutating func shutdown() throws(TLSError) -> ShutdownStep {
    switch state {
    case .handshaking: throw .outOfTurn("shutdown")
    case .closed: return .sent
    case .closing: break
    case .established:
      begin(.closing)
      let result = unsafe gnutls_bye(session, GNUTLS_SHUT_WR)
      guard result == GNUTLS_E_SUCCESS else {
        _ = try outcome(of: result, during: .closing).readiness(during: .closing)
        return .blocked(until: .writable)
      }
      state = .closing
    }
    if let unsent = try flush(.closing) { return .blocked(until: unsent) }
    state = .closed
    return .sent
  }
}

// MARK: What the verbs need

extension GnuTLSBackend {
  private func begin(_ phase: TLSPhase) {
    unsafe box.pointee.channel.begin(phase)
  }

  private func flush(_ phase: TLSPhase) throws(TLSError) -> Readiness? {
    try unsafe box.pointee.channel.flush(phase)
  }

  @inline(never)
  private func outcome(of result: Int32, during phase: TLSPhase) -> TLSOutcome {
    let outcome = unsafe ErrorMapping(
      result: result, session: session, box: box, phase: phase, offer: context.offer
    ).outcome
    // What the kernel said about a write is told: reading may find a better reason.
    if case .sending = phase { unsafe box.pointee.channel.stream.failure = 0 }
    return outcome
  }

  /// Throws when what the peer has sent is more than a handshake is.
  private func checkHandshake() throws(TLSError) {
    do throws(TLSError) {
      try unsafe SessionLimits.checkHandshake(received: box.pointee.channel.stream.received)
    } catch {
      throw told(GNUTLS_E_HANDSHAKE_TOO_LARGE, error)
    }
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
      byteCount: SessionLimits.drainChunk, alignment: 1
    ) { buffer in
      unsafe Int32(
        truncatingIfNeeded: gnutls_record_recv(session, buffer.baseAddress, buffer.count))
    }
  }
}
