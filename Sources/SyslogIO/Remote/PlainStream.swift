internal import CPosix
internal import TLSBackend

/// A connection without TLS (RFC 6587 §3), with the verbs of a TLS session that mean something on
/// it.
///
/// Nobody is authenticated and everything can be read on the way: only `--tcp` asks for it.
struct PlainStream: ~Copyable {
  private var stream: cposix_stream

  /// The connected, non-blocking socket stays the caller's and must outlive the stream.
  init(socket: Int32) {
    stream = cposix_stream(fd: socket, failure: 0, ended: 0, turn: 0, idle: 0, sent: 0, received: 0)
  }

  /// Bytes that the kernel has accepted.
  var sent: UInt64 { stream.sent }

  /// Hands the kernel as much as it accepts; after `.blocked`, anything may be offered.
  mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    let count = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe cposix_stream_send(&stream, buffer.baseAddress, buffer.count)
    }
    if count >= 0 { return .accepted(count) }
    guard stream.failure == 0 else { throw brokeOff(.sending) }
    return .blocked(until: .writable)
  }

  /// Reads and discards: a collector has nothing to say, but this is how its end is noticed.
  mutating func drain() throws(TLSError) -> DrainStep {
    stream.turn = SessionLimits.turn
    while true {
      let count = unsafe withUnsafeTemporaryAllocation(
        byteCount: SessionLimits.drainChunk, alignment: 1
      ) { buffer in
        unsafe cposix_stream_receive(&stream, buffer.baseAddress, buffer.count)
      }
      if count > 0 { continue }
      guard count < 0 else { return .peerClosed }
      guard stream.failure == 0 else { throw brokeOff(.reading) }
      return .idle
    }
  }

  private func brokeOff(_ phase: TLSPhase) -> TLSError {
    .brokeOff(phase, errno: stream.failure, words: Errno(code: stream.failure).description)
  }
}
