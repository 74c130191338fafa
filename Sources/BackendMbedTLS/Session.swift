internal import Bytes
internal import CMbedTLS
internal import CPosix
public import TLSBackend

/// A TLS client session of Mbed TLS 2.28 or 3.6.
///
/// Its bytes cross `cposix_stream_send` and `cposix_stream_receive`, called by callbacks of our
/// own.
@safe public struct MbedTLSBackend: TLSBackend, ~Copyable {
  private enum State {
    case handshaking
    case established(BlockedWrite)
    /// close_notify is made, not sent in whole.
    case closing
    case closed
  }

  /// A write that has to be repeated. `count` is 0 when there is none.
  private struct BlockedWrite {
    var count = 0
    /// Whether its record is encrypted already, rather than kept back by what was to be sent first.
    var isEncrypted = false
  }

  private static let drainChunk = 1024

  private let context: MbedTLSContext
  private let session: UnsafeMutablePointer<mbedtls_ssl_context>
  private let box: UnsafeMutablePointer<SessionBox>
  private var state = State.handshaking
  /// What had been received when the handshake was complete.
  private var handshakeBytes: UInt64 = 0
  /// Whether the peer's close_notify or end of stream has been read.
  private var isPeerClosed = false
  /// The key exchange group that the server has chosen.
  private var group: TLSGroup?

  /// As sentences call it.
  static var library: StaticString { "Mbed TLS" }

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
      })
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
    unsafe mbedtls_ssl_set_verify(session, verifyPeer, box)
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

  public var ciphertextSent: UInt64 { unsafe box.pointee.stream.sent }

  public var isAcceptedByPeer: Bool {
    guard case .established = state else { return false }
    let isTLS13 = cipherSuite.map { $0.version == .tls13 } ?? false
    return unsafe !isTLS13 || box.pointee.stream.received > handshakeBytes
  }

  public var negotiated: TLSNegotiated {
    TLSNegotiated(
      version: unsafe Text(cString: mbedtls_ssl_get_version(session)),
      cipherSuite: cipherSuite.map { "\($0.name)" } ?? "unknown",
      group: group.map { "\($0.name)" } ?? "")
  }

  public var peer: PeerEvidence? { unsafe box.pointee.evidence }

  public mutating func handshake() throws(TLSError) -> HandshakeStep {
    guard case .handshaking = state else { throw .outOfTurn("handshake") }
    unsafe box.pointee.stream.turn = SessionLimits.turn
    while unsafe cmbedtls_state(session) != Int32(MBEDTLS_SSL_HANDSHAKE_OVER.rawValue) {
      let result = unsafe mbedtls_ssl_handshake_step(session)
      if let refusal = unsafe box.pointee.verdict.refusal {
        tell(Alert.badCertificate)
        throw refusal
      }
      let message = unsafe ReceivedMessage(of: session)
      if let chosen = message.group { group = chosen }
      if result == 0 { continue }
      if result == MBEDTLS_ERR_X509_INVALID_EXTENSIONS + MBEDTLS_ERR_ASN1_UNEXPECTED_TAG {
        // The library has told the server.
        unsafe box.pointee.judgeUnreadable(
          message.bytes.span, isTLS13: cmbedtls_is_tls13(session) == 1)
        if let refusal = unsafe box.pointee.verdict.refusal { throw refusal }
      }
      let readiness = try outcome(of: result, during: .handshake).readiness(during: .handshake)
      try unsafe SessionLimits.checkHandshake(received: box.pointee.stream.received)
      return .blocked(until: readiness)
    }
    let peer = try unsafe box.pointee.verdict.take()
    state = .established(BlockedWrite())
    unsafe handshakeBytes = box.pointee.stream.received
    return .complete(peer)
  }

  public mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    guard case .established(let blocked) = state else { throw .outOfTurn("write") }
    let count = min(bytes.count, recordLimit)
    guard count > 0, blocked.count == 0 || blocked.count == count else {
      throw .outOfTurn("write")
    }
    if let outcome = flush(during: .sending) {
      state = .established(BlockedWrite(count: count, isEncrypted: blocked.isEncrypted))
      return try writeStep(after: outcome)
    }
    state = .established(BlockedWrite())
    if blocked.isEncrypted { return .accepted(count) }
    let result = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe mbedtls_ssl_write(session, buffer.baseAddress, count)
    }
    if result > 0 { return .accepted(Int(result)) }
    state = .established(BlockedWrite(count: count, isEncrypted: true))
    return try writeStep(after: outcome(of: result, during: .sending))
  }

  public mutating func drain() throws(TLSError) -> DrainStep {
    switch state {
    case .handshaking, .closed: throw .outOfTurn("drain")
    case .established, .closing: break
    }
    unsafe box.pointee.stream.turn = SessionLimits.turn
    while !isPeerClosed {
      let result = discard()
      if result > 0 || cmbedtls_is_ticket(result) == 1 { continue }
      // Empty application data is read as 0 bytes, too.
      if result == 0, unsafe box.pointee.stream.ended == 0 { continue }
      guard let step = try outcome(of: result, during: .reading).drainStep() else { continue }
      if case .peerClosed = step { isPeerClosed = true }
      return step
    }
    return .peerClosed
  }

  public mutating func shutdown() throws(TLSError) -> ShutdownStep {
    if case .handshaking = state { throw .outOfTurn("shutdown") }
    if case .closed = state { return .sent }
    // The library would send what is left of a record instead of close_notify.
    if let outcome = flush(during: .closing) {
      return .blocked(until: try outcome.readiness(during: .closing))
    }
    if case .established = state {
      let result = unsafe mbedtls_ssl_close_notify(session)
      if result != 0 {
        state = .closing
        let outcome = outcome(of: result, during: .closing)
        return .blocked(until: try outcome.readiness(during: .closing))
      }
    }
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
    if case .sending = phase { unsafe box.pointee.stream.failure = 0 }
    return outcome
  }

  /// Sends a fatal alert, as far as the socket takes it.
  private func tell(_ alert: UInt8) {
    _ = unsafe mbedtls_ssl_send_alert_message(
      session, UInt8(MBEDTLS_SSL_ALERT_LEVEL_FATAL), alert)
  }

  /// Sends what is left of the latest record; nil when nothing is left: the library takes the next one
  /// for sent as soon as the last has been.
  private func flush(during phase: TLSPhase) -> TLSOutcome? {
    guard unsafe cmbedtls_unsent(session) > 0 else { return nil }
    var unread: UInt8 = 0
    let result = unsafe mbedtls_ssl_write(session, &unread, 1)
    return result > 0 ? nil : outcome(of: result, during: phase)
  }

  /// Reads once and forgets what came.
  private func discard() -> Int32 {
    unsafe withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: MbedTLSBackend.drainChunk
    ) { buffer in
      unsafe mbedtls_ssl_read(session, buffer.baseAddress, MbedTLSBackend.drainChunk)
    }
  }
}
