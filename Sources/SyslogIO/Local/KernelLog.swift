internal import Bytes
internal import CPosix
internal import SyslogCore

/// Messages that go into the kernel's own log, as with BusyBox, one `write` for each.
///
/// The kernel puts its own time in front and reads facility 0, which is its own, as `user`. What it
/// drops because of its rate limit (`printk.devkmsg`) it does not report.
final class KernelLog {
  /// The longest record, PRI and LF included, that every kernel since 3.5 accepts.
  private static var certainLength: Int { 1024 - 48 }
  /// What the short format puts in front of a text: the time and a space.
  private static var stampLength: Int { 16 }
  /// Any time: it is not written.
  private static var time: CalendarTime {
    CalendarTime(
      year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0,
      utcOffsetMinutes: 0, isSynchronized: false)
  }

  private let file: FileDescriptor
  private let priorityMask: UInt16
  /// The text stands here as in every local log, without its client's timestamp.
  private let format: LocalLine
  private var line: [UInt8] = []
  /// Messages that the kernel refused, ever.
  private(set) var refused: UInt64 = 0

  private init(_ file: consuming FileDescriptor, priorityMask: UInt16) {
    self.file = file
    self.priorityMask = priorityMask
    let nobody: [UInt8] = []
    format = LocalLine(hostname: nobody.span, style: .short, timestamps: .own)
  }

  /// Throws when there is no such log, or when the kernel runs with `printk.devkmsg=off`.
  static func open(_ path: Text = "/dev/kmsg") throws(Errno) -> KernelLog {
    let file = try FileDescriptor.open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK)
    var name = utsname()
    let isKnown = unsafe uname(&name) == 0
    let mask = unsafe withUnsafeBytes(of: &name.release) { release in
      let text = unsafe release.baseAddress?.assumingMemoryBound(to: CChar.self)
      return unsafe text.map { unsafe priorityMask(release: $0) }
    }
    return KernelLog(file, priorityMask: isKnown ? mask ?? .max : .max)
  }

  /// A kernel before 3.5 knows levels only.
  static func priorityMask(release: UnsafePointer<CChar>) -> UInt16 {
    var rest: UnsafeMutablePointer<CChar>?
    let major = unsafe strtoul(release, &rest, 10)
    guard let dot = unsafe rest, unsafe dot.pointee == 0x2e else { return .max }
    let minor = unsafe strtoul(dot + 1, nil, 10)
    return major < 3 || major == 3 && minor < 5 ? 7 : .max
  }

  /// `message` was made from `piece`.
  func write(_ piece: Span<UInt8>, _ message: Message) {
    line.removeAll(keepingCapacity: true)
    format.append(piece, message, at: KernelLog.time, to: &line)
    let start = putPriority(message.priority.rawValue & priorityMask)
    if writeLine(from: start) { return }
    // Longer than this kernel accepts: its beginning is better than nothing.
    let end = start + KernelLog.certainLength
    if cposix_errno() == EINVAL, line.count > end {
      line.removeSubrange((end - 1)..<(line.count - 1))
      if writeLine(from: start) { return }
    }
    refused &+= 1
  }

  /// Puts `<PRI>` where the timestamp ends; returns where it begins.
  private func putPriority(_ value: UInt16) -> Int {
    var start = KernelLog.stampLength - 1
    line[start] = UInt8(ascii: ">")
    var rest = value
    repeat {
      start -= 1
      line[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    start -= 1
    line[start] = UInt8(ascii: "<")
    return start
  }

  private func writeLine(from start: Int) -> Bool {
    let line = line
    return writeFully(line.span.extracting(droppingFirst: start), to: file.rawValue)
      == line.count - start
  }
}
