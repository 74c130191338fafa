import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("The clock floor") struct ClockFloorTests {
  private let workspace: Workspace
  private let diagnostics = Diagnostics()
  private let built = CPOSIX_BUILT_AT
  /// 2040-01-01, later than any build of today.
  private let later: Int64 = 2_208_988_800

  init() throws {
    workspace = try Workspace()
  }

  private func floor(state: String? = nil) -> ClockFloor {
    ClockFloor(stateFile: state.map { Text(of: $0) }, diagnostics: diagnostics)
  }

  /// A file that was written at `time`.
  @discardableResult
  private func file(_ name: String, at time: Int64) throws -> String {
    let path = try workspace.write("x", to: name)
    var times = (timespec(tv_sec: Int(time), tv_nsec: 0), timespec(tv_sec: Int(time), tv_nsec: 0))
    try withUnsafeBytes(of: &times) { bytes in
      let result = utimensat(
        AT_FDCWD, path, bytes.baseAddress?.assumingMemoryBound(to: timespec.self), 0)
      guard result == 0 else { throw Unexpected("utimensat: \(errorWords())") }
    }
    return path
  }

  /// So many seconds after the start.
  private func after(_ seconds: Int64) -> Instant { Instant(milliseconds: 5000 + seconds * 1000) }

  private func modified(_ path: String) -> Int64 { FileStamp.modified(Text(of: path)) }

  @Test("is the build date, when there is nothing else; validity is never judged before it")
  func buildDate() {
    let floor = floor()
    #expect(floor.seconds == built)
    #expect(built >= 1_795_478_400, "2026-11-24, or SOURCE_DATE_EPOCH")
    #expect(floor.isBelow(clock: 12) && floor.isBelow(clock: built - 1))
    #expect(!floor.isBelow(clock: built))
    #expect(floor.judgedTime(clock: 12) == built)
    #expect(floor.judgedTime(clock: built + 5) == built + 5)
  }

  @Test("rises to the time of a file that says whom to trust, and never sinks")
  func files() throws {
    let floor = floor()
    floor.note(file: Text(of: try file("old.pem", at: 1_000_000_000)))
    #expect(floor.seconds == built)
    floor.note(file: Text(of: try file("ca.pem", at: later)))
    #expect(floor.seconds == later)
    floor.note(file: Text(of: try file("older.pem", at: later - 1)))
    floor.note(file: Text(of: workspace.file("absent.pem")))
    #expect(floor.seconds == later)
  }

  @Test("a file from after the year 2100 is a broken clock's and does not count")
  func absurd() throws {
    let floor = floor(state: try file("state", at: 4_102_444_800))
    floor.note(file: Text(of: try file("ca.pem", at: 4_102_444_801)))
    #expect(floor.seconds == built)
    floor.note(file: Text(of: try file("crl.pem", at: 4_102_444_799)))
    #expect(floor.seconds == 4_102_444_799)
  }

  @Test("a clock below it is explained, with what is later; one at it needs no words")
  func words() throws {
    let floor = floor()
    let start = "; the clock stands at 1970-01-01 00:00:12 UTC, before "
    #expect(floor.clockNote(12)?.string.hasPrefix(start) == true)
    #expect(floor.clockNote(12)?.string.hasSuffix(", when this program was built") == true)
    let path = try file("ca.pem", at: later)
    floor.note(file: Text(of: path))
    #expect(
      floor.clockNote(12)?.string == "\(start)2040-01-01 00:00:00 UTC, when \(path) was written")
    #expect(floor.clockNote(later) == nil)
  }

  @Test("a timestamp made below it says that the clock is not synchronised (M13)")
  func timeQuality() throws {
    let floor = floor()
    var clock = Clock(floor: floor)
    #expect(clock.seconds >= built)
    #expect(clock.calendar.isSynchronized == (cposix_is_unsynchronized() == 0))
    floor.note(file: Text(of: try file("ca.pem", at: later)))
    clock.update()
    #expect(clock.calendar.isSynchronized == false, "in the very next turn of the loop")
  }
}

// MARK: The state file

extension ClockFloorTests {
  @Test("the state file's time is the floor of the next start")
  func kept() throws {
    #expect(floor(state: try file("state", at: later)).seconds == later)
    #expect(diagnostics.removeLines().isEmpty)
  }

  @Test("a state file that is not there is made, for its owner to write, and keeps no time yet")
  func made() {
    let path = workspace.file("state")
    #expect(floor(state: path).seconds == built)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o644)
    #expect(modified(path) == 0, "not the time of a clock that nobody knows to be right")
    #expect(floor(state: path).seconds == built)
    #expect(diagnostics.removeLines().isEmpty)
  }

  @Test("a synchronised clock is saved, again after an hour, and at the end after a minute")
  func pauses() throws {
    let path = workspace.file("state")
    let floor = floor(state: path)
    floor.start(at: after(0))
    floor.save(built + 1000, at: after(1000), .running)
    #expect(floor.seconds == built + 1000)
    #expect(modified(path) > 0, "by the kernel's clock")
    for (seconds, occasion, isKept) in [
      (built + 1059, .exiting, false), (built + 1060, .exiting, true),
      (built + 4659, .running, false), (built + 4660, .running, true),
    ] as [(Int64, ClockFloor.Occasion, Bool)] {
      try file("state", at: 1)
      floor.save(seconds, at: after(seconds - built), occasion)
      #expect((modified(path) != 1) == isKept, "\(seconds - built) s")
      #expect((floor.seconds == seconds) == isKept)
    }
    #expect(diagnostics.removeLines().isEmpty)
  }

  @Test("the hour goes on over a restart: a daemon that is started again and again writes once")
  func pauseOverRestart() throws {
    let path = try file("state", at: built + 1000)
    let floor = floor(state: path)
    floor.start(at: after(0))
    floor.save(built + 1000 + 59, at: after(59), .exiting)
    floor.save(built + 1000 + 3599, at: after(3599), .running)
    #expect(modified(path) == built + 1000)
    floor.save(built + 1000 + 3600, at: after(3600), .running)
    #expect(modified(path) != built + 1000)
  }

  @Test("a clock below the floor is never kept")
  func below() throws {
    let path = try file("state", at: later)
    let floor = floor(state: path)
    let clock = Clock(floor: floor)
    floor.save(clock, .running)
    floor.save(clock, .exiting)
    #expect(modified(path) == later && floor.seconds == later)
  }

  @Test("a time after 2100 in the state file is written over as soon as the clock is synchronised")
  func absurdState() throws {
    let path = try file("state", at: 4_102_444_801)
    let floor = floor(state: path)
    floor.start(at: after(0))
    floor.save(built + 1, at: after(1), .running)
    #expect(modified(path) < 4_102_444_800)
    #expect(floor.seconds == built + 1)
  }

  @Test("one that cannot be used is said once, and the floor stands without it")
  func unusable() throws {
    let folder = floor(state: workspace.path)
    #expect(folder.seconds == built)
    let said = diagnostics.removeLines().map { $0.sentence }
    #expect(said == [.noStateFile(Text(of: workspace.path), Errno(code: EISDIR))])
    folder.save(later, at: after(3600), .running)
    #expect(diagnostics.removeLines().isEmpty)
  }

  @Test("one that cannot be written to is said once, and is tried again an hour later")
  func full() {
    let floor = floor(state: "/dev/full")
    let start = floor.seconds
    floor.start(at: after(0))
    for seconds: Int64 in [3600, 3601, 7200, 10_800] {
      floor.save(start + seconds, at: after(seconds), .running)
    }
    let said = diagnostics.removeLines().map { $0.sentence }
    #expect(said == [.noStateFile("/dev/full", Errno(code: ENOSPC))])
    #expect(floor.seconds == start, "what was not written is not saved")
  }

  @Test("a FIFO in its place does not hold the daemon")
  func fifo() throws {
    let path = workspace.file("state")
    #expect(mkfifo(path, 0o600) == 0)
    #expect(floor(state: path).seconds == built)
    #expect(diagnostics.removeLines().count == 1)
  }
}

extension ClockFloor {
  /// Begins to count, as the first turn of the loop does.
  func start(at now: Instant) { save(0, at: now, .running) }
}
