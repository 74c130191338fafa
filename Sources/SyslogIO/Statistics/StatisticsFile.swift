internal import Bytes
internal import CPosix
internal import SyslogCore

/// The file of `--stats`: replaced as a whole, so that who reads it never sees a part of one.
///
/// At most every ten seconds, and only when something in it is another. One that cannot be written is
/// reported once, and is no reason not to log.
final class StatisticsFile {
  private static var pause: Interval { .seconds(10) }

  /// Nil when nobody wants it.
  private let path: Text?
  private let diagnostics: Diagnostics
  /// When it may be written again.
  private var next = Instant(milliseconds: 0)
  /// When to look whether it has become another; nil when that needs something to happen.
  private(set) var deadline: Instant?
  /// Of what was written last.
  private var hash: UInt64 = 0
  private var isForced = true
  private var hasReportedFailure = false

  init(path: Text?, diagnostics: Diagnostics) {
    self.path = path
    self.diagnostics = diagnostics
  }

  /// To be written in this turn, changed or not.
  func force() { isForced = true }

  /// Asked at the end of every turn, in which something may have happened: whether the text is
  /// wanted for `put`.
  func isDue(now: Instant) -> Bool {
    if path == nil { return false }
    if isForced || next <= now { return true }
    deadline = next
    return false
  }

  func put(_ text: Text, now: Instant) {
    guard let path else { return }
    next = now + StatisticsFile.pause
    deadline = nil
    // FNV-1a
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let isChanged = hash != self.hash
    guard isForced || isChanged else { return }
    isForced = false
    if let failure = StatisticsFile.write(text, to: path) {
      // To be tried again when something happens.
      self.hash = 0
      if !hasReportedFailure { diagnostics.write(.syslogWarning, .noStatistics(path, failure)) }
      hasReportedFailure = true
      return
    }
    self.hash = hash
    hasReportedFailure = false
    // What was sent may be acknowledged by then, and nobody says so.
    if isChanged { deadline = next }
  }

  /// Returns why it could not be written. The other file has a name that no collector of such files
  /// takes, whose names end in `.prom`.
  private static func write(_ text: Text, to path: Text) -> Errno? {
    // A device, for instance.
    if FileStamp.isSpecial(path) { return Errno(code: EEXIST) }
    let temporary = path + ".new"
    // A new file, never what a stranger has put there.
    _ = removeFile(temporary)
    do throws(Errno) {
      let file = try FileDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
      // Whatever the umask is: who collects such files is another user.
      _ = fchmod(file.rawValue, 0o644)
      guard writeFully(text.bytes.span, to: file.rawValue) == text.bytes.count,
        renameFile(temporary, to: path)
      else { throw Errno.last }
      return nil
    } catch {
      _ = removeFile(temporary)
      return error
    }
  }
}
