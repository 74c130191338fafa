internal import Bytes
internal import CPosix
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
  private var hasReportedFailure = false

  /// Opens the state file, and makes it when there is none. One that cannot be used is reported and
  /// is no reason not to log.
  init(stateFile path: Text?, diagnostics: Diagnostics) {
    self.diagnostics = diagnostics
    self.path = path ?? ""
    guard path != nil else { return }
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
    guard clock.calendar.isSynchronized else { return }
    save(clock.seconds, occasion)
  }

  /// The same with the time of a clock that is known to be right.
  func save(_ time: Int64, _ occasion: Occasion) {
    guard let file = state?.rawValue, time &- savedAt >= occasion.pause else { return }
    savedAt = time
    // Whoever has it open may write to it, but not set its time, once root's rights are gone.
    guard writeFirstByte(of: file) else { return report(.last) }
    note(time, path)
  }

  private func writeFirstByte(of file: Int32) -> Bool {
    var byte = UInt8(ascii: "\n")
    return unsafe pwrite(file, &byte, 1, 0) == 1
  }

  private func open() throws(Errno) -> FileDescriptor {
    let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY
    do throws(Errno) {
      let file = try FileDescriptor.open(path, flags)
      var status = stat()
      if unsafe fstat(file.rawValue, &status) == 0 {
        let time = Int64(status.st_mtim.tv_sec)
        note(time, path)
        // A time that was not believed is written over at once.
        if time <= seconds { savedAt = time }
      }
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

  private func report(_ error: Errno) {
    guard !hasReportedFailure else { return }
    hasReportedFailure = true
    diagnostics.write(.syslogWarning, .noStateFile(path, error))
  }
}
