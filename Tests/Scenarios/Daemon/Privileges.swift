import Foundation
import Testing

extension Scenarios {
  @Suite(
    "--user: after root is given up, everything still works",
    .enabled(if: geteuid() == 0, "only root can become somebody else"))
  struct Privileges {
    let workspace = Workspace()

    /// What the kernel says of each thread, by the names in /proc/PID/status.
    private func threads(of process: pid_t) -> [[String: String]] {
      let folder = "/proc/\(process)/task"
      let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return threads.map { thread in
        let text = (try? String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8))
        var fields: [String: String] = [:]
        for line in (text ?? "").split(separator: "\n") {
          let words = line.split(whereSeparator: { ":\t ".contains($0) }).map(String.init)
          fields[words.first ?? ""] = words.dropFirst().joined(separator: " ")
        }
        return fields
      }
    }

    /// `capability`: CAP_DAC_OVERRIDE, without which root's folder is closed to it, is 2;
    /// CAP_DAC_READ_SEARCH is 4.
    private func expectNobody(
      _ process: pid_t, seccomp: String, threads count: Int, capability: Int = 2
    ) throws {
      let threads = threads(of: process)
      #expect(threads.count == count)
      for thread in threads {
        #expect(thread["Uid"] == "65534 65534 65534 65534")
        #expect(thread["Gid"] == "65534 65534 65534 65534")
        #expect(thread["Groups"] == "65534")
        for set in ["CapPrm", "CapEff"] { #expect(thread[set] == "000000000000000\(capability)") }
        for set in ["CapInh", "CapAmb"] { #expect(thread[set] == "0000000000000000") }
        #expect(thread["NoNewPrivs"] == "1")
        #expect(thread["Seccomp"] == seccomp)
      }
    }

    @Test(
      "every thread runs as that user with one capability and a seccomp filter, and names are resolved",
      arguments: [Syslogd.Build.withoutTLS, .embedded(.openssl)])
    func status(build: Syslogd.Build) throws {
      let (sink, sink6) = try bothLoopbacks()
      let syslogd = try Syslogd(
        ["-L", "--user", "nobody", "-R", "localhost:\(sink.port)"], in: workspace, build: build)
      try syslogd.waitForLog("running as nobody (uid 65534, gid 65534)")
      try eventually("a datagram") {
        try syslogd.send(Messages(0..<1))
        return sink.collect() + sink6.collect() > 0
      }
      try expectNobody(syslogd.process.pid, seccomp: "2", threads: 1)
      #expect(!syslogd.log.contains { $0.contains("sandbox: ") })
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(!FileManager.default.fileExists(atPath: syslogd.paths.pidFile))
    }

    @Test("the same holds in the background")
    func background() throws {
      let paths = Syslogd.Paths(in: workspace, name: "daemon")
      let start = try Child(
        [try Programs.withoutTLS()] + paths.arguments + ["--user", "nobody"],
        in: workspace, name: "start")
      #expect(try start.wait() == .exit(0))
      try eventually("it has become another user") {
        Lines.of(paths.log).contains { Said.running(as: "nobody").isIn($0) }
      }
      let text = try String(contentsOfFile: paths.pidFile, encoding: .utf8)
      let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      let program = URL(fileURLWithPath: try Programs.withoutTLS()).resolvingSymlinksInPath().path
      try #require(
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe") == program)
      workspace.atEnd { kill(pid, SIGKILL) }
      try expectNobody(pid, seccomp: "2", threads: 1)
      kill(pid, SIGTERM)
      try eventually("it has gone") { kill(pid, 0) != 0 }
      #expect(!FileManager.default.fileExists(atPath: paths.pidFile))
    }

    /// A folder that belongs to nobody.
    private func ownFolder() throws -> String {
      let folder = try workspace.folder("own")
      chown(folder, 65534, 65534)
      return folder
    }

    @Test("with a log folder of that user's no capability is kept, and logs are still rotated")
    func ownLogs() throws {
      let log = "\(try ownFolder())/log"
      let syslogd = try Syslogd(
        ["--user", "nobody", "-O", log, "-s", "1", "-b", "2"], in: workspace, build: .withoutTLS)
      let socket = try syslogd.connect()
      for datagram in Messages(0..<60, size: 100).datagrams { try socket.send(datagram) }
      try eventually("the last message") { Lines.of(log).last?.contains("n=59 ") == true }
      try expectNobody(syslogd.process.pid, seccomp: "2", threads: 1, capability: 0)
      #expect(Lines.of("\(log).1").count > 5)
      try FileManager.default.removeItem(atPath: log)
      syslogd.process.send(SIGHUP)
      try eventually("a new log") {
        Lines.of(log).contains { Said.configurationRead.isIn($0) }
      }
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      let pid = try String(contentsOfFile: syslogd.paths.pidFile, encoding: .utf8)
      #expect(pid.isEmpty, "in a folder of root's it cannot be removed")
    }

    @Test("the log says which capability is kept, and why")
    func reason() throws {
      let folder = try workspace.folder("root")
      let log = "\(folder)/log"
      let syslogd = try Syslogd(
        ["--user", "nobody", "-O", log], in: workspace, build: .withoutTLS)
      let said = Said.text("SyslogIO.keeping writing", ["name": "nobody", "path": folder])
      try eventually("'\(said)' in the log") { Lines.of(log).contains { $0.hasSuffix(said) } }
      #expect(Lines.of(log).first?.contains("syslogd started: ") == true)
      try expectNobody(syslogd.process.pid, seccomp: "2", threads: 1)
    }

    @Test("log files are rotated in a folder that only root may write to")
    func rotation() throws {
      let folder = try workspace.folder("root")
      chmod(folder, 0o700)
      let log = "\(folder)/log"
      let syslogd = try Syslogd(
        ["--user", "nobody", "-O", log, "-s", "1", "-b", "2"], in: workspace, build: .withoutTLS)
      let socket = try syslogd.connect()
      for datagram in Messages(0..<60, size: 100).datagrams { try socket.send(datagram) }
      try eventually("the last message") { Lines.of(log).last?.contains("n=59 ") == true }
      let kept = ["\(log).1", "\(log).0", log].map { Messages(0..<60).found(in: Lines.of($0)) }
      // Three files of a kilobyte and a line, the oldest first, with nothing missing in between.
      #expect(kept.allSatisfy { !$0.isEmpty })
      let whole = Messages(0..<60, size: 100).contents
      #expect(kept.flatMap { $0 } == whole.suffix(kept.joined().count))
    }

    @Test(
      "on SIGHUP a removed log file of root is created again", arguments: [mode_t(0o755), 0o700])
    func reopened(mode: mode_t) throws {
      let folder = try workspace.folder("root")
      chmod(folder, mode)
      let log = "\(folder)/log"
      let syslogd = try Syslogd(
        ["--user", "nobody", "-O", log], in: workspace, build: .withoutTLS)
      let before = Messages(0..<3, run: "before")
      try syslogd.send(before)
      try eventually("the first") { before.found(in: Lines.of(log)) == before.contents }
      try FileManager.default.removeItem(atPath: log)
      syslogd.process.send(SIGHUP)
      // What is sent at the same time may still go to the old one.
      try eventually("a new log") {
        Lines.of(log).contains { Said.configurationRead.isIn($0) }
      }
      let after = Messages(0..<3, run: "after")
      try syslogd.send(after)
      try eventually("the others") { after.found(in: Lines.of(log)) == after.contents }
    }

    @Test(
      "a TLS remote is connected to again although only root may read its pin file",
      arguments: Backend.allCases
    )
    func reconnects(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let pins = try workspace.write("\(identity.pin)\n", to: "pins")
      chmod(pins, 0o600)
      let first = try OpenSSLServer(identity, in: workspace)
      let log = "\(try ownFolder())/log"
      let syslogd = try Syslogd(
        ["-L", "-O", log, "--user", "nobody"] + Remote.tls(first.port, pins: [pins]), in: workspace,
        build: .embedded(backend))
      try syslogd.send(Messages(0..<1, run: "first"))
      try first.wait(for: "run first n=0 ")
      try expectNobody(syslogd.process.pid, seccomp: "2", threads: 1, capability: 4)
      first.process.kill()
      let second = try OpenSSLServer(identity, in: workspace, port: first.port, name: "second")
      try syslogd.send(Messages(0..<1, run: "second"))
      try second.wait(for: "run second n=0 ")
    }
  }
}

/// A port on both addresses that `localhost` may become.
private func bothLoopbacks() throws -> (UDPSink, UDPSink) {
  let sink = try UDPSink("127.0.0.1")
  return (sink, try UDPSink("::1", port: sink.port))
}
