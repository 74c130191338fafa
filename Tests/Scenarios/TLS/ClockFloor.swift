import Foundation
import Testing

extension Scenarios {
  @Suite("A router has no clock at boot") struct ClockFloor {
    let workspace = Workspace()
    private let clock: TestClock
    private let quality = #"[timeQuality tzKnown="1" isSynced="0"]"#

    init() throws {
      clock = try TestClock(in: workspace)
    }

    @Test("messages say that the clock is not synchronised until NTP has set it (M13)")
    func timeQuality() throws {
      try clock.set(to: 12, .synchronized)
      let sink = try UDPSink()
      let syslogd = try start(remote: sink)
      try expect(sink, syslogd, "boot", from: "1970-01-01T", isSynchronized: false)
      try clock.setRight()
      try expect(sink, syslogd, "later", from: "20", isSynchronized: true)
      try clock.set(to: 1_000_000_000, .synchronized)
      try expect(sink, syslogd, "again", from: "2001-09-0", isSynchronized: false)
    }

    @Test("a clock behind the time in the state file counts as wrong, too")
    func stateFile() throws {
      let state = try self.state(at: 2_208_988_800)
      try clock.setRight()
      let sink = try UDPSink()
      let syslogd = try start(remote: sink, ["--state", state])
      try expect(sink, syslogd, "behind", from: "20", isSynchronized: false)
      try clock.run(for: 4000)
      try clock.set(to: 2_208_988_800 + 4000, .synchronized)
      try expect(sink, syslogd, "reached", from: "2040-", isSynchronized: true)
      try expect(sink, syslogd, "after", from: "2040-", isSynchronized: true)
      #expect(try modified(state) < 2_208_988_800, "which is kept, by the real clock of the kernel")
    }

    @Test("the time is saved once it is known, after an hour, and at the end")
    func kept() throws {
      let state = workspace.file("state")
      let sink = try UDPSink()
      let syslogd = try start(remote: sink, ["--state", state])
      try expect(sink, syslogd, "unknown", from: "20", isSynchronized: false)
      #expect(try modified(state) == 0, "made, and without a time")
      try clock.run(for: 3700)
      try expectKept(state, true, sink, syslogd, "right")
      try clock.run(for: 7200)
      try expectKept(state, false, sink, syslogd, "soon")
      try clock.run(for: 7500)
      try expectKept(state, true, sink, syslogd, "hour")
      try clock.run(for: 7600)
      try expectKept(state, false, sink, syslogd, "end")
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(try modified(state) > 1)
    }

    @Test("a wrong time from NTP moves the floor by a day in an hour; the log says how to undo it")
    func wrong() throws {
      let state = try self.state(at: 2_208_988_800)
      let sink = try UDPSink()
      let syslogd = try start(remote: sink, ["-L", "--state", state])
      // 2090, for a little more than an hour.
      try clock.set(to: 3_786_912_000, .synchronized)
      try expect(sink, syslogd, "wrong", from: "2090-", isSynchronized: true)
      try clock.run(for: 3700)
      try clock.set(to: 3_786_912_000 + 3700, .synchronized)
      try expect(sink, syslogd, "later", from: "2090-", isSynchronized: true)
      let said = Said("SyslogIO.clockAhead").with("path", state)
      try syslogd.waitForLog(said)
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(syslogd.log.filter { said.isIn($0) }.count == 1)
      let number = try String(contentsOfFile: state, encoding: .utf8)
      let time = try #require(Int(number.trimmingCharacters(in: .newlines)))
      #expect((2_208_988_800 + 86_400...2_208_988_800 + 2 * 86_400).contains(time))
    }

    @Test("a state file that cannot be created gives one line in the log; all else works")
    func noStateFile() throws {
      let state = workspace.file("absent/state")
      try clock.setRight()
      let sink = try UDPSink()
      let syslogd = try start(remote: sink, ["-L", "--state", state])
      try expect(sink, syslogd, "one", from: "20", isSynchronized: true)
      try clock.advance(by: 4000)
      try expect(sink, syslogd, "two", from: "20", isSynchronized: true)
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      let said = syslogd.log.filter { Said.noFolderForState(state).isIn($0) }
      #expect(said.count == 1)
    }

    @Test("a state file owned by root is still written after root is given up")
    func dropped() throws {
      let state = try state(at: 1)
      let sink = try UDPSink()
      let syslogd = try start(remote: sink, ["-L", "--user", "nobody", "--state", state])
      try syslogd.waitForLog(.running(as: "nobody"))
      try clock.run(for: 3700)
      try expectKept(state, true, sink, syslogd, "right")
      #expect(!syslogd.log.contains { $0.contains("--state") })
    }

    private func start(remote sink: UDPSink, _ more: [String] = []) throws -> Syslogd {
      try Syslogd(
        ["-R", "127.0.0.1:\(sink.port)", "--format", "5424"] + more, in: workspace,
        build: .withoutTLS, wrapper: clock.wrapper)
    }

    /// Sends messages until one arrives with this date and quality: the daemon asks the kernel once
    /// a second whether its clock is right.
    private func expect(
      _ sink: UDPSink, _ syslogd: Syslogd, _ run: String, from date: String, isSynchronized: Bool
    ) throws {
      try syslogd.send(
        run: run, to: sink, until: "\(date), synchronised: \(isSynchronized)"
      ) {
        $0.hasPrefix("<13>1 \(date)") && $0.contains(quality) != isSynchronized
      }
    }

    /// Lets the daemon have a turn, and looks whether it has written its state file in it.
    private func expectKept(
      _ state: String, _ isKept: Bool, _ sink: UDPSink, _ syslogd: Syslogd, _ run: String
    ) throws {
      try setModified(state, to: 1)
      try expect(sink, syslogd, run, from: "20", isSynchronized: true)
      // A turn ends with the keeping, after the message is out: the next one's message proves it.
      try expect(sink, syslogd, "\(run)-behind", from: "20", isSynchronized: true)
      #expect((try modified(state) > 1) == isKept, "\(run)")
    }

    /// A state file that was written at `time`.
    private func state(at time: Int) throws -> String {
      let path = try workspace.write("\n", to: "state")
      try setModified(path, to: time)
      return path
    }

    private func setModified(_ path: String, to time: Int) throws {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(time))], ofItemAtPath: path)
    }

    private func modified(_ path: String) throws -> Int {
      var status = stat()
      guard stat(path, &status) == 0 else { throw Failure("\(path): \(LibC.lastError)") }
      return status.st_mtim.tv_sec
    }
  }
}
