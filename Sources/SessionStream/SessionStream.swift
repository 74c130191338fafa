internal import Bytes
public import CPosix
public import TLSBackend

/// A session's way to the kernel, the same with every library: its socket, and what the socket has
/// not taken of what the library has sent.
public struct SessionStream: ~Copyable {
  /// What receives and sends, with what has been counted of it.
  public var stream: cposix_stream
  /// What the kernel has not taken of what the library has sent.
  public var outbox = Outbox()

  /// The socket stays the caller's.
  public init(socket: Int32) {
    stream = cposix_stream(fd: socket, failure: 0, ended: 0, turn: 0, idle: 0, sent: 0, received: 0)
  }

  /// What a verb begins with.
  public mutating func begin(_ phase: TLSPhase) {
    (stream.turn, stream.idle) = (SessionLimits.turn, 0)
    outbox.begin(phase)
  }

  /// Takes all that the library sends. Nil when the connection has failed; false when the peer has
  /// asked for more answers than it gets.
  public mutating func send(_ bytes: UnsafeRawPointer?, _ count: Int) -> Bool? {
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    let isTaken = unsafe outbox.send(
      piece.bindMemory(to: UInt8.self).span, into: &stream, by: sendToKernel)
    return stream.failure == 0 ? isTaken : nil
  }

  /// Sends what is left. Returns what has to be waited for, nil when nothing is left; throws when the
  /// connection has failed.
  @inline(never)
  public mutating func flush(_ phase: TLSPhase) throws(TLSError) -> Readiness? {
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
