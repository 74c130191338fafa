internal import Bytes
internal import CGnuTLS
internal import CPosix
internal import SessionStream
internal import TLSBackend

/// What GnuTLS's callbacks of one session point at. It has memory of its own, because the session
/// itself is a value that moves.
struct SessionBox: ~Copyable {
  var channel: SessionStream
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
    channel = SessionStream(socket: socket)
  }

  static func at(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SessionBox>? {
    unsafe pointer?.assumingMemoryBound(to: SessionBox.self)
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
  if unsafe box.pointee.channel.send(bytes, count) == true { return count }
  let failure = unsafe box.pointee.channel.stream.failure
  unsafe box.pointee.latestError = failure == 0 ? EAGAIN : failure
  return -1
}

/// The library reads on by itself over much that is not application data, so that only here can
/// its turn be ended.
private func receiveCiphertext(
  _ pointer: UnsafeMutableRawPointer?, _ bytes: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
  guard let box = unsafe SessionBox.at(pointer) else { return -1 }
  let isFirst = unsafe box.pointee.channel.stream.received == 0
  let received = unsafe cposix_stream_receive(&box.pointee.channel.stream, bytes, count)
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
