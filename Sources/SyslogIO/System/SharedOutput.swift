internal import CPosix

/// Standard output or standard error, which cannot be made non-blocking without doing that to whoever
/// shares it. BusyBox waits for its reader for ever; here a reader that stands still is waited for
/// once, and nothing is written until it goes on.
struct SharedOutput {
  /// What a pipe takes whole when it is writable at all (PIPE_BUF).
  private static var pipeRoom: Int { 4096 }
  /// Milliseconds after which a reader counts as stopped.
  private static var readerTimeout: Int32 { 100 }

  let descriptor: Int32
  /// Whether the reader was found to stand still.
  private(set) var isStuck = false

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Returns how many bytes were written; when that is not all, `isStuck` or errno say why.
  mutating func write(_ bytes: Span<UInt8>) -> Int {
    var written = 0
    while written < bytes.count {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      isStuck = unsafe poll(&entry, 1, isStuck ? 0 : SharedOutput.readerTimeout) == 0
      if isStuck { break }
      let end = min(bytes.count, written + SharedOutput.pipeRoom)
      let count = writeFully(bytes.extracting(written..<end), to: descriptor)
      written += count
      if written < end { break }
    }
    return written
  }
}
