internal import Bytes
internal import CGnuTLS
internal import CPosix
internal import TLSBackend

/// What GnuTLS's callbacks of one session point at. It has memory of its own, because the session
/// itself is a value that moves.
struct SessionBox: ~Copyable {
  var stream: cposix_stream
  /// What the kernel has not taken of what the library has sent.
  var outbox = Outbox()
  /// What the latest send or receive left in errno, since the library asks for it later.
  var latestError: Int32 = 0
  /// The first bytes that came, which tell another version of TLS from another protocol.
  var opening: (type: UInt8, major: UInt8)?
  let context: GnuTLSContext
  let policy: PeerPolicy
  var verdict = TLSVerdict.pending
  /// What the peer has shown, where the policy keeps it.
  var peer: PeerEvidence?

  init(_ context: GnuTLSContext, policy: consuming PeerPolicy, socket: Int32) {
    self.context = context
    self.policy = policy
    stream = cposix_stream(fd: socket, failure: 0, ended: 0, turn: 0, idle: 0, sent: 0, received: 0)
  }

  static func at(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SessionBox>? {
    unsafe pointer?.assumingMemoryBound(to: SessionBox.self)
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

/// Gives a session the callbacks through which its bytes cross.
func connect(_ session: gnutls_session_t, to box: UnsafeMutablePointer<SessionBox>) {
  unsafe gnutls_session_set_ptr(session, box)
  unsafe gnutls_transport_set_ptr(session, box)
  unsafe gnutls_transport_set_push_function(session, sendCiphertext)
  unsafe gnutls_transport_set_pull_function(session, receiveCiphertext)
  unsafe gnutls_transport_set_pull_timeout_function(session, waitForCiphertext)
  unsafe gnutls_transport_set_errno_function(session, latestError)
}

private func sendCiphertext(
  _ pointer: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
  guard let box = unsafe SessionBox.at(pointer) else { return -1 }
  if unsafe box.pointee.send(bytes, count) == true { return count }
  let failure = unsafe box.pointee.stream.failure
  unsafe box.pointee.latestError = failure == 0 ? EAGAIN : failure
  return -1
}

/// The library reads on by itself over much that is not application data, so that only here can
/// its turn be ended.
private func receiveCiphertext(
  _ pointer: UnsafeMutableRawPointer?, _ bytes: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
  guard let box = unsafe SessionBox.at(pointer) else { return -1 }
  let isFirst = unsafe box.pointee.stream.received == 0
  let received = unsafe cposix_stream_receive(&box.pointee.stream, bytes, count)
  if received < 0 { unsafe box.pointee.latestError = cposix_errno() }
  if isFirst, received >= 2, let bytes = unsafe bytes {
    unsafe box.pointee.opening = unsafe (
      bytes.load(as: UInt8.self), bytes.load(fromByteOffset: 1, as: UInt8.self)
    )
  }
  if received == 0, count > 0 {
    // To the library, an end of stream without close_notify is the end of both directions, and
    // ours may still be read. The session looks at the mark in the stream.
    unsafe box.pointee.latestError = EAGAIN
    return -1
  }
  return received
}

/// Never waits: a receive tells whether there is something.
private func waitForCiphertext(_: UnsafeMutableRawPointer?, _: UInt32) -> Int32 { 1 }

private func latestError(_ pointer: UnsafeMutableRawPointer?) -> Int32 {
  unsafe SessionBox.at(pointer)?.pointee.latestError ?? EIO
}
