import Foundation

/// A process that a test started: stopped by its own id only, dead at the latest with the test.
final class Child {
  /// How it ended.
  enum Ending: Equatable, CustomStringConvertible {
    case exit(Int32)
    case signal(Int32)

    init(status: Int32) {
      let signal = status & 0x7f
      self = signal == 0 ? .exit((status >> 8) & 0xff) : .signal(signal)
    }

    var description: String {
      switch self {
      case .exit(let code): "exit status \(code)"
      case .signal(let number): "signal \(number)"
      }
    }
  }

  /// What the child reads as its standard input.
  enum Input {
    case null
    /// A pipe that stays open and is written with `type`.
    case held
  }

  let name: String
  let pid: pid_t
  /// Nil while it runs.
  private(set) var ending: Ending?
  /// What it used, once it has ended.
  private(set) var usage = rusage()
  private let outputFile: String
  private let errorFile: String
  private let input: Int32

  /// Starts `arguments[0]`, a path or the name of a tool, in `workspace`, which will end it.
  ///
  /// `passing` becomes descriptor 3; everything else beyond standard error is closed.
  init(
    _ arguments: [String], in workspace: Workspace, name: String,
    environment extra: [String: String] = [:], input: Input = .null, passing: Int32? = nil
  ) throws {
    self.name = name
    outputFile = workspace.file("\(name).stdout")
    errorFile = workspace.file("\(name).stderr")
    var arguments = arguments
    if !arguments[0].contains("/") { arguments[0] = try Programs.tool(arguments[0]) }
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = "C"
    environment.merge(extra) { $1 }
    let launch = Launch(
      arguments: [try Programs.tool("setpriv"), "--pdeathsig", "KILL", "--"] + arguments,
      environment: environment.map { "\($0.key)=\($0.value)" }, output: outputFile,
      errors: errorFile, heldInput: input == .held, passed: passing)
    switch Spawner.shared.run({ launch.start() }) {
    case .success(let started): (pid, self.input) = (started.pid, started.input)
    case .failure(let failure): throw failure
    }
    workspace.adopt(self)
  }

  deinit {
    kill()
    if input >= 0 { close(input) }
  }

  /// Standard output so far, as bytes.
  var outputBytes: [UInt8] { Child.bytes(of: outputFile) }
  /// Standard output so far.
  var output: String { String(decoding: outputBytes, as: UTF8.self) }
  /// Standard error so far, as bytes.
  var errorBytes: [UInt8] { Child.bytes(of: errorFile) }
  /// Standard error so far.
  var errors: String { String(decoding: errorBytes, as: UTF8.self) }
  /// Both, for a failure's text.
  var everything: String { "--- \(name) stdout\n\(output)\n--- \(name) stderr\n\(errors)" }

  static func bytes(of file: String) -> [UInt8] {
    FileManager.default.contents(atPath: file).map { [UInt8]($0) } ?? []
  }

  /// Whether it still runs; reaps it when it does not.
  var isRunning: Bool {
    reap(WNOHANG)
    return ending == nil
  }

  func send(_ signal: Int32) {
    if isRunning { Glibc.kill(pid, signal) }
  }

  /// Writes to a held standard input.
  func type(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
  }

  /// Asks it to end and waits; fails when it has not after `deadline` seconds.
  @discardableResult
  func stop(_ signal: Int32 = SIGTERM, within deadline: Double = 10) throws -> Ending {
    send(signal)
    return try wait(within: deadline)
  }

  /// Waits until it has ended.
  @discardableResult
  func wait(within deadline: Double = 10) throws -> Ending {
    try eventually("\(name) ends\n\(everything)", within: deadline) { !isRunning }
    return ending ?? .exit(-1)
  }

  /// Ends it without asking.
  func kill() {
    guard isRunning else { return }
    Glibc.kill(pid, SIGKILL)
    reap(0)
  }

  private func reap(_ options: Int32) {
    guard ending == nil else { return }
    var status: Int32 = 0
    if wait4(pid, &status, options, &usage) == pid { ending = Ending(status: status) }
  }
}
