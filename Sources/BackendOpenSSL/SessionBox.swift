internal import Bytes
internal import COpenSSL
internal import CPosix
internal import SessionStream
internal import TLSBackend

/// What OpenSSL's callbacks of one session point at. It has memory of its own, because the
/// session itself is a value that moves.
struct SessionBox: ~Copyable {
  var channel: SessionStream
  let policy: PeerPolicy
  let context: OpenSSLContext
  var verdict = TLSVerdict.pending
  /// What was shown, when the policy keeps it.
  var peer: PeerEvidence?

  /// Where an `SSL` keeps its application data (the C macro `SSL_set_app_data`).
  static let sessionIndex: Int32 = 0

  init(_ context: OpenSSLContext, policy: consuming PeerPolicy, socket: Int32) {
    self.policy = policy
    self.context = context
    channel = SessionStream(socket: socket)
  }

  static func of(session: OpaquePointer) -> UnsafeMutablePointer<SessionBox>? {
    let raw = unsafe SSL_get_ex_data(session, sessionIndex)
    return unsafe raw?.assumingMemoryBound(to: SessionBox.self)
  }

  fileprivate static func of(bio: OpaquePointer?) -> UnsafeMutablePointer<SessionBox>? {
    unsafe BIO_get_data(bio)?.assumingMemoryBound(to: SessionBox.self)
  }
}

// MARK: The transport

extension SessionBox {
  /// Made once: OpenSSL has numbers for no more than 127 kinds of BIO in the life of a process.
  private nonisolated(unsafe) static let transport: OpaquePointer? = {
    guard
      let method = unsafe BIO_meth_new(
        BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, transportName.cString)
    else { return nil }
    unsafe BIO_meth_set_write(method, sendCiphertext)
    unsafe BIO_meth_set_read(method, receiveCiphertext)
    unsafe BIO_meth_set_ctrl(method, controlTransport)
    return unsafe method
  }()

  private static let transportName: Literal = "cposix_stream"

  /// A BIO that sends and receives through the box that `BIO_set_data` will give it.
  static func makeBIO() -> OpaquePointer? {
    guard let transport = unsafe transport, let bio = unsafe BIO_new(transport) else { return nil }
    unsafe BIO_set_init(bio, 1)
    return unsafe bio
  }
}

private func sendCiphertext(
  _ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int32
) -> Int32 {
  guard let box = unsafe SessionBox.of(bio: bio), count > 0 else { return -1 }
  unsafe copenssl_clear_retry(bio)
  switch unsafe box.pointee.channel.send(bytes, Int(count)) {
  case true?: return count
  case false?: unsafe copenssl_set_retry_write(bio)
  case nil: break
  }
  return -1
}

private func receiveCiphertext(
  _ bio: OpaquePointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int32
) -> Int32 {
  guard let box = unsafe SessionBox.of(bio: bio), count > 0 else { return -1 }
  unsafe copenssl_clear_retry(bio)
  let received = unsafe cposix_stream_receive(&box.pointee.channel.stream, bytes, Int(count))
  if received < 0, unsafe box.pointee.channel.stream.failure == 0 {
    unsafe copenssl_set_retry_read(bio)
  }
  return Int32(truncatingIfNeeded: received)
}

private func controlTransport(
  _ bio: OpaquePointer?, _ command: Int32, _: Int, _: UnsafeMutableRawPointer?
) -> Int {
  switch command {
  // Nothing is buffered here, and a flush that fails ends the handshake.
  case BIO_CTRL_FLUSH: return 1
  // What tells a truncated stream from a broken one.
  case BIO_CTRL_EOF:
    return unsafe SessionBox.of(bio: bio)?.pointee.channel.stream.ended == 1 ? 1 : 0
  default: return 0
  }
}
