import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

/// Whoever answers in the NTP server's place sets the clock as he likes, and it is "synchronised".
@Suite("The clock floor and a wrong time from NTP") struct ClockFloorAdvanceTests {
  private static let hour: Int64 = 3600
  private static let day: Int64 = 86_400
  /// 2090-01-01, before the year from which on no time is believed.
  private static let wrong: Int64 = 3_786_912_000

  private let workspace: Workspace
  private let diagnostics = Diagnostics()
  private let built = CPOSIX_BUILT_AT
  private let path: String

  init() throws {
    workspace = try Workspace()
    path = workspace.file("state")
  }

  private func after(_ seconds: Int64) -> Instant { Instant(milliseconds: seconds * 1000) }

  /// A daemon that starts; the machine's own clock, which stamps files, is later than all of this.
  private func start() throws -> ClockFloor {
    let floor = ClockFloor(stateFile: Text(of: path), diagnostics: diagnostics)
    floor.start(at: after(0))
    try setModified(ClockFloorAdvanceTests.wrong)
    return floor
  }

  private func setModified(_ time: Int64) throws {
    var times = (timespec(tv_sec: Int(time), tv_nsec: 0), timespec(tv_sec: Int(time), tv_nsec: 0))
    try withUnsafeBytes(of: &times) { bytes in
      let start = bytes.baseAddress?.assumingMemoryBound(to: timespec.self)
      guard utimensat(AT_FDCWD, path, start, 0) == 0 else {
        throw Unexpected("utimensat: \(errorWords())")
      }
    }
  }

  /// The floor that the next start has.
  private func saved() throws -> Int64 {
    try setModified(ClockFloorAdvanceTests.wrong)
    return ClockFloor(stateFile: Text(of: path), diagnostics: Diagnostics()).seconds
  }

  @Test("an hour of it moves the floor by an hour and a day, here and at the next start")
  func bounded() throws {
    let floor = try start()
    for second in stride(from: 0, through: ClockFloorAdvanceTests.hour, by: 60) {
      floor.save(ClockFloorAdvanceTests.wrong + second, at: after(second), .running)
    }
    let limit = built + ClockFloorAdvanceTests.hour + ClockFloorAdvanceTests.day
    #expect(floor.seconds == limit)
    #expect(try saved() == limit)
  }

  @Test("is reported once, with how it is undone, and again after a time that was right")
  func reported() throws {
    let floor = try start()
    for second in [0, 10, ClockFloorAdvanceTests.hour] {
      floor.save(ClockFloorAdvanceTests.wrong + second, at: after(second), .running)
    }
    let jump = Sentence.clockAhead(ClockFloorAdvanceTests.wrong, of: built, Text(of: path))
    #expect(diagnostics.removeLines().map(\.sentence) == [jump])
    let (right, time) = (floor.seconds, 3 * ClockFloorAdvanceTests.hour)
    floor.save(right + time, at: after(time), .running)
    #expect(floor.seconds == right + time && diagnostics.removeLines().isEmpty)
    floor.save(ClockFloorAdvanceTests.wrong, at: after(5 * ClockFloorAdvanceTests.hour), .running)
    #expect(diagnostics.removeLines().count == 1)
  }

  @Test("starting again and again makes it no faster, nor writes more often than once a minute")
  func restarts() throws {
    var wrote = 0
    for _ in 0..<60 {
      let floor = try start()
      let before = floor.seconds
      for second: Int64 in 0...59 {
        floor.save(ClockFloorAdvanceTests.wrong, at: after(second), .running)
        floor.save(ClockFloorAdvanceTests.wrong, at: after(second), .exiting)
      }
      #expect(floor.seconds == before)
      floor.save(ClockFloorAdvanceTests.wrong, at: after(60), .exiting)
      wrote += floor.seconds == before ? 0 : 1
    }
    #expect(wrote == 60)
    #expect(try saved() == built + ClockFloorAdvanceTests.hour + ClockFloorAdvanceTests.day)
  }

  @Test("after an outage the floor is right again in a twenty-fourth of its time")
  func outage() throws {
    let floor = try start()
    let away = 30 * ClockFloorAdvanceTests.day
    var second: Int64 = 0
    while floor.seconds < built + away + second, second < away {
      second += ClockFloorAdvanceTests.hour
      floor.save(built + away + second, at: after(second), .running)
    }
    #expect(second == 30 * ClockFloorAdvanceTests.hour)
  }

  @Test("a reboot of minutes, or a day without NTP, needs no hour: the clock is saved as it is")
  func reboot() throws {
    let floor = try start()
    floor.save(built + 4000, at: after(200), .running)
    #expect(floor.seconds == built + 4000)
    let day = ClockFloorAdvanceTests.day
    floor.save(built + 2 * day, at: after(200 + day), .running)
    #expect(floor.seconds == built + 2 * day)
    #expect(diagnostics.removeLines().isEmpty)
  }

  @Test("the time of the file counts when it is earlier than the number in it")
  func touched() throws {
    let floor = try start()
    floor.save(ClockFloorAdvanceTests.wrong, at: after(ClockFloorAdvanceTests.hour), .running)
    try setModified(built + 5)
    #expect(
      ClockFloor(stateFile: Text(of: path), diagnostics: diagnostics).seconds == built + 5)
  }

  @Test(
    "a number that was cut, or none, makes the floor no later",
    arguments: ["179547850", "", "\n", "x", "99999999999999999999999999", "-1795478500"])
  func damaged(_ content: String) throws {
    try workspace.write(content, to: "state")
    try setModified(built + 7)
    let floor = ClockFloor(stateFile: Text(of: path), diagnostics: diagnostics)
    #expect(floor.seconds == (content.hasPrefix("1") ? built : built + 7))
  }
}
