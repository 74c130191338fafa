import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("What becomes of messages on this machine")
struct LocalOutputTests {
  private static let now = Instant(milliseconds: 1_000_000)

  private static func output(
    file: String = "/dev/null", _ change: (DaemonSettings) -> Void = { _ in }
  ) throws -> LocalOutput {
    let settings = DaemonSettings()
    settings.local = .file(Text(of: file))
    settings.detachment = .foreground
    change(settings)
    return try LocalOutput.open(settings, hostname: Array("router.example.net".utf8).span)
  }

  private static func log(_ text: String, to output: LocalOutput) {
    let bytes = Array(text.utf8)
    output.log(bytes.span, Message(bytes.span), RemoteUnderTest.time, now: now)
  }

  @Test("-l keeps out what is not more urgent than its number", arguments: 1...8)
  func severityLimit(_ limit: Int) throws {
    let workspace = try Workspace()
    let output = try Self.output(file: workspace.file("log")) {
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
    let output = try Self.output(file: workspace.file("log"))
    #expect(output.isEnabled)
    output.logPlain(.started("v1"), RemoteUnderTest.time, now: Self.now)
    output.say(
      Diagnostics.Line(priority: .syslogErr, sentence: Sentence("remote h:1: no")),
      RemoteUnderTest.time,
      now: Self.now)
    output.flush(now: Self.now)
    #expect(
      workspace.content(of: "log") == """
        Nov 24 07:30:01 router syslog.info syslogd started: v1
        Nov 24 07:30:01 router syslog.err syslogd: remote h:1: no

        """)
  }

  /// `user.*` in one file, everything of severity err and worse in another, `mail` to a remote.
  private static func rules(in workspace: Workspace) -> Configuration {
    var configuration = Configuration()
    let bytes = Array(
      """
      user.* \(workspace.file("user"))
      *.err \(workspace.file("errors"))
      user.crit \(workspace.file("user"))
      """.utf8)
    for rule in (try? ConfigurationReader.rules(bytes.span)) ?? [] {
      configuration.add(rule.selector, file: Text(rule.action))
    }
    let mail = Array("mail.* @h".utf8)
    for rule in (try? ConfigurationReader.rules(mail.span)) ?? [] {
      configuration.add(rule.selector, remote: RemoteSettings())
    }
    return configuration
  }

  @Test("every rule is tried, a file twice if two rules name it; the rest goes to the default")
  func followsRules() throws {
    let workspace = try Workspace()
    let output = try Self.output(file: workspace.file("log")) {
      $0.configuration = Self.rules(in: workspace)
      $0.style = .short
      $0.severityLimit = 4
    }
    for priority in [8, 10, 14, 16, 22, 24, 31, 200] {
      Self.log("<\(priority)>\(priority)", to: output)
    }
    output.flush(now: Self.now)
    let lines = { (numbers: [Int]) in numbers.map { "Nov 24 07:30:01 \($0)\n" }.joined() }
    #expect(workspace.content(of: "user") == lines([8, 8, 10, 10, 14]))
    #expect(workspace.content(of: "errors") == lines([8, 10, 16, 24]))
    #expect(workspace.content(of: "log") == lines([200]), "-l keeps 31 out, a remote has 22")
  }

  @Test("what the daemon says is in a file: a rule that forwards does not take it away")
  func ownLinesAndRules() throws {
    let workspace = try Workspace()
    var configuration = Configuration()
    configuration.add(.all, remote: RemoteSettings())
    let output = try Self.output(file: workspace.file("log")) {
      $0.configuration = configuration
      $0.style = .short
    }
    Self.log("<46>forwarded", to: output)
    output.logPlain(.started("v1"), RemoteUnderTest.time, now: Self.now)
    output.say(
      Diagnostics.Line(priority: .syslogErr, sentence: Sentence("remote h:1: no")),
      RemoteUnderTest.time,
      now: Self.now)
    output.flush(now: Self.now)
    #expect(
      workspace.content(of: "log") == """
        Nov 24 07:30:01 syslogd started: v1
        Nov 24 07:30:01 syslogd: remote h:1: no

        """)
  }

  @Test("other rules: a file that stays is not opened again, and loses nothing")
  func otherRules() throws {
    let workspace = try Workspace()
    let output = try Self.output(file: workspace.file("log")) {
      $0.configuration = Self.rules(in: workspace)
      $0.style = .short
    }
    Self.log("<14>one", to: output)
    output.flush(now: Self.now)
    output.apply(Self.rules(in: workspace), now: Self.now)
    Self.log("<14>two", to: output)
    output.apply(Configuration(), now: Self.now)
    Self.log("<14>three", to: output)
    output.flush(now: Self.now)
    #expect(workspace.content(of: "user") == "Nov 24 07:30:01 one\nNov 24 07:30:01 two\n")
    #expect(workspace.content(of: "log") == "Nov 24 07:30:01 three\n")
  }

  @Test("without a local log, warnings go to standard error in the foreground, and no more")
  func withoutFile() async {
    await #expect(processExitsWith: .success) {
      let pair = try SocketPair(CPOSIX_SOCK_SEQPACKET)
      dup2(pair.far.rawValue, STDERR_FILENO)
      let output = try Self.output { $0.isLocal = false }
      output.logPlain(.started("v1"), RemoteUnderTest.time, now: Self.now)
      Self.log("<8>a message", to: output)
      output.say(
        Diagnostics.Line(priority: .syslogInfo, sentence: Sentence("fine")), RemoteUnderTest.time,
        now: Self.now)
      output.flush(now: Self.now)
      let early = receive(from: pair.near.rawValue)
      output.say(
        Diagnostics.Line(priority: .syslogWarning, sentence: Sentence("not fine")),
        RemoteUnderTest.time,
        now: Self.now)
      let words = receive(from: pair.near.rawValue)
      leave([
        !output.isEnabled, early == nil, words == Array("syslogd: not fine\n".utf8),
        Sentence.losses(output.losses) == Sentence("local bytes lost 0"),
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
      let reloads = if case .reload? = signals.next() { true } else { false }
      raise(SIGUSR1)
      let reports = if case .report? = signals.next() { true } else { false }
      raise(SIGINT)
      let interrupts = if case .exit(SIGINT)? = signals.next() { true } else { false }
      raise(SIGTERM)
      let leaves = if case .exit(SIGTERM)? = signals.next() { true } else { false }
      leave([nothing, reloads, reports, interrupts, leaves, signals.next() == nil])
    }
    await #expect(processExitsWith: .signal(SIGTERM)) {
      try Signals().die(by: SIGTERM)
      exit(0)
    }
  }
}
