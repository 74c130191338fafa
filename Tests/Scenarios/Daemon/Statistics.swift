import Foundation
import Testing

extension Scenarios {
  @Suite("--stats: a file for Prometheus") struct Statistics {
    let workspace = Workspace()
    private var file: String { workspace.file("syslogd.prom") }

    @Test(
      "the counts agree with what arrived, and an outage shows in them",
      arguments: Backend.allCases)
    func outage(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let port = collector.port
      let syslogd = try Syslogd(
        ["-L", "--stats", file]
          + Remote.tls(port, pins: [identity.publicKey], ["--queue", "32M"]),
        in: workspace, build: .embedded(backend))
      let before = Messages(0..<2_000, run: "before")
      try syslogd.send(before)
      try collector.wait(forLines: 2_000)
      let quiet = try syslogd.waitForStatistics(file, "2000 acknowledged") {
        $0["acknowledged_messages_total", port, "tls", ""] == 2_000
      }
      #expect(quiet["received_messages_total"] == 2_000)
      #expect(quiet["sent_messages_total", port, "tls", ""] == 2_000)
      #expect(quiet["resent_messages_total", port, "tls", ""] == 0)
      #expect(quiet["connections_total", port, "tls", ""] == 1)
      #expect(quiet["queue_messages", port, "tls", ""] == 0)
      #expect(quiet["state", port, "tls", ",state=\"ready\""] == 1)
      #expect(quiet["sent_bytes_total", port, "tls", ""] ?? 0 > 2_000 * 60)
      #expect(quiet["queue_capacity_bytes", port, "tls", ""] == 33_554_432.0)
      let age =
        Date().timeIntervalSince1970
        - (quiet["last_acknowledged_timestamp_seconds", port, "tls", ""] ?? 0)
      #expect((-1...120).contains(age))

      collector.process.send(SIGSTOP)
      // More than both kernels' buffers take, so that some of it is on its way.
      let during = Messages(0..<10_000, run: "during", size: 1_000)
      try syslogd.send(during)
      try syslogd.waitForStatistics(file, "messages that wait") {
        $0["queue_messages", port, "tls", ""] ?? 0 > 100
          && $0["sent_messages_total", port, "tls", ""] ?? 0
            > $0["acknowledged_messages_total", port, "tls", ""] ?? .infinity
      }
      collector.crash()
      let away = try syslogd.waitForStatistics(file, "failures") {
        $0["failures_total", port, "tls", ",class=\"connect\""] ?? 0 > 0
      }
      #expect(away["resent_messages_total", port, "tls", ""] ?? 0 > 0)
      #expect(away["queue_peak_bytes", port, "tls", ""] ?? 0 > 100 * 1_000)
      #expect(away.text.contains("error=\"cannot connect: Connection refused\"} 1\n"))
      try collector.restart()
      try collector.wait(for: during)
      let after = try syslogd.waitForStatistics(file, "all acknowledged") {
        $0["acknowledged_messages_total", port, "tls", ""] == 12_000
      }
      #expect(after["connections_total", port, "tls", ""] == 2)
      #expect(after["queue_messages", port, "tls", ""] == 0)
      #expect(
        after["sent_messages_total", port, "tls", ""]
          == 12_000 + (after["resent_messages_total", port, "tls", ""] ?? 0))
      #expect(
        after.samples.filter { $0.key.contains("discarded") }.allSatisfy { $0.value == 0 })
      #expect(try StatisticsReport.check(file, in: workspace).isEmpty)
    }

    @Test(
      "promtool has nothing to say, whatever stands in names and errors",
      arguments: Backend.allCases)
    func promtool(backend: Backend) throws {
      let pin = workspace.file("a\"b\\c\nd.pin")
      let port = try FreePort.next()
      let arguments =
        ["-L", "--stats", file, "-R", "127.0.0.1:9"] + Remote.tls(port, pins: [pin])
        + ["-R", "[fe80::1%a\"b\\c]:514", "--tcp"] + Remote.tcp(port)
        + Remote.tcp(port, ["--format", "raw", "--spool", "\(workspace.file("spool")):64K"])
      let syslogd = try Syslogd(arguments, in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<10))
      let report = try syslogd.waitForStatistics(file, "a failure of each stream") {
        // Whether the kernel tells of a datagram that was refused depends on when it was sent.
        $0.text.split(separator: "\n").count {
          $0.contains("last_error_info{") && !$0.contains("transport=\"udp\"")
        } == 4
      }
      #expect(try StatisticsReport.check(file, in: workspace).isEmpty)
      #expect(report.text.contains(#"{remote="[fe80::1%a\"b\\c]:514",transport="tcp""#))
      #expect(report.text.contains(#"/a\"b\\c\nd.pin: No such file or directory"} 1"#))
      #expect(report["queue_messages", port, "tcp", ""] == 10)
      #expect(report["queue_messages", port, "tcp", ",number=\"5\""] == 10, "with other options")
      #expect(report["spool_capacity_bytes", port, "tcp", ",number=\"5\""] == 57_344)
      #expect(report["spool_capacity_bytes", port, "tcp", ""] == nil, "only of whoever has one")
      #expect(report["failures_total", port, "tls", ",class=\"configuration\""] ?? 0 > 0)
      #expect(report.text.hasPrefix("# HELP syslogd_build_info "))
      #expect(report.text.contains("syslogd_build_info{version=\"syslogd v"))
    }

    @Test("a refused server is in the class authentication, and its key is not told")
    func refused() throws {
      let certificates = try Certificates.shared()
      let server = try OpenSSLServer(certificates.rsa, in: workspace)
      let syslogd = try Syslogd(
        ["-L", "--stats", file] + Remote.tls(server.port, pins: [certificates.ecdsa.pin]),
        in: workspace)
      let report = try syslogd.waitForStatistics(file, "a failure") {
        $0["failures_total", server.port, "tls", ",class=\"authentication\""] ?? 0 > 0
      }
      #expect(report.text.contains("error=\"the server's public key (hidden) does not match"))
      #expect(!report.text.contains("sha256"))
    }

    @Test("it is written at the start, at once on SIGUSR1, and at the end; SIGHUP keeps the counts")
    func occasions() throws {
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-L", "--stats", file, "-R", "127.0.0.1:\(sink.port)"], in: workspace, build: .withoutTLS)
      #expect(StatisticsReport(file)?["received_messages_total"] == 0)
      try syslogd.send(Messages(0..<5))
      try eventually("they arrive") { sink.collect() >= 0 && sink.datagrams.count == 5 }
      let number = inode
      syslogd.process.send(SIGUSR1)
      // Less than ten seconds.
      try eventually("it is written", within: 9) { inode != number }
      #expect(StatisticsReport(file)?["received_messages_total"] == 5)
      #expect(StatisticsReport(file)?["sent_messages_total", sink.port, "udp", ""] == 5)
      syslogd.process.send(SIGHUP)
      try syslogd.waitForLog(.configurationRead)
      try syslogd.waitForStatistics(file, "the counts stay") {
        $0["sent_messages_total", sink.port, "udp", ""] == 5
      }
      try syslogd.send(Messages(5..<7))
      try eventually("they arrive") { sink.collect() >= 0 && sink.datagrams.count == 7 }
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      let last = try #require(StatisticsReport(file))
      #expect(last["received_messages_total"] == 7)
      #expect(last["state", sink.port, "udp", ",state=\"stopped\""] == 1)
      #expect(!FileManager.default.fileExists(atPath: file + ".new"))
    }

    /// The number of the file that has the name now.
    private var inode: ino_t {
      var status = stat()
      return stat(file, &status) == 0 ? status.st_ino : 0
    }

    @Test("what happens is in it within ten seconds, and while nothing happens it stays as it is")
    func pace() throws {
      let syslogd = try Syslogd(["--stats", file], in: workspace, build: .withoutTLS)
      try syslogd.connect().send("<13>one")
      try eventually("one message", within: 20) {
        StatisticsReport(file)?["received_messages_total"] == 1
      }
      let number = inode
      // Longer than the pause in which it would be written again.
      try always("the same file", during: 11) { inode == number }
    }

    @Test("who reads it meanwhile never sees a part of one")
    func whole() throws {
      let syslogd = try Syslogd(
        ["-L", "--stats", file, "-R", "127.0.0.1:9"], in: workspace, build: .withoutTLS)
      let names = try #require(StatisticsReport(file)).names
      #expect(names.count > 20)
      let socket = try syslogd.connect()
      var seen: Set<ino_t> = []
      try eventually("200 files were seen") {
        for _ in 0..<20 {
          try socket.send("<13>x")
          syslogd.process.send(SIGUSR1)
          for _ in 0..<20 {
            seen.insert(inode)
            let report = try #require(StatisticsReport(file), "it is always there")
            // The last one is there once a remote has failed.
            #expect(report.names.filter { $0 != "remote_last_error_info" } == names)
            #expect(report.text.hasSuffix("\n"))
          }
        }
        return (StatisticsReport(file)?["received_messages_total"] ?? 0) > 200
      }
      #expect(seen.count > 1)
    }

    @Test("one that cannot be written is said once, and everything else goes on")
    func unwritable() throws {
      let path = workspace.file("missing/syslogd.prom")
      let syslogd = try Syslogd(["--stats", path], in: workspace, build: .withoutTLS)
      try syslogd.waitForLog("cannot write the statistics file \(path): No such file")
      for _ in 0..<3 { syslogd.process.send(SIGUSR1) }
      try syslogd.connect().send("<13>still here")
      try syslogd.waitForLog("still here")
      #expect(syslogd.log.count { $0.contains("statistics file") } == 1)
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
    }

    @Test(
      "with --user and the sandbox it is still replaced, in the user's folder and in root's",
      .enabled(if: geteuid() == 0, "only root can become somebody else"),
      arguments: [uid_t(65534), 0])
    func sandbox(owner: uid_t) throws {
      let folder = try workspace.folder("folder")
      chown(folder, owner, owner)
      let path = "\(folder)/syslogd.prom"
      let logs = try workspace.folder("logs")
      chown(logs, 65534, 65534)
      let syslogd = try Syslogd(
        ["--user", "nobody", "-O", "\(logs)/log", "--stats", path], in: workspace,
        build: .withoutTLS)
      try syslogd.connect().send("<13>one")
      try syslogd.waitForStatistics(path, "the message") { $0["received_messages_total"] == 1 }
      #expect(!Lines.of("\(logs)/log").contains { $0.contains("statistics file") })
      let child = try Child(
        [try Programs.withoutTLS(), "-n", "--user", "nobody", "--stats", "/etc/syslogd.prom"],
        in: workspace, name: "refused")
      try child.wait()
      #expect(child.errors.hasPrefix("syslogd: --user: "), "\(child.errors)")
      #expect(child.errors.contains("'/etc/syslogd.prom'"))
    }

    @Test("in the background a relative name is in the folder where it was started")
    func background() throws {
      let paths = Syslogd.Paths(in: workspace, name: "daemon")
      let start = try Child(
        ["sh", "-c", "cd \"$0\" && exec \"$@\"", workspace.path, try Programs.withoutTLS()]
          + paths.arguments + ["--stats", "syslogd.prom"], in: workspace, name: "start")
      #expect(try start.wait() == .exit(0))
      try eventually("the file") { StatisticsReport(file) != nil }
      let text = try String(contentsOfFile: paths.pidFile, encoding: .utf8)
      let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      workspace.atEnd { kill(pid, SIGKILL) }
      kill(pid, SIGTERM)
      try eventually("it has gone") { kill(pid, 0) != 0 }
    }
  }
}
