internal import CPosix
internal import SyslogCore
internal import TLSBackend

/// What becomes of messages on this machine, and of what the daemon itself has to say.
final class LocalOutput {
  private let file: LogFile?
  private let severityLimit: UInt8
  private var line: LocalLine
  private let detachment: DaemonSettings.Detachment

  init(_ settings: DaemonSettings, hostname: Span<UInt8>) {
    switch settings.local {
    case .file(let path): file = LogFile(path: path)
    case .none: file = nil
    }
    severityLimit = settings.severityLimit
    line = LocalLine(
      hostname: hostname, style: settings.style, timestamps: settings.timestamps)
    detachment = settings.detachment
  }

  var isEnabled: Bool { file != nil }

  /// Bytes that the file did not take.
  var lostBytes: UInt64 { file?.lostBytes ?? 0 }

  /// One message from the log socket.
  func log(_ piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant) {
    guard let file, message.priority.severity.rawValue < severityLimit else { return }
    file.append(now: now) { buffer in line.append(piece, message, at: time, to: &buffer) }
  }

  /// One message of our own, as if `syslogd` had logged it.
  ///
  /// Without a local log, what went wrong would be said to nobody: it goes to standard error in
  /// the foreground, else to the console.
  func say(_ own: Journal.Line, _ time: CalendarTime, now: Instant) {
    let text = ("<\(own.priority.rawValue)>syslogd: \(own.text)" as Text).bytes
    let message = Message(text.span)
    guard file == nil else { return log(text.span, message, time, now: now) }
    guard message.priority.severity <= .warning else { return }
    let content = text[message.contentStart...] + [UInt8(ascii: "\n")]
    if detachment == .foreground {
      _ = writeFully(Array(content).span, to: STDERR_FILENO)
      return
    }
    guard let console = try? FileDescriptor.open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK)
    else { return }
    _ = writeFully(Array(content).span, to: console.rawValue)
  }

  /// A line with BusyBox's own words, which only the local log gets.
  func logPlain(_ text: Text, _ time: CalendarTime, now: Instant) {
    let bytes = ("<\(Priority.syslogInfo.rawValue)>\(text)" as Text).bytes
    log(bytes.span, Message(bytes.span), time, now: now)
  }

  func flush(now: Instant) { file?.flush(now: now) }
  func reopen() { file?.reopen() }
}
