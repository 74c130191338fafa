internal import Bytes
internal import CMbedTLS
internal import CPosix
internal import TLSBackend

/// What Mbed TLS's callbacks of one session point at. It has memory of its own, because the
/// session itself is a value that moves.
struct SessionBox: ~Copyable {
  var stream: cposix_stream
  /// What the kernel has not taken of what the library has sent.
  var outbox = Outbox()
  let policy: PeerPolicy
  let trust: TrustStore
  var verdict = TLSVerdict.pending
  /// What the peer has shown, when the policy keeps it.
  var peer: PeerEvidence?

  init(policy: consuming PeerPolicy, trust: TrustStore, socket: Int32) {
    self.policy = policy
    self.trust = trust
    stream = cposix_stream(fd: socket, failure: 0, ended: 0, turn: 0, idle: 0, sent: 0, received: 0)
  }

  static func at(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SessionBox>? {
    unsafe context?.assumingMemoryBound(to: SessionBox.self)
  }
}

// MARK: What is sent

extension SessionBox {
  /// What a verb begins with.
  mutating func begin(_ phase: TLSPhase) {
    (stream.turn, stream.idle) = (SessionLimits.turn, 0)
    outbox.begin(phase)
  }

  /// Takes all that the library sends. Nil when the connection has failed; false when the peer has
  /// asked for more answers than it gets.
  mutating func send(_ bytes: UnsafeRawPointer?, _ count: Int) -> Bool? {
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    let isTaken = unsafe outbox.send(
      piece.bindMemory(to: UInt8.self).span, into: &stream, by: sendToKernel)
    return stream.failure == 0 ? isTaken : nil
  }

  /// Sends what is left. Returns what has to be waited for, nil when nothing is left; throws when the
  /// connection has failed.
  @inline(never)
  mutating func flush(_ phase: TLSPhase) throws(TLSError) -> Readiness? {
    outbox.flush(into: &stream, by: sendToKernel)
    if outbox.isEmpty { return nil }
    let errno = stream.failure
    guard errno != 0 else { return .writable }
    // The error of a write is reported once: a read that follows may find the peer's reason.
    if case .sending = phase { stream.failure = 0 }
    throw .brokeOff(phase, errno: errno, words: unsafe Text(cString: strerror(errno)))
  }
}

private func sendToKernel(_ stream: inout cposix_stream, _ bytes: Span<UInt8>) -> Int {
  unsafe bytes.withUnsafeBufferPointer { buffer in
    unsafe cposix_stream_send(&stream, buffer.baseAddress, buffer.count)
  }
}

// MARK: The transport

/// The corresponding C type is `mbedtls_ssl_send_t`.
func sendCiphertext(
  _ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int
) -> Int32 {
  guard let box = unsafe SessionBox.at(context) else { return MBEDTLS_ERR_NET_INVALID_CONTEXT }
  switch unsafe box.pointee.send(bytes, count) {
  case true?: return Int32(truncatingIfNeeded: count)
  case false?: return MBEDTLS_ERR_SSL_WANT_WRITE
  case nil: return MBEDTLS_ERR_NET_SEND_FAILED
  }
}

/// The corresponding C type is `mbedtls_ssl_recv_t`.
///
/// The library reads on by itself over everything that is not application data, so that only here
/// can its turn be ended.
func receiveCiphertext(
  _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int
) -> Int32 {
  guard let box = unsafe SessionBox.at(context) else { return MBEDTLS_ERR_NET_INVALID_CONTEXT }
  let received = unsafe cposix_stream_receive(&box.pointee.stream, bytes, count)
  guard received < 0 else { return Int32(truncatingIfNeeded: received) }
  guard unsafe box.pointee.stream.failure == 0 else { return MBEDTLS_ERR_NET_RECV_FAILED }
  return MBEDTLS_ERR_SSL_WANT_READ
}
