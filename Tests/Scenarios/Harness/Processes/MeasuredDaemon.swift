import Foundation

/// A syslogd whose memory is compared: a copy of the program, so that its pages are its own.
final class MeasuredDaemon {
  /// What is done with messages.
  enum Target: String, CaseIterable {
    case file, udp, both

    fileprivate func arguments(_ port: Int) -> [String] {
      switch self {
      case .file: []
      case .udp: ["-R", "127.0.0.1:\(port)"]
      case .both: ["-L", "-R", "127.0.0.1:\(port)"]
      }
    }
  }

  private let workspace = Workspace()
  private let target: Target
  private let process: Child
  private let sink: UDPSink
  private let log: String
  private let logSocket: String
  private var marks = 0

  /// `options` make it use /dev/log and leave its pid file in /run.
  init(
    _ program: String, _ options: [String], _ target: Target, in network: NetworkNamespace
  ) throws {
    self.target = target
    // BusyBox goes by its name.
    let copy = workspace.file(URL(fileURLWithPath: program).lastPathComponent)
    try FileManager.default.copyItem(atPath: program, toPath: copy)
    let devices = try DeviceFolder(in: workspace)
    let (path, log) = (devices.logSocket, workspace.file("log"))
    (logSocket, self.log) = (path, log)
    sink = UDPSink(owning: try network.socket(.datagram, boundTo: "127.0.0.1"))
    let process = try Child(
      network.wrapper + devices.wrapper + [copy] + options + ["-n", "-O", log]
        + target.arguments(sink.port), in: workspace, name: "measured")
    self.process = process
    try eventually("it listens\n\(process.everything)") { (try? LogSocket(path)) != nil }
  }

  /// What it has for itself alone, once everything that was sent before is dealt with.
  func use() throws -> MemoryUse {
    marks += 1
    let mark = "mark \(marks)."
    try eventually("'\(mark)' comes out\n\(process.everything)", within: 60) {
      // Again and again, because a datagram is lost at a sink whose buffer is full.
      try LogSocket(logSocket).send("<13>Jan  2 03:04:05 memory: \(mark)")
      if target == .file { return Lines.of(log).contains { $0.hasSuffix(mark) } }
      sink.collect()
      return sink.datagrams.suffix(50).contains {
        String(decoding: $0, as: UTF8.self).hasSuffix("\(mark)\n")
      }
    }
    return try MemoryUse(of: process.pid)
  }

  func receive(_ count: Int, ofBytes size: Int) throws {
    let message = Array(text(size).utf8)
    let client = try LogSocket(logSocket)
    for _ in 0..<count { try client.send(message) }
  }

  /// Lets messages gather while it sleeps, as many as senders can hold; returns how many.
  func receiveAtOnce(ofBytes size: Int) throws -> Int {
    process.send(SIGSTOP)
    defer { process.send(SIGCONT) }
    let clients = try (0..<20).map { _ in try LogSocket(logSocket) }
    var queued = 0
    for client in clients {
      for _ in 0..<10 where try client.offer(text(size)) { queued += 1 }
    }
    return queued
  }

  private func text(_ size: Int) -> String {
    let head = "<13>Jan  2 03:04:05 memory[1]: "
    return head + String(repeating: "x", count: size - head.utf8.count)
  }
}
