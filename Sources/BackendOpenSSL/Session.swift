internal import Bytes
internal import COpenSSL
internal import CPosix
public import TLSBackend

/// A TLS client session of OpenSSL 3.
///
/// Its bytes cross `cposix_stream_send` and `cposix_stream_receive`, called by a BIO of our own.
@safe public struct OpenSSLBackend: TLSBackend, ~Copyable {
  private enum State {
    case handshaking
    /// `pendingWrite` is the length of the write that was blocked, 0 when none was.
    case established(pendingWrite: Int)
    case closed
  }

  /// The longest plaintext of one record (RFC 8446 §5.1).
  private static let recordLimit = 16384
  private static let drainChunk = 1024
  /// A peer that floods us gets this many records read, then the event loop has its turn.
  private static let readsPerDrain = 32

  private let context: OpenSSLContext
  private let session: OpaquePointer
  private let box: UnsafeMutablePointer<SessionBox>
  private var state = State.handshaking
  /// What had been received when the handshake was complete.
  private var handshakeBytes: UInt64 = 0

  /// As sentences call it.
  static var library: StaticString { "OpenSSL" }

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

  public var ciphertextSent: UInt64 { unsafe box.pointee.stream.sent }

  public var isAcceptedByPeer: Bool {
    guard case .established = state else { return false }
    return unsafe SSL_version(session) == TLS1_2_VERSION
      || box.pointee.stream.received > handshakeBytes
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
    beginTurn()
    let result = unsafe SSL_do_handshake(session)
    if result == 1 {
      let peer = try unsafe box.pointee.verdict.take()
      // From here on a read returns after each record, so that `drain` can count them.
      unsafe copenssl_clear_mode(session, Int(SSL_MODE_AUTO_RETRY))
      state = .established(pendingWrite: 0)
      unsafe handshakeBytes = box.pointee.stream.received
      return .complete(peer)
    }
    let outcome = outcome(of: result, during: .handshake)
    if let refusal = unsafe box.pointee.verdict.refusal { throw refusal }
    let readiness = try outcome.readiness(during: .handshake)
    try unsafe SessionLimits.checkHandshake(received: box.pointee.stream.received)
    return .blocked(until: readiness)
  }

  public mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    guard case .established(let pendingWrite) = state else { throw .outOfTurn("write") }
    let count = min(bytes.count, OpenSSLBackend.recordLimit)
    guard count > 0, pendingWrite == 0 || pendingWrite == count else { throw .outOfTurn("write") }
    beginTurn()
    let result = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe SSL_write(session, buffer.baseAddress, Int32(truncatingIfNeeded: count))
    }
    if result > 0 {
      state = .established(pendingWrite: 0)
      return .accepted(Int(result))
    }
    state = .established(pendingWrite: count)
    return try writeStep(after: outcome(of: result, during: .sending))
  }

  public mutating func drain() throws(TLSError) -> DrainStep {
    guard case .established = state else { throw .outOfTurn("drain") }
    beginTurn()
    for _ in 0..<OpenSSLBackend.readsPerDrain {
      let result = discard()
      if result > 0 { continue }
      if let step = try outcome(of: result, during: .reading).drainStep() { return step }
    }
    return .idle
  }

  public mutating func shutdown() throws(TLSError) -> ShutdownStep {
    switch state {
    case .handshaking: throw .outOfTurn("shutdown")
    case .closed: return .sent
    case .established(let pendingWrite):
      beginTurn()
      if pendingWrite > 0, let readiness = try finishWrite(of: pendingWrite) {
        return .blocked(until: readiness)
      }
    }
    ERR_clear_error()
    let result = unsafe SSL_shutdown(session)
    if result < 0 {
      switch outcome(of: result, during: .closing) {
      case .closeNotify: break
      case let outcome: return .blocked(until: try outcome.readiness(during: .closing))
      }
    }
    state = .closed
    return .sent
  }
}

// MARK: What the verbs need

extension OpenSSLBackend {
  /// What was left in the error queue must not look like the reason of what follows.
  private func beginTurn() {
    ERR_clear_error()
    unsafe box.pointee.stream.turn = SessionLimits.turn
  }

  @inline(never)
  private func outcome(of result: Int32, during phase: TLSPhase) -> TLSOutcome {
    let outcome = unsafe ErrorMapping(
      result: result, session: session, box: box, phase: phase, offer: context.offer
    ).outcome
    // What the kernel said about a write is told: reading may find a better reason.
    if case .sending = phase { unsafe box.pointee.stream.failure = 0 }
    return outcome
  }

  /// Reads once and forgets what came.
  private func discard() -> Int32 {
    ERR_clear_error()
    return unsafe withUnsafeTemporaryAllocation(
      byteCount: OpenSSLBackend.drainChunk, alignment: 1
    ) { buffer in
      unsafe SSL_read(
        session, buffer.baseAddress, Int32(truncatingIfNeeded: OpenSSLBackend.drainChunk))
    }
  }

  /// Sends what a blocked write has left unsent of its record, so that close_notify can follow.
  private mutating func finishWrite(of count: Int) throws(TLSError) -> Readiness? {
    ERR_clear_error()
    let result =
      // Blocked before its record was made, by the answer to a key update: only that is owed.
      unsafe SSL_in_init(session) == 1 ? SSL_do_handshake(session) : repeatWrite(of: count)
    if result > 0 {
      state = .established(pendingWrite: 0)
      return nil
    }
    return try outcome(of: result, during: .closing).readiness(during: .closing)
  }

  /// Repeats a write whose record is encrypted already: of the bytes only their number counts.
  private func repeatWrite(of count: Int) -> Int32 {
    unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
      unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
      return unsafe SSL_write(session, buffer.baseAddress, Int32(truncatingIfNeeded: count))
    }
  }
}
