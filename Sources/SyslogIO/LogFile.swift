internal import CPosix
internal import SyslogCore
internal import TLSBackend

/// The local log file, as BusyBox writes it: opened again at most once a second, so that a file
/// that was removed or renamed comes back, and the console when it cannot be opened.
///
/// Lines are collected for one turn of the loop and written together.
final class LogFile {
  private static let reopenAfter = Interval.seconds(1)
  private static let bufferLimit = 16 * 1024

  private let path: Text
  private let isStandardOutput: Bool
  private var file: FileDescriptor?
  private var openedAt: Instant?
  private var buffer: [UInt8] = []
  /// Bytes that the file did not take (disk full, reader gone), ever.
  private(set) var lostBytes: UInt64 = 0

  /// `-` is standard output, which is never opened again.
  init(path: Text) {
    self.path = path
    isStandardOutput = path.bytes.count == 1 && path.bytes.first == UInt8(ascii: "-")
    buffer.reserveCapacity(LogFile.bufferLimit + 2 * Message.maximumDatagram)
  }

  /// Appends what `body` writes; `flush` must follow in the same turn.
  func append(now: Instant, _ body: (inout [UInt8]) -> Void) {
    body(&buffer)
    if buffer.count >= LogFile.bufferLimit { flush(now: now) }
  }

  /// Writes what was appended in this turn.
  func flush(now: Instant) {
    guard !buffer.isEmpty else { return }
    let written = writeFully(buffer.span, to: descriptor(now: now))
    lostBytes &+= UInt64(buffer.count - written)
    buffer.removeAll(keepingCapacity: true)
  }

  /// The next write opens the file anew.
  func reopen() {
    openedAt = nil
  }

  private func descriptor(now: Instant) -> Int32 {
    if isStandardOutput { return STDOUT_FILENO }
    if let openedAt, now.since(openedAt) < LogFile.reopenAfter {
      return file?.rawValue ?? STDERR_FILENO
    }
    openedAt = now
    let flags = O_WRONLY | O_CREAT | O_NOCTTY | O_APPEND | O_NONBLOCK
    do throws(Errno) {
      file = try FileDescriptor.open(path, flags)
    } catch {
      // Without a free descriptor the file that is open is better than none.
      guard file == nil || (error.code != EMFILE && error.code != ENFILE) else {
        return file?.rawValue ?? STDERR_FILENO
      }
      // As BusyBox: the console, and standard error where there is none.
      file = try? FileDescriptor.open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK)
    }
    return file?.rawValue ?? STDERR_FILENO
  }
}
