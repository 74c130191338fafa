import Foundation
import Testing

extension Scenarios {
  @Suite("A service manager that waits to be told") struct Readiness {
    let workspace = Workspace()

    @Test("hears of readiness when the socket is read, of reloads and of the end")
    func foreground() throws {
      let (manager, paths, process) = try start(["-n"])
      #expect(try manager.receive() == "READY=1")
      // The promise of readiness: what depends on it may go on at once.
      try LogSocket(paths.logSocket).send("<13>app: hello")
      #expect(FileManager.default.fileExists(atPath: paths.pidFile))
      try eventually("the line in the log") {
        Lines.of(paths.log).contains { $0.contains("app: hello") }
      }
      for _ in 1...2 {
        let before = Self.microseconds
        process.send(SIGHUP)
        let words = try manager.receive().split(separator: "\n")
        let time = try #require(words.last?.split(separator: "=").last.flatMap { Int($0) })
        #expect(words == ["RELOADING=1", "MONOTONIC_USEC=\(time)"])
        #expect(time >= before && time <= Self.microseconds)
        #expect(try manager.receive() == "READY=1")
      }
      #expect(try process.stop() == .signal(SIGTERM))
      #expect(try manager.receive() == "STOPPING=1")
      #expect(!manager.hasDatagram, "nothing else was said")
    }

    @Test("learns which process the daemon is when it detaches")
    func background() throws {
      let (manager, paths, process) = try start([])
      #expect(try process.wait() == .exit(0))
      let words = try manager.receive()
      let pid = try #require(
        pid_t(try String(contentsOfFile: paths.pidFile, encoding: .utf8).dropLast()))
      workspace.atEnd { kill(pid, SIGKILL) }
      #expect(words == "READY=1\nMAINPID=\(pid)")
      #expect(pid != process.pid)
      kill(pid, SIGTERM)
      #expect(try manager.receive() == "STOPPING=1")
      try eventually("it has gone") { kill(pid, 0) != 0 }
    }

    @Test("may have an abstract socket")
    func abstract() throws {
      let (manager, _, process) = try start(["-n"], at: "@syslogd-scenario-\(getpid())-notify")
      #expect(try manager.receive() == "READY=1")
      #expect(try process.stop() == .signal(SIGTERM))
    }

    @Test("and does not read holds nothing up: neither the start, nor a reload, nor the end")
    func deaf() throws {
      let path = workspace.file("notify.sock")
      let manager = try PassedSocket(boundTo: path)
      let client = try LogSocket(path)
      while try client.offer("full") {}
      let syslogd = try Syslogd(
        [], in: workspace, wrapper: ["env", "NOTIFY_SOCKET=\(path)"])
      for round in 1...3 {
        syslogd.process.send(SIGHUP)
        try syslogd.connect().send("<13>app: round \(round)")
        try syslogd.waitForLog("round \(round)")
      }
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(try manager.receive() == "full")
    }

    @Test(
      "but is not there, or nowhere to be found, changes nothing",
      arguments: ["", "@", "relative", "/nonexistent/notify", "vsock:2:1", "/dev/null"])
    func nobody(variable: String) throws {
      let syslogd = try Syslogd(
        [], in: workspace, build: .withoutTLS, wrapper: ["env", "NOTIFY_SOCKET=\(variable)"])
      try syslogd.send(Messages(0..<1))
      try syslogd.waitForLog("n=0 ")
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(syslogd.process.errors.isEmpty)
    }

    private func start(
      _ arguments: [String], at address: String? = nil
    ) throws -> (PassedSocket, Syslogd.Paths, Child) {
      let address = address ?? workspace.file("notify.sock")
      let manager = try PassedSocket(boundTo: address)
      let paths = Syslogd.Paths(in: workspace, name: "syslogd")
      let process = try Child(
        [try Programs.withTLS()] + paths.arguments + arguments, in: workspace, name: "syslogd",
        environment: ["NOTIFY_SOCKET": address])
      return (manager, paths, process)
    }

    /// Of the clock that does not jump.
    private static var microseconds: Int {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
  }
}
