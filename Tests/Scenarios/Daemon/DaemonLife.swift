import Foundation
import Testing

extension Scenarios {
  @Suite("Start, background, signals and exit") struct DaemonLife {
    let workspace = Workspace()

    @Test("the pid file and the lines at start and end are the same as BusyBox's")
    func startAndEnd() throws {
      let syslogd = try Syslogd([], in: workspace)
      let text = try String(contentsOfFile: syslogd.paths.pidFile, encoding: .utf8)
      #expect(text == "\(syslogd.process.pid)\n")
      #expect(syslogd.log.first?.contains("syslog.info syslogd started: ") == true)
      #expect(try syslogd.process.stop(SIGTERM) == .signal(SIGTERM))
      #expect(syslogd.log.last?.hasSuffix("syslog.info syslogd exiting") == true)
      #expect(!FileManager.default.fileExists(atPath: syslogd.paths.pidFile))
    }

    @Test("SIGINT and SIGTERM end it, SIGHUP and SIGUSR1 do not")
    func signals() throws {
      let syslogd = try Syslogd([], in: workspace)
      for signal in [SIGHUP, SIGUSR1] { syslogd.process.send(signal) }
      try syslogd.send(Messages(0..<5))
      try syslogd.waitForLog("n=4 ")
      try syslogd.waitForLog("received")
      #expect(try syslogd.process.stop(SIGINT) == .signal(SIGINT))
    }

    @Test(
      "without -n the command returns when the socket exists, and the daemon runs in the background"
    )
    func background() throws {
      let sink = try UDPSink("127.0.0.1")
      let sink6 = try UDPSink("::1", port: sink.port)
      let paths = Syslogd.Paths(in: workspace, name: "daemon")
      let start = try Child(
        [try Programs.withTLS()] + paths.arguments + ["-L", "-R", "localhost:\(sink.port)"],
        in: workspace, name: "start")
      #expect(try start.wait() == .exit(0))
      let socket = try LogSocket(paths.logSocket)
      try eventually("a pid file") { FileManager.default.fileExists(atPath: paths.pidFile) }
      let text = try String(contentsOfFile: paths.pidFile, encoding: .utf8)
      let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      let executable = "/proc/\(pid)/exe"
      try #require(
        try FileManager.default.destinationOfSymbolicLink(atPath: executable)
          == URL(fileURLWithPath: try Programs.withTLS()).resolvingSymlinksInPath().path)
      workspace.atEnd { kill(pid, SIGKILL) }

      #expect(getsid(pid) == pid, "it leads a session of its own")
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd") == "/")
      try socket.send("<13>app: in the background")
      try eventually("the line in the log") {
        Lines.of(paths.log).contains { $0.contains("in the background") }
      }
      // The name was looked up by a thread of the process that stayed.
      try eventually("the datagram") {
        try socket.send("<13>app: again")
        return sink.collect() + sink6.collect() > 0
      }
      kill(pid, SIGTERM)
      try eventually("it has gone") { kill(pid, 0) != 0 }
      #expect(Lines.of(paths.log).last?.hasSuffix("syslogd exiting") == true)
    }

    @Test(
      "started with closed descriptors it does its work, in the background and in the foreground",
      arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"], [true, false])
    func closedDescriptors(redirection: String, isDetached: Bool) throws {
      let paths = Syslogd.Paths(in: workspace, name: "daemon")
      let command = [try Programs.withoutTLS()] + paths.arguments + (isDetached ? [] : ["-n"])
      let quoted = command.map { "'\($0)'" }.joined(separator: " ")
      let start = try Child(
        ["sh", "-c", "exec \(quoted) \(redirection)"], in: workspace, name: "start")
      if isDetached { #expect(try start.wait() == .exit(0)) }
      try eventually("a pid file") { FileManager.default.fileExists(atPath: paths.pidFile) }
      let text = try String(contentsOfFile: paths.pidFile, encoding: .utf8)
      let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      if isDetached { workspace.atEnd { kill(pid, SIGKILL) } }
      try LogSocket(paths.logSocket).send("<13>app: hello")
      try eventually("the line in the log") {
        Lines.of(paths.log).contains { $0.contains("app: hello") }
      }
      kill(pid, SIGTERM)
      try eventually("it ends") {
        isDetached ? kill(pid, 0) != 0 : !start.isRunning
      }
    }

    @Test("a leftover socket is replaced, and anybody may write to the new one")
    func oldNode() throws {
      let path = workspace.file("syslogd.sock")
      let old = try PassedSocket(boundTo: path)
      old.abandon()
      let syslogd = try Syslogd([], in: workspace)
      try syslogd.send(Messages(0..<1))
      try syslogd.waitForLog("n=0 ")
      var status = stat()
      #expect(lstat(path, &status) == 0)
      #expect(status.st_mode & S_IFMT == S_IFSOCK && status.st_mode & 0o777 == 0o666)
    }

    @Test(
      "a symbolic link at the path of the socket is followed", arguments: ["real", "sub/real"])
    func link(target: String) throws {
      _ = try workspace.folder("sub")
      let path = workspace.file("syslogd.sock")
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
      let syslogd = try Syslogd([], in: workspace)
      try syslogd.send(Messages(0..<1))
      try syslogd.waitForLog("n=0 ")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == target)
      var status = stat()
      #expect(lstat(workspace.file(target), &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK)
    }

    @Test("a socket passed by LISTEN_FDS is used, with messages sent before the start")
    func passedSocket() throws {
      let path = workspace.file("syslogd.sock")
      let passed = try PassedSocket(boundTo: path)
      let early = try LogSocket(path)
      try early.send("<13>app: before the start")
      var before = stat()
      lstat(path, &before)
      let paths = Syslogd.Paths(in: workspace, name: "syslogd")
      let other = workspace.file("other.sock")
      let process = try Child(
        [
          "sh", "-c", "export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"", "sh",
          try Programs.withTLS(), "-n", "-p", other, "--pid-file", paths.pidFile, "-O",
          paths.log,
        ], in: workspace, name: "syslogd", passing: passed.descriptor)
      try eventually("the early message\n\(process.everything)") {
        Lines.of(paths.log).contains { $0.contains("before the start") }
      }
      try early.send("<13>app: after the start")
      try eventually("the later message") {
        Lines.of(paths.log).contains { $0.contains("after the start") }
      }
      var after = stat()
      lstat(path, &after)
      #expect(before.st_ino == after.st_ino, "the node is the passed one")
      #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test(
      "an invalid option gives one line on standard error and exit status 1, and changes nothing",
      arguments: [
        ["-l", "9"], ["-l", "0"], ["-l", "x"], ["-l", ""], ["-Q"], ["--quick"], ["more"], ["-R"],
        ["-R", ""], ["-R", "h:0"], ["-R", "h:99999"], ["-R", "h:x"], ["-R", "[::1"],
        ["-R", "h", "-d", "-c"], ["-R", "h", "-d", "-c", ""], ["-R", "h", "-c", "/pin"],
        ["-R", "h", "-d", "-c", "sha256//short"], ["-R", "h", "-I", "999.1.1.1"],
        ["-R", "h", "--framing", "xml"], ["-R", "h", "--format", "json"],
        ["-R", "h", "--queue", "10"], ["-R", "h", "--queue", "-1"], ["-R", "h", "--queue", "9Z"],
        ["-R", "h", "--queue", "99999999999999999999"], ["-R", "h", "--retry", "0"],
        ["-R", "h", "--retry", "5:1"], ["-R", "h", "--retry", "a:b"],
        ["-R", "h", "--connect-timeout", "0"], ["-R", "h", "--handshake-timeout", "never"],
      ])
    func badOption(arguments: [String]) throws {
      let path = workspace.file("syslogd.sock")
      let old = try PassedSocket(boundTo: path)
      let paths = Syslogd.Paths(in: workspace, name: "syslogd")
      let child = try Child(
        [try Programs.withTLS(), "-n"] + paths.arguments + arguments, in: workspace, name: "bad")
      #expect(try child.wait() == .exit(1))
      #expect(child.output.isEmpty)
      let lines = child.errors.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 2 && lines.last?.isEmpty == true, "\(child.errors)")
      let option = arguments.last { $0.hasPrefix("-") && $0.count > 1 && $0 != "-1" }
      #expect(
        option.map(child.errors.contains) ?? true, "it names \(option ?? ""): \(child.errors)")
      #expect(!FileManager.default.fileExists(atPath: paths.log))
      #expect(!FileManager.default.fileExists(atPath: paths.pidFile))
      try LogSocket(path).send("the old node still works")
      #expect(old.hasDatagram)
    }

    @Test(
      "if the log socket cannot be created, there is one line and exit status 1",
      arguments: [true, false])
    func noSocket(foreground: Bool) throws {
      let child = try Child(
        [try Programs.withTLS(), "-p", "/nonexistent/log", "-O", workspace.file("log")]
          + (foreground ? ["-n"] : []), in: workspace, name: "bad")
      #expect(try child.wait() == .exit(1))
      #expect(child.errors.split(separator: "\n").count == 1)
      #expect(child.errors.contains("/nonexistent/log"), "\(child.errors)")
    }
  }
}
