internal import CGnuTLS
internal import CPosix
internal import TLSBackend

/// What GnuTLS's callbacks of one session point at. It has memory of its own, because the session
/// itself is a value that moves.
///
/// The library never sees a full socket: what does not fit waits here. Left to itself it would
/// resume a blocked record with the next `gnutls_record_send`, except when a key update has been
/// read in between: then it encrypts the same bytes once more, and the peer gets them twice.
struct SessionBox: ~Copyable {
  private(set) var stream: cposix_stream
  /// Whether the latest receive found nothing.
  var isStarved = false
  /// The first byte that the peer has sent.
  private var firstByte: UInt8?
  /// Ciphertext that the socket has not taken yet, from `outboxStart` on.
  private var outbox: [UInt8] = []
  private var outboxStart = 0
  let policy: PeerPolicy
  var verdict = TLSVerdict.pending

  init(policy: consuming PeerPolicy, socket: Int32) {
    self.policy = policy
    stream = cposix_stream(fd: socket, failure: 0, ended: 0, sent: 0, received: 0)
  }

  static func of(session: OpaquePointer?) -> UnsafeMutablePointer<SessionBox>? {
    let raw = unsafe gnutls_session_get_ptr(session)
    return unsafe raw?.assumingMemoryBound(to: SessionBox.self)
  }

  fileprivate static func of(
    transport: UnsafeMutableRawPointer?
  ) -> UnsafeMutablePointer<SessionBox>? {
    unsafe transport?.assumingMemoryBound(to: SessionBox.self)
  }

  /// Whether what the peer speaks is not TLS: its content types are 20 to 24 (RFC 8446 §5.1).
  var isForeign: Bool {
    guard let firstByte else { return false }
    return !(20...24).contains(firstByte)
  }

  var waitingBytes: Int { outbox.count - outboxStart }

  /// The failure of the latest send or receive, if it was one for good.
  func brokeOff(_ phase: TLSPhase) -> TLSError? {
    guard stream.failure != 0 else { return nil }
    let words = unsafe Text(cString: strerror(stream.failure))
    return .brokeOff(phase, errno: stream.failure, words: words)
  }

  mutating func forgetFailure() {
    stream.failure = 0
  }
}

// MARK: The transport

extension SessionBox {
  /// Makes the session send and receive through the box.
  static func attach(_ box: UnsafeMutablePointer<SessionBox>, to session: OpaquePointer) {
    unsafe gnutls_session_set_ptr(session, box)
    unsafe gnutls_transport_set_ptr(session, box)
    unsafe gnutls_transport_set_push_function(session, sendCiphertext)
    unsafe gnutls_transport_set_pull_function(session, receiveCiphertext)
    unsafe gnutls_transport_set_pull_timeout_function(session, isReadable)
    unsafe gnutls_transport_set_errno_function(session, whyNothingCame)
  }

  /// Sends what waits. False while the socket is full; a failure for good leaves nothing to wait
  /// for, and is asked for with `brokeOff`.
  mutating func flush() -> Bool {
    let waiting = outbox
    while outboxStart < waiting.count, stream.failure == 0 {
      let sent = unsafe waiting.withUnsafeBytes { bytes in
        unsafe cposix_stream_send(
          &stream, bytes.baseAddress?.advanced(by: outboxStart), bytes.count - outboxStart)
      }
      if sent < 0 { return stream.failure != 0 }
      outboxStart += sent
    }
    outbox = []
    outboxStart = 0
    return true
  }

  /// Sends what the socket takes and keeps the rest.
  fileprivate mutating func send(_ bytes: UnsafeRawBufferPointer) {
    var start = 0
    while outbox.isEmpty, start < bytes.count, stream.failure == 0 {
      let sent = unsafe cposix_stream_send(
        &stream, bytes.baseAddress?.advanced(by: start), bytes.count - start)
      if sent < 0 { break }
      start += sent
    }
    guard start < bytes.count, stream.failure == 0 else { return }
    unsafe outbox.append(contentsOf: bytes[start...])
  }

  fileprivate mutating func receive(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
    let received = unsafe cposix_stream_receive(&stream, bytes.baseAddress, bytes.count)
    if received > 0, firstByte == nil { firstByte = unsafe bytes.first }
    if received < 0, stream.failure == 0 { isStarved = true }
    return received
  }
}

/// The corresponding C type is `gnutls_push_func`. A failure for good is the session's to find in
/// the box: it must not keep the library from reading the alert that explains it.
private func sendCiphertext(
  _ transport: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
  unsafe SessionBox.of(transport: transport)?.pointee.send(
    UnsafeRawBufferPointer(start: bytes, count: count))
  return count
}

/// The corresponding C type is `gnutls_pull_func`.
private func receiveCiphertext(
  _ transport: UnsafeMutableRawPointer?, _ bytes: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
  guard let box = unsafe SessionBox.of(transport: transport) else { return -1 }
  return unsafe box.pointee.receive(UnsafeMutableRawBufferPointer(start: bytes, count: count))
}

/// Never waits: deadlines are the caller's. The corresponding C type is
/// `gnutls_pull_timeout_func`.
private func isReadable(_ transport: UnsafeMutableRawPointer?, _: UInt32) -> Int32 {
  guard let box = unsafe SessionBox.of(transport: transport) else { return -1 }
  var entry = pollfd(fd: unsafe box.pointee.stream.fd, events: Int16(POLLIN), revents: 0)
  return unsafe poll(&entry, 1, 0)
}

/// The corresponding C type is `gnutls_errno_func`.
private func whyNothingCame(_ transport: UnsafeMutableRawPointer?) -> Int32 {
  guard let box = unsafe SessionBox.of(transport: transport) else { return EBADF }
  return unsafe box.pointee.stream.failure == 0 ? EAGAIN : box.pointee.stream.failure
}
