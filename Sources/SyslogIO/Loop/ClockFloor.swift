internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore

/// The earliest time that it can be: a router without a battery begins at 1970 and believes no
/// certificate until NTP arrives, which needs the network and may need the log.
///
/// It is the latest of the time this program was built, the times of the files that say whom to
/// trust, and the time in the state file. While the clock is below the floor, certificates are judged
/// at the floor: one that had expired by then is refused, and so is one that begins later.
final class ClockFloor {
  /// What happened at the earliest time that it can be.
  enum Event: Equatable {
    /// This program was built.
    case built
    /// The file of this name was written.
    case written(Text)
  }

  /// When `save` is called.
  enum Occasion {
    case running
    case exiting

    /// How many seconds after the last time the state file may be written again: its flash is to
    /// last as long as the router, also when something starts us again and again.
    fileprivate var pause: Int64 {
      switch self {
      case .running: 3600
      case .exiting: 60
      }
    }
  }

  /// A file's time after 2100 is a broken clock's, and would refuse every certificate for good.
  private static var end: Int64 { 4_102_444_800 }
  private static var day: Int64 { 86_400 }

  /// Seconds since 1970.
  private(set) var seconds = CPOSIX_BUILT_AT
  /// What happened then.
  private var event = Event.built
  private let diagnostics: Diagnostics
  private let path: Text
  /// Stays open: later, as another user and in a sandbox, it might not be opened any more.
  private var state: FileDescriptor?
  /// When the state file was written, or was last tried to be.
  private var savedAt: Int64 = 0
  /// When it was last written, or when we began.
  private var countedFrom: Instant?
  private var hasReportedFailure = false
  private var hasReportedJump = false

  /// Opens the state file, and makes it when there is none. One that cannot be used is reported and
  /// is no reason not to log.
  init(stateFile path: Text?, diagnostics: Diagnostics) {
    self.diagnostics = diagnostics
    self.path = path ?? ""
    guard Feature.state.isBuilt, path != nil else { return }
    do throws(Errno) {
      state = try open()
    } catch {
      report(error)
    }
  }

  /// When validity is judged; `clock` is the system's, in seconds since 1970.
  func judgedTime(clock: Int64) -> Int64 { max(clock, seconds) }

  func isBelow(clock: Int64) -> Bool { clock < seconds }

  /// What an operator must know about a clock below the floor, as the end of a sentence; nil when it
  /// is not.
  func clockNote(_ clock: Int64) -> Sentence? {
    guard isBelow(clock: clock) else { return nil }
    return .clock(clock, before: seconds, event)
  }

  /// A file that says whom to trust was read: it is later than that file's last change.
  func note(file path: Text) {
    note(FileStamp.modified(path), path)
  }

  private func note(_ time: Int64, _ path: Text) {
    guard time > seconds, time < ClockFloor.end else { return }
    seconds = time
    event = .written(path)
  }
}

// MARK: The state file

extension ClockFloor {
  /// Saves the time for the next start, when that is due.
  ///
  /// Only a synchronised clock is saved. One that was merely set ahead by mistake would leave a
  /// floor in the future that no NTP server could bring down again, and every certificate would be
  /// expired; without a saved time the floor is only lower than it might be.
  func save(_ clock: borrowing Clock, _ occasion: Occasion) {
    guard Feature.state.isBuilt else { return }
    let now = clock.now
    startCounting(now)
    guard clock.calendar.isSynchronized else { return }
    save(clock.seconds, at: now, occasion)
  }

  /// The same with the time of a clock that is said to be right.
  ///
  /// NTP proves nothing: whoever answers in a server's place would make the floor of his choice. So
  /// the floor follows by the time that we have run, and a day in an hour: all of an outage in a
  /// twenty-fourth of its time, and a wrong clock no further than real time soon gets
  /// (docs/decisions/0011).
  func save(_ time: Int64, at now: Instant, _ occasion: Occasion) {
    startCounting(now)
    guard let file = state?.rawValue, time &- savedAt >= occasion.pause else { return }
    let run = now.since(countedFrom ?? now).milliseconds / 1000
    let limit = seconds &+ run &+ min(24 * run, ClockFloor.day)
    if time > limit {
      reportJump(time, run)
      guard run >= occasion.pause else { return }
    } else {
      hasReportedJump = false
    }
    savedAt = min(time, limit)
    countedFrom = now
    guard write(savedAt, to: file) else { return report(.last) }
    note(savedAt, path)
  }

  private func startCounting(_ now: Instant) {
    if countedFrom == nil { countedFrom = now }
  }

  /// The number is for a clock that is ahead: whoever has the file open may write to it, but not set
  /// its time, once root's rights are gone. Half of a number is a smaller one, and does no harm.
  private func write(_ time: Int64, to file: Int32) -> Bool {
    let text = ("\(time)\n" as Text).bytes
    return unsafe text.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
      == text.count
  }

  /// When it was written, or the number in it when that is earlier.
  private func savedTime(in file: Int32) -> Int64 {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { return 0 }
    let modified = Int64(status.st_mtim.tv_sec)
    var number: Int64?
    for byte in (try? readFile(path, limit: 64)) ?? [] {
      guard let digit = byte.decimalValue, number ?? 0 < ClockFloor.end else { break }
      number = 10 * (number ?? 0) + Int64(digit)
    }
    return min(modified, number ?? modified)
  }

  private func open() throws(Errno) -> FileDescriptor {
    let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY
    do throws(Errno) {
      let file = try FileDescriptor.open(path, flags)
      let time = savedTime(in: file.rawValue)
      note(time, path)
      // A time that was not believed is written over, however early it is.
      if time <= seconds { savedAt = time }
      return file
    } catch {
      guard error.code == ENOENT else { throw error }
      return try make(flags | O_CREAT | O_EXCL | O_CLOEXEC)
    }
  }

  /// A new file holds no time, above all not that of the clock that is not known to be right.
  private func make(_ flags: Int32) throws(Errno) -> FileDescriptor {
    let file = try FileDescriptor.checked(
      unsafe path.withCString { unsafe cposix_open($0, flags, 0o644) })
    var never = (timespec(), timespec())
    let result = unsafe withUnsafeBytes(of: &never) { times in
      unsafe futimens(file.rawValue, times.baseAddress?.assumingMemoryBound(to: timespec.self))
    }
    guard result == 0 else { throw Errno.last }
    return file
  }

  /// Less than a day is made up for within an hour, and says nothing.
  private func reportJump(_ time: Int64, _ run: Int64) {
    guard !hasReportedJump, time > seconds &+ run &+ ClockFloor.day else { return }
    hasReportedJump = true
    diagnostics.write(.syslogNotice, .clockAhead(time, of: seconds, path))
  }

  private func report(_ error: Errno) {
    guard !hasReportedFailure else { return }
    hasReportedFailure = true
    diagnostics.write(.syslogWarning, .noStateFile(path, error))
  }
}
