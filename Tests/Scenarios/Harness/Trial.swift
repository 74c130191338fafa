import Foundation

/// What one syslogd is given: options, files that are there before, and datagrams.
struct Trial: Sendable {
  /// What follows `-n`; `{1}` and `{2}` stand for UDP collectors.
  var options: [String]
  /// Files that are there before it starts, by path.
  var files: [String: [UInt8]] = [:]
  var datagrams: [[UInt8]] = []
  /// What else is prepared, with the root of the machine's files as the argument.
  var prepare: @Sendable (PrivateMachine) throws -> Void = { _ in }
  var hasConsole = true
  /// Whether a `busybox logread` reads the ring at the end.
  var readsRing = false

  /// Closes every trial, so that a test sees when everything before it was dealt with. No option
  /// and no sensible rule keeps it from the place where all others go.
  static let endMarker = "<0>the end of the trial"

  init(_ options: [String], _ datagrams: [[UInt8]] = []) {
    self.options = options
    self.datagrams = datagrams
  }

  init(_ options: String, _ datagrams: [[UInt8]] = []) {
    self.init(options.split(separator: " ").map(String.init), datagrams)
  }

  /// The same with another configuration file in the usual place.
  func configured(_ text: String) -> Trial {
    var trial = self
    trial.files["/etc/syslog.conf"] = Array(text.utf8)
    return trial
  }
}

/// A syslogd at its trial.
final class TrialRun {
  let machine: PrivateMachine
  private let trial: Trial
  private let process: Child
  private let sinks: [UDPSink]
  private let console: NamedPipe?
  private let began = time(nil)
  private var ring: [UInt8]?
  private var isServing = false

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
    process = try machine.start(
      try machine.contender.command() + ["-n"] + options, name: "syslogd")
  }

  /// Waits until it serves, or has ended instead.
  func waitUntilDecided() throws {
    let pidFile = machine.outside("/var/run/syslogd.pid")
    try eventually("\(process.name) serves or ends\n\(process.everything)") {
      isServing = process.isRunning && FileManager.default.fileExists(atPath: pidFile)
      return isServing || !process.isRunning
    }
  }

  /// Sends everything and waits until it was taken from the socket.
  func send() throws {
    guard isServing else { return }
    let socket = try LogSocket(machine.outside("/dev/log"))
    for (number, datagram) in (trial.datagrams + [Array(Trial.endMarker.utf8)]).enumerated() {
      try socket.send(datagram)
      if number % 8 == 7 { collect() }
    }
    try eventually("\(process.name) has read everything\n\(process.everything)") {
      collect()
      return try socket.unread() == 0
    }
    if trial.readsRing { ring = try readRing() }
  }

  /// Asks it to end, after what it has read.
  func stop() {
    process.send(SIGTERM)
  }

  /// Waits for the end and says what it has done.
  func outcome() throws -> Outcome {
    try eventually("\(process.name) ends\n\(process.everything)") {
      collect()
      return !process.isRunning
    }
    collect()
    let mask = TimeMask(from: began, to: time(nil))
    var outcome = Outcome(isServing ? "served, then \(ending)" : ending)
    outcome.add("standard output", mask.applied(to: process.outputBytes))
    outcome.add("standard error", mask.applied(to: process.errorBytes))
    if let console { outcome.add("the console", mask.applied(to: console.content)) }
    if let ring { outcome.add("the ring", mask.applied(to: ring)) }
    for (number, sink) in sinks.enumerated() {
      outcome.add("UDP collector \(number + 1)", Outcome.joined(sink.datagrams))
    }
    try outcome.addFiles(below: machine.root, mask)
    return outcome
  }

  private var ending: String { process.ending.map(String.init(describing:)) ?? "still running" }

  private func collect() {
    for sink in sinks { sink.collect() }
    console?.collect()
  }

  /// What `logread` shows once the end marker is in the ring.
  private func readRing() throws -> [UInt8] {
    let marker = Trial.endMarker.drop { $0 != ">" }.dropFirst()
    var shown: [UInt8] = []
    try eventually("logread shows the end of \(process.name)") {
      let reader = try machine.start([try Contender.busyBox(), "logread"], name: "logread")
      guard try reader.wait() == .exit(0) else { throw Failure(reader.everything) }
      shown = reader.outputBytes
      return shown.suffix(marker.utf8.count + 1).elementsEqual(Array(marker.utf8) + [10])
    }
    return shown
  }
}
