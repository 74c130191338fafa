internal import Bytes
internal import CMbedTLS
internal import CPosix
internal import SessionStream
public import TLSBackend

/// A TLS client session of Mbed TLS 2.28 or 3.6.
///
/// Its bytes cross `cposix_stream_send` and `cposix_stream_receive`, called by callbacks of our
/// own.
@safe public struct MbedTLSBackend: TLSBackend, ~Copyable {
  private let context: MbedTLSContext
  private let session: UnsafeMutablePointer<mbedtls_ssl_context>
  private let box: UnsafeMutablePointer<SessionBox>
  private var state = SessionState.handshaking
  /// What had been received when the handshake was complete.
  private var handshakeBytes: UInt64 = 0
  /// Whether the peer's close_notify or end of stream has been read.
  private var isPeerClosed = false
  /// The key exchange group that the server has chosen.
  private var group: TLSGroup?

  /// As sentences call it.
  static var library: Literal { "Mbed TLS" }

  public static var capabilities: TLSCapabilities {
    let version = mbedtls_version_get_number()
    return TLSCapabilities(
      library: library,
      version: "\(version >> 24).\(version >> 16 & 0xFF).\(version >> 8 & 0xFF)",
      highestVersion: cmbedtls_has_tls13() == 1 ? .tls13 : .tls12,
      cipherSuites: TLSCipherSuite.allCases.filter {
        unsafe mbedtls_ssl_ciphersuite_from_id(Int32($0.rawValue)) != nil
      },
      groups: TLSGroup.allCases.filter {
        unsafe mbedtls_ecp_curve_info_from_tls_id($0.rawValue) != nil
      },
      keys: "RSA ECDSA")
  }

  public init(
    _ context: MbedTLSContext, policy: consuming PeerPolicy, socket: Int32
  ) throws(TLSError) {
    let session = UnsafeMutablePointer<mbedtls_ssl_context>.allocate(capacity: 1)
    unsafe mbedtls_ssl_init(session)
    let result = unsafe context.setUp(session)
    guard result == 0 else {
      unsafe mbedtls_ssl_free(session)
      unsafe session.deallocate()
      throw .cannot(.makeSession, result)
    }
    let box = UnsafeMutablePointer<SessionBox>.allocate(capacity: 1)
    unsafe box.initialize(to: SessionBox(policy: policy, trust: context.trust, socket: socket))
    unsafe mbedtls_ssl_set_bio(session, box, sendCiphertext, receiveCiphertext, nil)
    self.context = context
    unsafe self.session = unsafe session
    unsafe self.box = unsafe box
  }

  deinit {
    unsafe mbedtls_ssl_free(session)
    unsafe session.deallocate()
    unsafe box.deinitialize(count: 1)
    unsafe box.deallocate()
  }

  public var ciphertextSent: UInt64 { unsafe box.pointee.channel.stream.sent }

  public var isAcceptedByPeer: Bool {
    guard case .established = state else { return false }
    let isTLS13 = cipherSuite.map { $0.version == .tls13 } ?? false
    return unsafe !isTLS13 || box.pointee.channel.stream.received > handshakeBytes
  }

  public var negotiated: TLSNegotiated {
    TLSNegotiated(
      version: unsafe Text(cString: mbedtls_ssl_get_version(session)),
      cipherSuite: cipherSuite.map { "\($0.name)" } ?? "unknown",
      group: group.map { "\($0.name)" } ?? "")
  }

  public var peer: PeerEvidence? { unsafe box.pointee.peer }

  public mutating func handshake() throws(TLSError) -> HandshakeStep {
    guard case .handshaking = state else { throw .outOfTurn("handshake") }
    begin(.handshake)
    if let unsent = try flush(.handshake) { return .blocked(until: unsent) }
    while unsafe cmbedtls_state(session) != Int32(MBEDTLS_SSL_HANDSHAKE_OVER.rawValue) {
      let step = unsafe cmbedtls_state(session)
      let result = unsafe mbedtls_ssl_handshake_step(session)
      let message = unsafe ReceivedMessage(of: session)
      if let chosen = message.group { group = chosen }
      if step == Int32(MBEDTLS_SSL_SERVER_CERTIFICATE.rawValue) {
        if message.isCertificate {
          let content = unsafe message.bytes.span.extracting(
            droppingFirst: CertificateMessage.header)
          unsafe box.pointee.judge(content, isTLS13: cmbedtls_is_tls13(session) == 1)
        }
        try checkVerdict(result)
      }
      if result == 0 { continue }
      let outcome = outcome(of: result, during: .handshake)
      if case .again = outcome { continue }
      let readiness = try outcome.readiness(during: .handshake)
      try unsafe SessionLimits.checkHandshake(received: box.pointee.channel.stream.received)
      return .blocked(until: try flush(.handshake) ?? readiness)
    }
    if let unsent = try flush(.handshake) { return .blocked(until: unsent) }
    let peer = try unsafe box.pointee.verdict.take()
    state = .established(nil)
    unsafe handshakeBytes = box.pointee.channel.stream.received
    return .complete(peer)
  }

  public mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    let count = try state.count(of: bytes.count, limit: recordLimit)
    begin(.sending)
    if case .established(nil) = state {
      let result = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe mbedtls_ssl_write(session, buffer.baseAddress, count)
      }
      guard result > 0 else {
        return try writeStep(after: outcome(of: result, during: .sending))
      }
      state = .wrote(Int(result), of: count)
    }
    do throws(TLSError) { return state.finishWrite(try flush(.sending)) } catch {
      return try writeStep(after: .failed(error))
    }
  }

  public mutating func drain() throws(TLSError) -> DrainStep {
    try state.checkDrain()
    begin(.reading)
    while !isPeerClosed {
      let result = discard()
      if result > 0 || cmbedtls_is_ticket(result) == 1 { continue }
      // Empty application data is read as 0 bytes, too.
      if result == 0, unsafe box.pointee.channel.stream.ended == 0 { continue }
      let step = try outcome(of: result, during: .reading).drainStep()
      try unsafe box.pointee.channel.outbox.checkAnswers()
      guard let step else { continue }
      if case .peerClosed = step { isPeerClosed = true }
      guard case .idle = step, let unsent = try flush(.reading) else { return step }
      return .blocked(until: unsent)
    }
    return .peerClosed
  }

  public mutating func shutdown() throws(TLSError) -> ShutdownStep {
    switch state {
    case .handshaking: throw .outOfTurn("shutdown")
    case .closed: return .sent
    case .closing: break
    case .established:
      begin(.closing)
      let result = unsafe mbedtls_ssl_close_notify(session)
      guard result == 0 else {
        return .blocked(
          until: try outcome(of: result, during: .closing).readiness(during: .closing))
      }
      state = .closing
    }
    if let unsent = try flush(.closing) { return .blocked(until: unsent) }
    state = .closed
    return .sent
  }
}

// MARK: What the verbs need

extension MbedTLSBackend {
  private var cipherSuite: TLSCipherSuite? {
    guard let name = unsafe mbedtls_ssl_get_ciphersuite(session) else { return nil }
    return unsafe UInt16(exactly: mbedtls_ssl_get_ciphersuite_id(name))
      .flatMap { TLSCipherSuite(rawValue: $0) }
  }

  /// The longest plaintext of one record: 16384 bytes (RFC 8446 §5.1), which 3.6 makes 16383 in
  /// TLS 1.3, where it pads to multiples of 16.
  private var recordLimit: Int {
    unsafe Int(mbedtls_ssl_get_max_out_record_payload(session))
  }

  @inline(never)
  private func outcome(of result: Int32, during phase: TLSPhase) -> TLSOutcome {
    let mapping = unsafe ErrorMapping(
      result: result, session: session, box: box, phase: phase, offer: context.offer)
    // The library has no alert for it, and the peer is owed one (RFC 8446 §6.2).
    if mapping.isKeyUpdate { tell(Alert.unexpectedMessage) }
    let outcome = mapping.outcome
    // What the kernel said about a write is told: reading may find a better reason.
    if case .sending = phase { unsafe box.pointee.channel.stream.failure = 0 }
    return outcome
  }

  /// Throws when the server is refused: by the policy, or because only one of the two, the library
  /// and the policy, goes on.
  private func checkVerdict(_ result: Int32) throws(TLSError) {
    var refusal = unsafe box.pointee.verdict.refusal
    let isAccepted = unsafe box.pointee.verdict.isAccepted
    if refusal == nil, unsafe isAccepted != (result == 0 && cmbedtls_has_server_key(session) == 1) {
      refusal = TLSError(
        .authentication,
        isAccepted ? .unreadableServerKey(by: MbedTLSBackend.library) : .noServerCertificate)
    }
    guard let refusal else { return }
    // When it has failed, the library has told the server.
    if result == 0 { tell(Alert.badCertificate) }
    throw refusal
  }

  /// Sends a fatal alert, as far as the socket takes it.
  private func tell(_ alert: UInt8) {
    _ = unsafe mbedtls_ssl_send_alert_message(
      session, UInt8(MBEDTLS_SSL_ALERT_LEVEL_FATAL), alert)
  }

  private func begin(_ phase: TLSPhase) {
    unsafe box.pointee.channel.begin(phase)
  }

  private func flush(_ phase: TLSPhase) throws(TLSError) -> Readiness? {
    try unsafe box.pointee.channel.flush(phase)
  }

  /// Reads once and forgets what came.
  private func discard() -> Int32 {
    unsafe withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: SessionLimits.drainChunk
    ) { buffer in
      unsafe mbedtls_ssl_read(session, buffer.baseAddress, buffer.count)
    }
  }
}
