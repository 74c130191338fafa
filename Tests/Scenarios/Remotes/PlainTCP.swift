import Foundation
import Testing

extension Scenarios {
  @Suite("Plain TCP (RFC 6587)") struct PlainTCP {
    /// With a TLS library built in and without one.
    static let builds: [Syslogd.Build] = [.embedded(.openssl), .withoutTLS]

    let workspace = Workspace()

    private let header =
      #/<13>1 \d{4}-01-02T03:04:05(\.\d+)?(Z|[+-]\d\d:\d\d) \S+ scenario 7 - (-|\[[^\]]+\]) run a n=/#

    @Test(
      "rsyslog gets every message whole, in order, once, with octets counted (F1)",
      arguments: builds)
    func octetCounting(build: Syslogd.Build) throws {
      let collector = try RsyslogCollector(inClearIn: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tcp(collector.port, ["--queue", "8M"]), in: workspace, build: build)
      let messages = Messages(0..<10_000)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      messages.expectDelivered(to: syslogd.log)
      #expect(
        collector.lines.allSatisfy { $0.prefixMatch(of: header) != nil }, "RFC 5424 by default")
      try syslogd.waitToSay([.connectedInClear], about: collector.port)
    }

    @Test(
      "syslog-ng's network() gets every message whole, in order, once, with LF framing (F2)",
      arguments: ["raw", "5424"])
    func lineFeed(format: String) throws {
      let collector = try SyslogNGCollector(.network, inClearIn: workspace)
      let syslogd = try Syslogd(
        Remote.tcp(collector.port, ["--queue", "8M", "--framing", "lf", "--format", format]),
        in: workspace)
      let messages = Messages(0..<10_000)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      if format == "raw" {
        #expect(collector.lines.filter { $0.contains("run a n=") } == messages.datagrams)
      }
    }

    @Test("a collector that is killed and comes back misses nothing that fits the queue")
    func killed() throws {
      let collector = try RsyslogCollector(inClearIn: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tcp(collector.port, ["--queue", "2M"]), in: workspace)
      let all = Messages(0..<6_000)
      let socket = try syslogd.connect()
      try socket.send(Array(all.datagrams[..<2_000]))
      // Quiescent, and long enough connected that what arrived counts as delivered.
      try collector.wait(forLines: 2_000)
      try eventually("all of it is acknowledged") {
        syslogd.process.send(SIGUSR1)
        return syslogd.log.contains { $0.contains("(tcp): ready") && $0.contains("waiting 0,") }
      }
      collector.crash()
      try socket.send(Array(all.datagrams[2_000..<4_000]))
      try syslogd.waitToSay([.nextAttempt], about: collector.port)
      try collector.restart()
      try socket.send(Array(all.datagrams[4_000...]))
      try collector.wait(for: all)
      all.expectDelivered(to: collector.lines)
    }

    @Test("a message that was cut off is sent again from the beginning of its frame")
    func cut() throws {
      // Takes connections and what comes over them, and drops both.
      let proxy = try TCPListener(.resetting)
      let syslogd = try Syslogd(["-L"] + Remote.tcp(proxy.port), in: workspace)
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      try eventually("five connections were dropped") { proxy.accepted >= 5 }
      proxy.stop()
      try syslogd.waitToSay(["refused"], about: proxy.port)
      let collector = try RsyslogCollector(inClearIn: workspace, port: proxy.port)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
    }

    @Test("all queued messages are sent at SIGTERM", arguments: builds)
    func leaving(build: Syslogd.Build) throws {
      let collector = try RsyslogCollector(inClearIn: workspace)
      let syslogd = try Syslogd(
        Remote.tcp(collector.port, ["--queue", "4M"]), in: workspace, build: build)
      let messages = Messages(0..<5_000)
      try syslogd.send(messages)
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      try collector.process.stop()
      #expect(!collector.process.everything.contains("reset"), "\(collector.process.everything)")
    }

    @Test("@tcp:// in a rule does the same, together with TLS in another rule")
    func rule() throws {
      let identity = try Certificates.shared().rsa
      let plain = try RsyslogCollector(inClearIn: workspace, name: "plain")
      let secure = try RsyslogCollector(.ossl, identity, in: workspace, name: "secure")
      let rules = try workspace.write(
        """
        *.info;*.!err @tcp://127.0.0.1:\(plain.port)
        *.err @tls://127.0.0.1:\(secure.port) pin=\(identity.publicKey)

        """, to: "rules")
      let syslogd = try Syslogd(["-f", rules], in: workspace)
      let (some, severe) = (Messages(0..<200), Messages(0..<200, run: "b", priority: { _ in 11 }))
      try syslogd.send(some)
      try syslogd.send(severe)
      try plain.wait(for: some)
      try secure.wait(for: severe)
      some.expectDelivered(to: plain.lines)
      severe.expectDelivered(to: secure.lines)
      #expect(severe.found(in: plain.lines) == [])
    }

    @Test("is never chosen for a remote that asked for TLS, whatever its server speaks (T2)")
    func neverFallback() throws {
      let plain = try RsyslogCollector(inClearIn: workspace)
      let syslogd = try Syslogd(
        ["-L"]
          + Remote.tls(plain.port, pins: [try Certificates.shared().rsa.publicKey])
          + ["--handshake-timeout", "0.5"], in: workspace)
      try syslogd.send(Messages(0..<10, run: "secret"))
      try eventually("three attempts have failed") {
        syslogd.saysAboutRemote(plain.port).contains { $0.contains(Said.failures(3)) }
      }
      #expect(!plain.lines.contains { $0.contains("run secret") })
    }
  }
}
