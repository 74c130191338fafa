internal import Bytes
internal import COpenSSL
internal import CPosix
internal import SessionStream
public import TLSBackend

/// A TLS client session of OpenSSL 3.
///
/// Its bytes cross `cposix_stream_send` and `cposix_stream_receive`, called by a BIO of our own.
@safe public struct OpenSSLBackend: TLSBackend, ~Copyable {
  private let context: OpenSSLContext
  private let session: OpaquePointer
  private let box: UnsafeMutablePointer<SessionBox>
  private var state = SessionState.handshaking
  /// What had been received when the handshake was complete.
  private var handshakeBytes: UInt64 = 0

  /// As sentences call it.
  static var library: Literal { "OpenSSL" }

  public static var capabilities: TLSCapabilities {
    @inline(never) get {
      TLSCapabilities(
        library: library,
        version: unsafe Text(cString: OpenSSL_version(OPENSSL_VERSION_STRING)),
        highestVersion: .tls13,
        cipherSuites: TLSCipherSuite.allCases,
        groups: TLSGroup.allCases,
        hasFIPS: true)
    }
  }

  public static var available: TLSCapabilities {
    do throws(TLSError) { return try LibraryContext(requiresFIPS: false).available() } catch {
      return capabilities
    }
  }

  public init(
    _ context: OpenSSLContext, policy: consuming PeerPolicy, socket: Int32
  ) throws(TLSError) {
    ERR_clear_error()
    guard let session = unsafe context.makeSession() else { throw .cannot(.makeSession) }
    guard let bio = unsafe SessionBox.makeBIO() else {
      unsafe SSL_free(session)
      throw .cannot(.makeSession)
    }
    let box = UnsafeMutablePointer<SessionBox>.allocate(capacity: 1)
    unsafe box.initialize(to: SessionBox(context, policy: policy, socket: socket))
    unsafe BIO_set_data(bio, box)
    unsafe SSL_set_bio(session, bio, bio)
    unsafe SSL_set_ex_data(session, SessionBox.sessionIndex, box)
    self.context = context
    unsafe self.session = unsafe session
    unsafe self.box = unsafe box
  }

  deinit {
    // The BIO goes with the session, and points at the box until then.
    unsafe SSL_free(session)
    unsafe box.deinitialize(count: 1)
    unsafe box.deallocate()
  }

  public var ciphertextSent: UInt64 { unsafe box.pointee.channel.stream.sent }

  public var isAcceptedByPeer: Bool {
    guard case .established = state else { return false }
    return unsafe SSL_version(session) == TLS1_2_VERSION
      || box.pointee.channel.stream.received > handshakeBytes
  }

  public var negotiated: TLSNegotiated {
    let suite = unsafe SSL_get_current_cipher(session).flatMap {
      unsafe SSL_CIPHER_standard_name($0)
    }
    return TLSNegotiated(
      version: unsafe Text(cString: SSL_get_version(session)),
      cipherSuite: unsafe suite.map { unsafe Text(cString: $0) } ?? "unknown",
      group: unsafe copenssl_group_name(session).map { unsafe Text(cString: $0) } ?? "")
  }

  public var peer: PeerEvidence? { unsafe box.pointee.peer }

  public mutating func handshake() throws(TLSError) -> HandshakeStep {
    guard case .handshaking = state else { throw .outOfTurn("handshake") }
    begin(.handshake)
    if let unsent = try flush(.handshake) { return .blocked(until: unsent) }
    let result = unsafe SSL_do_handshake(session)
    guard result == 1 else {
      let outcome = outcome(of: result, during: .handshake)
      if let refusal = unsafe box.pointee.verdict.refusal { throw refusal }
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
    let count = try state.count(of: bytes.count, limit: SessionLimits.record)
    begin(.sending)
    if case .established(nil) = state {
      let result = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe SSL_write(session, buffer.baseAddress, Int32(truncatingIfNeeded: count))
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
    while true {
      let result = discard()
      if result > 0 { continue }
      let step = try outcome(of: result, during: .reading).drainStep()
      try unsafe box.pointee.channel.outbox.checkAnswers()
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
      let result = unsafe SSL_shutdown(session)
      if result < 0 {
        switch outcome(of: result, during: .closing) {
        case .closeNotify: break
        case let outcome: return .blocked(until: try outcome.readiness(during: .closing))
        }
      }
      state = .closing
    }
    if let unsent = try flush(.closing) { return .blocked(until: unsent) }
    state = .closed
    return .sent
  }
}

// MARK: What the verbs need

extension OpenSSLBackend {
  /// What was left in the error queue must not look like the reason of what follows.
  private func begin(_ phase: TLSPhase) {
    ERR_clear_error()
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

  /// Reads once and forgets what came.
  private func discard() -> Int32 {
    ERR_clear_error()
    return unsafe withUnsafeTemporaryAllocation(
      byteCount: SessionLimits.drainChunk, alignment: 1
    ) { buffer in
      unsafe SSL_read(session, buffer.baseAddress, Int32(truncatingIfNeeded: buffer.count))
    }
  }
}
