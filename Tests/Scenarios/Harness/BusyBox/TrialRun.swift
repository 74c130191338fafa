import Foundation

/// A syslogd at its trial.
final class TrialRun {
  let machine: PrivateMachine
  private let trial: Trial
  private let process: Child
  private let sinks: [UDPSink]
  private let console: NamedPipe?
  private let began = time(nil)
  private var socket: LogSocket?
  private var follower: Child?
  private var ring: [UInt8]?
  private var isServing = false
  /// In the background, of the process that serves.
  private var servant: pid_t?

  init(_ trial: Trial, on machine: PrivateMachine) throws {
    self.trial = trial
    self.machine = machine
    try machine.reset(trial.files)
    try trial.prepare(machine)
    console = trial.hasConsole ? try NamedPipe(machine.outside("/dev/console")) : nil
    var (options, sinks) = (trial.options, [UDPSink]())
    for number in 1...2 where options.contains(where: { $0.contains("{\(number)}") }) {
      let sink = try UDPSink()
      sinks.append(sink)
      options = options.map {
        $0.replacingOccurrences(of: "{\(number)}", with: "127.0.0.1:\(sink.port)")
      }
    }
    self.sinks = sinks
    if trial.place == .foreground { options.insert("-n", at: 0) }
    process = try machine.start(
      trial.wrapper + (try machine.contender.command()) + options, name: "syslogd")
  }

  deinit {
    if let servant { kill(servant, SIGKILL) }
  }

  /// Waits until it serves, or has ended instead.
  func waitUntilDecided() throws {
    try eventually("\(process.name) serves or ends\n\(process.everything)") {
      let isRunning = process.isRunning
      if trial.place == .background, process.ending == .exit(0) { servant = writtenPID() }
      isServing =
        trial.place == .background ? servant != nil : isRunning && writtenPID() == process.pid
      let hasFailed = !isRunning && !(trial.place == .background && process.ending == .exit(0))
      return isServing || hasFailed
    }
  }

  /// Sends the first half, when something is to happen midway, and lets it happen.
  func sendFirst() throws {
    guard isServing else { return }
    if trial.reading == .follow { follower = try startLogread(["-F"]) }
    socket = try LogSocket(machine.outside("/dev/log"))
    guard let midway = trial.midway else { return }
    try send(trial.datagrams.prefix(half) + [Array("<0>midway".utf8)])
    try midway(machine)
  }

  /// Sends the rest and waits until everything was taken from the socket.
  func sendRest() throws {
    guard isServing else { return }
    try send(trial.datagrams.dropFirst(half) + [Array(Trial.endMarker.utf8)])
    if trial.reading == .dump { ring = try dumpedRing() }
    if let follower { ring = try followedRing(follower) }
  }

  private var half: Int { trial.midway == nil ? 0 : trial.datagrams.count / 2 }

  private func send(_ datagrams: ArraySlice<[UInt8]>) throws {
    guard let socket else { return }
    for (number, datagram) in datagrams.enumerated() {
      try socket.send(datagram)
      if number % 8 == 7 { collect() }
    }
    try eventually("\(process.name) has read everything\n\(process.everything)") {
      collect()
      return try socket.unread() == 0
    }
  }

  /// Asks it to end, after what it has read.
  func stop() {
    if let servant { kill(servant, SIGTERM) } else { process.send(SIGTERM) }
  }

  /// Waits for the end and says what it has done.
  func outcome() throws -> Outcome {
    try eventually("\(process.name) ends\n\(process.everything)") {
      collect()
      return !process.isRunning && servant.map(TrialRun.hasGone) ?? true
    }
    servant = nil
    collect()
    // time(2) reads a clock that is up to a tick behind the one that clock_gettime(2) reads: a line
    // written in the first milliseconds of a second can be from the next one.
    let mask = TimeMask(from: began, to: time(nil) + 1)
    var outcome = Outcome(isServing ? "served, then \(ending)" : ending)
    outcome.add("standard output", mask.applied(to: process.outputBytes))
    outcome.add("standard error", mask.applied(to: process.errorBytes))
    if let console { outcome.add("the console", mask.applied(to: console.content)) }
    if let ring { outcome.add("the ring", mask.applied(to: ring)) }
    if trial.reading != .nothing {
      let reader = try startLogread([])
      outcome.add("logread afterwards", Array("\(try reader.wait()) \(reader.errors)".utf8))
    }
    for (number, sink) in sinks.enumerated() {
      outcome.add("UDP collector \(number + 1)", Outcome.joined(sink.datagrams))
    }
    outcome.addFiles(below: machine.root, mask)
    return outcome
  }

  private var ending: String { process.ending.map(String.init(describing:)) ?? "still running" }

  /// What its pid file says, once it is complete.
  private func writtenPID() -> pid_t? {
    let text = String(
      decoding: Child.bytes(of: machine.outside("/var/run/syslogd.pid")), as: UTF8.self)
    return text.hasSuffix("\n") ? pid_t(text.dropLast()) : nil
  }

  /// Whether a process that is nobody's child here has ended; whether somebody has noticed, which
  /// may take seconds in a container, does not matter.
  private static func hasGone(_ pid: pid_t) -> Bool {
    let status = String(decoding: Child.bytes(of: "/proc/\(pid)/stat"), as: UTF8.self)
    return status.isEmpty || status.contains(") Z ")
  }

  private func collect() {
    for sink in sinks { sink.collect() }
    console?.collect()
  }
}

// MARK: The ring

extension TrialRun {
  private func startLogread(_ options: [String]) throws -> Child {
    try machine.start([try Contender.busyBox(), "logread"] + options, name: "logread")
  }

  /// What `logread` shows once the end marker is in the ring.
  private func dumpedRing() throws -> [UInt8] {
    var shown: [UInt8] = []
    try eventually("logread shows the end of \(process.name)") {
      let reader = try startLogread([])
      guard try reader.wait() == .exit(0) else { throw Failure(reader.everything) }
      shown = reader.outputBytes
      return TrialRun.hasEnd(shown)
    }
    return shown
  }

  private func followedRing(_ follower: Child) throws -> [UInt8] {
    try eventually("logread -F shows the end of \(process.name)\n\(follower.errors)") {
      TrialRun.hasEnd(follower.outputBytes)
    }
    follower.kill()
    return follower.outputBytes
  }

  private static func hasEnd(_ shown: [UInt8]) -> Bool {
    let content = Array(Trial.endMarker.utf8.drop { $0 != 62 }.dropFirst()) + [10]
    return shown.suffix(content.count).elementsEqual(content)
  }
}
