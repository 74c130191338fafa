import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("What becomes of messages on this machine")
struct LocalOutputTests {
  private static let now = Instant(milliseconds: 1_000_000)

  private static func output(
    _ local: DaemonSettings.LocalLogging, _ change: (inout DaemonSettings) -> Void = { _ in }
  ) -> LocalOutput {
    var settings = DaemonSettings()
    settings.local = local
    settings.detachment = .foreground
    change(&settings)
    return LocalOutput(settings, hostname: Array("router.example.net".utf8).span)
  }

  private static func log(_ text: String, to output: LocalOutput) {
    let bytes = Array(text.utf8)
    output.log(bytes.span, Message(bytes.span), RemoteUnderTest.time, now: now)
  }

  @Test("-l keeps out what is not more urgent than its number", arguments: 1...8)
  func severityLimit(_ limit: Int) throws {
    let workspace = try Workspace()
    let output = Self.output(.file(Text(of: workspace.file("log")))) {
      $0.severityLimit = UInt8(limit)
      $0.style = .short
    }
    for severity in 0..<8 { Self.log("<\(8 + severity)>\(severity)", to: output) }
    output.flush(now: Self.now)
    let lines = (0..<limit).map { "Nov 24 07:30:01 \($0)\n" }
    #expect(workspace.content(of: "log") == lines.joined())
  }

  @Test("what the daemon itself says is a line like any other; BusyBox's own words stand alone")
  func ownLines() throws {
    let workspace = try Workspace()
    let output = Self.output(.file(Text(of: workspace.file("log"))))
    #expect(output.isEnabled)
    output.logPlain("syslogd started: v1", RemoteUnderTest.time, now: Self.now)
    output.say(
      Journal.Line(priority: .syslogErr, text: "remote h:1: no"), RemoteUnderTest.time,
      now: Self.now)
    output.flush(now: Self.now)
    #expect(
      workspace.content(of: "log") == """
        Nov 24 07:30:01 router syslog.info syslogd started: v1
        Nov 24 07:30:01 router syslog.err syslogd: remote h:1: no

        """)
  }

  @Test("without a local log, warnings go to standard error in the foreground, and no more")
  func withoutFile() async {
    await #expect(processExitsWith: .success) {
      let pair = try SocketPair(CPOSIX_SOCK_SEQPACKET)
      dup2(pair.far.rawValue, STDERR_FILENO)
      let output = Self.output(.none)
      output.logPlain("syslogd started: v1", RemoteUnderTest.time, now: Self.now)
      Self.log("<8>a message", to: output)
      output.say(
        Journal.Line(priority: .syslogInfo, text: "fine"), RemoteUnderTest.time, now: Self.now)
      output.flush(now: Self.now)
      let early = receive(from: pair.near.rawValue)
      output.say(
        Journal.Line(priority: .syslogWarning, text: "not fine"), RemoteUnderTest.time,
        now: Self.now)
      let words = receive(from: pair.near.rawValue)
      leave([
        !output.isEnabled, early == nil, words == Array("syslogd: not fine\n".utf8),
        output.lostBytes == 0,
      ])
    }
  }
}

@Suite("Signals")
struct SignalsTests {
  @Test("are read as data, in turn, and end the process by themselves only when told to")
  func signals() async {
    await #expect(processExitsWith: .success) {
      let signals = try Signals()
      let nothing = signals.next() == nil
      raise(SIGHUP)
      let reopens = if case .reopen? = signals.next() { true } else { false }
      raise(SIGUSR1)
      let reports = if case .report? = signals.next() { true } else { false }
      raise(SIGINT)
      let interrupts = if case .leave(SIGINT)? = signals.next() { true } else { false }
      raise(SIGTERM)
      let leaves = if case .leave(SIGTERM)? = signals.next() { true } else { false }
      leave([nothing, reopens, reports, interrupts, leaves, signals.next() == nil])
    }
    await #expect(processExitsWith: .signal(SIGTERM)) {
      try Signals().die(by: SIGTERM)
      exit(0)
    }
  }
}
