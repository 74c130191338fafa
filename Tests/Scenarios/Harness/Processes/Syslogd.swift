import Foundation

/// The program under test, running in the foreground on a log socket of its own.
final class Syslogd {
  enum Build: Sendable {
    /// Embedded Swift with this TLS library: what is shipped.
    case embedded(Backend)
    /// Not Embedded, with Swift's runtime linked in.
    case ordinary(Backend)
    case withoutTLS
    case ordinaryWithoutTLS
    /// Embedded Swift with nothing that a build may leave out.
    case seed(Backend)
    case seedWithoutTLS

    func program() throws -> String {
      switch self {
      case .embedded(let backend): try Programs.embedded(backend)
      case .ordinary(let backend): try Programs.ordinary(backend)
      case .withoutTLS: try Programs.withoutTLS()
      case .ordinaryWithoutTLS: try Programs.ordinaryWithoutTLS()
      case .seed(let backend): try Programs.seed(backend)
      case .seedWithoutTLS: try Programs.seedWithoutTLS()
      }
    }
  }

  /// Where its files are.
  struct Paths {
    var logSocket: String
    let pidFile: String
    let log: String

    init(in workspace: Workspace, name: String) {
      logSocket = workspace.file("\(name).sock")
      pidFile = workspace.file("\(name).pid")
      log = workspace.file("\(name).log")
    }

    /// Without rotation: what a test looks for is in one file.
    var arguments: [String] {
      ["-p", logSocket, "--pid-file", pidFile, "-O", log, "-s", "0"]
    }
  }

  let paths: Paths
  let process: Child

  /// Starts it with `-n`, paths in the workspace and `arguments`, and waits until it listens.
  ///
  /// `wrapper` is a command that ends by running the program in its own place; `socket` is
  /// another path for the log socket.
  init(
    _ arguments: [String], in workspace: Workspace, build: Build = .embedded(.openssl),
    wrapper: [String] = [], name: String = "syslogd", socket: String? = nil
  ) throws {
    var paths = Paths(in: workspace, name: name)
    if let socket { paths.logSocket = socket }
    self.paths = paths
    let (logSocket, pidFile) = (paths.logSocket, paths.pidFile)
    let process = try Child(
      wrapper + [try build.program(), "-n"] + paths.arguments + arguments, in: workspace,
      name: name)
    self.process = process
    try eventually("\(name) is ready\n\(process.everything)") {
      guard process.isRunning else { throw Failure("\(name) ended\n\(process.everything)") }
      // For a moment it is there and empty.
      return !Child.bytes(of: pidFile).isEmpty
        && (try? LogSocket(logSocket)) != nil
    }
  }

  /// A client of its log socket.
  func connect() throws -> LogSocket { try LogSocket(paths.logSocket) }

  /// Sends messages of this run, one after the other, until one arrives as it is wanted; returns that
  /// one's text. What the daemon asks the kernel once a second shows only then.
  @discardableResult
  func send(
    run: String, to sink: UDPSink, until wanted: String, _ isWanted: (String) -> Bool
  ) throws -> String {
    var message = ""
    var text = ""
    var count = 0
    try eventually("\(wanted); seen is\n\(message)", within: 10) {
      count += 1
      text = "run \(run) \(count)"
      try connect().send("<13>app: \(text)")
      try sink.wait(for: text)
      message =
        sink.datagrams.map { String(decoding: $0, as: UTF8.self) }
        .last { $0.contains(text) } ?? ""
      return isWanted(message)
    }
    return text
  }

  func send(_ messages: Messages) throws { try connect().send(messages.datagrams) }

  /// The lines of the local log.
  var log: [String] { Lines.of(paths.log) }

  /// Everything that it says about a remote at `port`, in the local log or on standard error.
  func saysAboutRemote(_ port: Int) -> [String] {
    (log + process.errors.split(separator: "\n").map(String.init)).filter {
      $0.contains("remote ") && $0.contains(":\(port):")
    }
  }

  /// Waits for a line about the remote at `port` that contains one of `words`; returns it.
  @discardableResult
  func waitToSay(
    _ words: [String], about port: Int, within deadline: Double = 15
  ) throws -> String {
    try waitForLine("\(words)", about: port, within: deadline) { said in
      words.contains { said.contains($0) }
    }
  }

  /// Waits for one of these sentences about the remote at `port`; returns the line.
  @discardableResult
  func waitToSay(
    _ sentences: [Said], about port: Int, within deadline: Double = 15
  ) throws -> String {
    try waitForLine("\(sentences)", about: port, within: deadline) { said in
      sentences.contains { $0.isIn(said) }
    }
  }

  private func waitForLine(
    _ wanted: String, about port: Int, within deadline: Double, _ matches: (String) -> Bool
  ) throws -> String {
    var line: String?
    try eventually(
      "one of \(wanted) is said about port \(port)\n"
        + saysAboutRemote(port).joined(separator: "\n"),
      within: deadline
    ) {
      line = saysAboutRemote(port).first(where: matches)
      return line != nil
    }
    return line ?? ""
  }

  /// Waits until the local log has a line with `text`.
  func waitForLog(_ text: String, within deadline: Double = 10) throws {
    try eventually("'\(text)' in the local log\n\(process.errors)", within: deadline) {
      log.contains { $0.contains(text) }
    }
  }

  /// Waits until the local log has this sentence.
  func waitForLog(_ sentence: Said, within deadline: Double = 10) throws {
    try eventually("'\(sentence)' in the local log\n\(process.errors)", within: deadline) {
      log.contains { sentence.isIn($0) }
    }
  }
}

/// Options of a remote at 127.0.0.1 that is connected to, and tried again soon.
enum Remote {
  static func tcp(_ port: Int, _ more: [String] = []) -> [String] {
    ["-R", "127.0.0.1:\(port)", "--tcp", "--retry", "0.1:0.3"] + more
  }

  static func tls(
    _ port: Int, pins: [String] = [], retry: String = "0.1:0.3", _ more: [String] = []
  ) -> [String] {
    ["-R", "127.0.0.1:\(port)", "-d"] + pins.flatMap { ["-c", $0] } + ["--retry", retry] + more
  }
}
