internal import CGnuTLS
internal import CPosix
public import TLSBackend

/// A TLS client session of GnuTLS 3.7 and later.
///
/// Its bytes cross `cposix_stream_send` and `cposix_stream_receive`, called by `SessionBox`.
@safe public struct GnuTLSBackend: TLSBackend, ~Copyable {
  private enum State {
    case handshaking
    /// Complete for the library, while our last flight waits for the socket.
    case finishing
    /// Failed, while the alert waits for the socket.
    case refusing(TLSError)
    /// `pending` is the write whose record waits for the socket.
    case established(pending: PendingWrite?)
    /// close_notify waits for the socket.
    case closing
    case closed
  }

  private struct PendingWrite {
    /// How much was presented, and has to be again.
    let presented: Int
    /// How much of it is in the record: less when the peer wants smaller records (RFC 8449).
    let taken: Int
  }

  /// The longest plaintext of one record (RFC 8446 §5.1).
  private static let recordLimit = 16384
  /// A peer that floods us gets this many records read, then the event loop has its turn.
  private static let readsPerDrain = 32
  /// A peer that makes us answer and reads nothing is read no further with this much waiting.
  private static let waitingLimit = 65536

  private let context: GnuTLSContext
  private let session: OpaquePointer
  private let box: UnsafeMutablePointer<SessionBox>
  private var state = State.handshaking
  /// What had been received when the handshake was complete.
  private var handshakeBytes: UInt64 = 0

  /// From 3.7 on GnuTLS has all of it. What a system's configuration or FIPS mode takes away is
  /// found out, and named, when a context is made.
  public static var capabilities: TLSCapabilities {
    TLSCapabilities(
      library: "GnuTLS",
      version: unsafe gnutls_check_version(nil).map { unsafe Text(cString: $0) } ?? "",
      highestVersion: .tls13,
      cipherSuites: TLSCipherSuite.allCases,
      groups: TLSGroup.allCases,
      keyTypes: TLSKeyType.allCases)
  }

  public init(
    _ context: GnuTLSContext, policy: consuming PeerPolicy, socket: Int32
  ) throws(TLSError) {
    let session = try unsafe context.makeSession()
    let box = UnsafeMutablePointer<SessionBox>.allocate(capacity: 1)
    unsafe box.initialize(to: SessionBox(policy: policy, socket: socket))
    unsafe SessionBox.attach(box, to: session)
    self.context = context
    unsafe self.session = unsafe session
    unsafe self.box = unsafe box
  }

  deinit {
    // The session points at the box until it is gone.
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
    let version = unsafe gnutls_protocol_get_version(session)
    let keyExchange = version == GNUTLS_TLS1_3 ? nil : unsafe gnutls_kx_get(session)
    let cipher = unsafe gnutls_cipher_get(session)
    let suite = context.offer.cipherSuites.first {
      $0.cipher == cipher && $0.keyExchange == keyExchange
    }
    return TLSNegotiated(
      version: version == GNUTLS_TLS1_3 ? "TLSv1.3" : "TLSv1.2",
      cipherSuite: suite.map { "\($0.name)" } ?? "unknown")
  }

  public mutating func handshake() throws(TLSError) -> HandshakeStep {
    if case .handshaking = state, unsafe box.pointee.flush() { try advance() }
    let isFlushed = unsafe box.pointee.flush()
    switch state {
    case .refusing(let error):
      if isFlushed { throw error }
      return .blocked(until: .writable)
    case .handshaking:
      if let error = unsafe box.pointee.brokeOff(.handshake) { throw error }
      return .blocked(until: isFlushed ? .readable : .writable)
    case .finishing:
      if let error = unsafe box.pointee.brokeOff(.handshake) { throw error }
      guard isFlushed else { return .blocked(until: .writable) }
      let peer = try unsafe box.pointee.verdict.take()
      state = .established(pending: nil)
      unsafe handshakeBytes = box.pointee.stream.received
      return .complete(peer)
    case .established, .closing, .closed: throw .outOfTurn("handshake")
    }
  }

  public mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    guard case .established(let pending) = state else { throw .outOfTurn("write") }
    let count = min(bytes.count, GnuTLSBackend.recordLimit)
    guard count > 0, pending == nil || pending?.presented == count else {
      throw .outOfTurn("write")
    }
    let taken = try pending?.taken ?? encrypt(bytes.extracting(first: count))
    guard unsafe box.pointee.flush() else {
      state = .established(pending: PendingWrite(presented: count, taken: taken))
      return .blocked(until: .writable)
    }
    if let error = unsafe box.pointee.brokeOff(.sending) { throw alertBehind(error) }
    state = .established(pending: nil)
    return .accepted(taken)
  }

  public mutating func drain() throws(TLSError) -> DrainStep {
    guard case .established = state else { throw .outOfTurn("drain") }
    _ = unsafe box.pointee.flush()
    for _ in 0..<GnuTLSBackend.readsPerDrain {
      guard unsafe box.pointee.waitingBytes < GnuTLSBackend.waitingLimit else { break }
      let result = discard()
      if result > 0 { continue }
      if result == 0 { return .peerClosed }
      switch outcome(of: result, during: .reading) {
      case .blocked:
        // Without a receive that found nothing, a ticket or a key update was the reason to return.
        if unsafe box.pointee.isStarved { return try drained() }
      case .warned: break
      case .renegotiation:
        unsafe gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION)
      case .endOfStream: return .peerClosed
      case .failed(let error):
        tellPeer(of: result)
        throw error
      }
    }
    return try drained()
  }

  public mutating func shutdown() throws(TLSError) -> ShutdownStep {
    switch state {
    case .handshaking, .finishing, .refusing: throw .outOfTurn("shutdown")
    case .closed: return .sent
    case .closing: break
    case .established:
      // Behind the record that waits, if one does.
      let result = unsafe gnutls_bye(session, GNUTLS_SHUT_WR)
      if result < 0, case .failed(let error) = outcome(of: result, during: .closing) {
        throw error
      }
      state = .closing
    }
    guard unsafe box.pointee.flush() else { return .blocked(until: .writable) }
    if let error = unsafe box.pointee.brokeOff(.closing) { throw error }
    state = .closed
    return .sent
  }
}

// MARK: What the verbs need

extension GnuTLSBackend {
  private func outcome(of code: Int32, during phase: TLSPhase) -> Outcome {
    unsafe BackendGnuTLS.outcome(
      of: code, session: session, box: box.pointee, phase: phase, offer: context.offer)
  }

  /// Lets the library go on with the handshake until it is blocked, done or has failed.
  private mutating func advance() throws(TLSError) {
    for _ in 0..<GnuTLSBackend.readsPerDrain {
      let result = unsafe gnutls_handshake(session)
      if result >= 0 {
        state = .finishing
        return
      }
      switch outcome(of: result, during: .handshake) {
      case .blocked: return
      case .warned, .renegotiation: continue
      case .endOfStream: throw .endOfStream(during: .handshake)
      case .failed(let error):
        // The library sends no alert by itself.
        tellPeer(of: result)
        state = .refusing(unsafe box.pointee.verdict.refusal ?? error)
        return
      }
    }
    throw .failed(.handshake, "the server sends nothing but warnings")
  }

  /// Sends the alert that belongs to an error of ours.
  private func tellPeer(of code: Int32) {
    if code == GNUTLS_E_FATAL_ALERT_RECEIVED { return }
    unsafe gnutls_alert_send_appropriate(session, code)
  }

  /// Makes one record of the bytes, or of as many as fit, and hands it to the box.
  private mutating func encrypt(_ bytes: Span<UInt8>) throws(TLSError) -> Int {
    let result = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe gnutls_record_send(session, bytes.baseAddress, bytes.count)
    }
    if result > 0 { return result }
    switch outcome(of: Int32(truncatingIfNeeded: result), during: .sending) {
    case .endOfStream: throw .endOfStream(during: .sending)
    case .failed(let error): throw error
    case .blocked, .warned, .renegotiation:
      throw TLSError(.library, "GnuTLS asks for what is never used here (\(result))")
    }
  }

  /// Reads one record and forgets what came.
  private func discard() -> Int32 {
    unsafe box.pointee.isStarved = false
    var packet: OpaquePointer?
    let result = unsafe gnutls_record_recv_packet(session, &packet)
    if unsafe packet != nil { unsafe gnutls_packet_deinit(packet) }
    return Int32(truncatingIfNeeded: result)
  }

  /// The end of a drain: whether an answer waits for the socket, or could not be sent at all.
  private func drained() throws(TLSError) -> DrainStep {
    if let error = unsafe box.pointee.brokeOff(.reading) { throw error }
    return unsafe box.pointee.waitingBytes == 0 ? .idle : .blocked(until: .writable)
  }

  /// A peer that refuses us sends an alert and closes: when our write meets the close first, the
  /// alert still waits to be read, and it is the better reason.
  private mutating func alertBehind(_ error: TLSError) -> TLSError {
    unsafe box.pointee.forgetFailure()
    do throws(TLSError) {
      _ = try drain()
      return error
    } catch let alert {
      if case .connection = alert.kind { return error }
      return alert
    }
  }
}
