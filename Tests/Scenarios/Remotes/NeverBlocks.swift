import Foundation
import Testing

extension Scenarios {
  @Suite("Network problems never stop the local log") struct NeverBlocks {
    /// What became of messages that were sent without blocking.
    struct Outcome {
      var refused = 0
      var accepted: [String] = []
    }

    let workspace = Workspace()

    @Test(
      "a silent name server and a silent collector: none of 10,000 messages is refused or lost")
    func silentNetwork() throws {
      let resolver = try workspace.write("nameserver 127.0.0.1\noptions timeout:5\n", to: "resolv")
      let network = try NetworkNamespace(
        in: workspace, setUp: "mount --bind \(resolver) /etc/resolv.conf")
      let nameServer = UDPSink(
        owning: try network.socket(.datagram, boundTo: "127.0.0.1", port: 53))
      let blackHole = try TCPListener(
        .silent, socket: try network.socket(.stream, boundTo: "127.0.0.1"))
      defer { blackHole.stop() }

      let alone = try Syslogd([], in: workspace, wrapper: network.wrapper, name: "alone")
      let baseline = try sendWithoutBlocking(to: alone)
      let syslogd = try Syslogd(
        [
          "-L", "-R", "collector.example.net:6514", "-d", "-R", "other.example.net", "-R",
          "127.0.0.1:\(blackHole.port)", "-d",
        ], in: workspace, wrapper: network.wrapper)
      let outcome = try sendWithoutBlocking(to: syslogd)

      #expect(outcome.refused <= baseline.refused)
      try expectLogged(baseline, by: alone)
      try expectLogged(outcome, by: syslogd)
      // The network was as bad as the test's name says, and still is.
      #expect(nameServer.collect() > 0, "the name server was asked")
      #expect(blackHole.accepted == 1, "the collector accepted")
      #expect(syslogd.saysAboutRemote(blackHole.port).allSatisfy { !$0.contains("connected") })
      try expectPromptExit(of: syslogd)
    }

    @Test(
      "the local log stays as fast when a collector stops reading",
      arguments: Backend.allCases)
    func stoppedReading(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin]), in: workspace,
        build: .embedded(backend))
      try syslogd.send(Messages(0..<1, run: "before"))
      try server.wait(for: "run before")
      server.process.send(SIGSTOP)
      // Enough for both kernels' buffers and the queue.
      let socket = try syslogd.connect()
      let large = Messages(0..<8_000, run: "large", size: 2_000)
      try socket.send(large.datagrams)
      let outcome = try sendWithoutBlocking(to: syslogd)
      #expect(outcome.refused == 0)
      try expectLogged(outcome, by: syslogd)
      try expectPromptExit(of: syslogd)
    }

    @Test("with a full queue, too, all that waits in the log socket is read in one go")
    func readInOneGo() throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let trace = workspace.file("trace")
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin], ["--queue", "64K"]),
        in: workspace, wrapper: ["strace", "-D", "-qq", "-o", trace, "-e", "trace=recvmmsg", "--"])
      try syslogd.send(Messages(0..<1, run: "before"))
      try server.wait(for: "run before")
      server.process.send(SIGSTOP)
      // Enough for both kernels' buffers and the queue.
      let large = Messages(0..<8_000, run: "large", size: 2_000)
      try syslogd.send(large)
      try syslogd.waitForLog(large.content(7_999), within: 60)

      // Once it has been stuck for a second.
      try eventually("all that waits is read in one call of recvmmsg", within: 20) {
        let waiting = try fillLogSocket(of: syslogd)
        let read = Lines.count(in: trace)
        try syslogd.waitForLog(Messages(0..<100, run: "waiting").content(waiting - 1))
        return Lines.of(trace).suffix(max(waiting, Lines.count(in: trace) - read) + 2)
          .contains { $0.hasSuffix(" = \(waiting)") }
      }
    }

    /// Sends while syslogd is stopped, as much as the socket takes, and lets it go on. Returns how many
    /// that were.
    private func fillLogSocket(of syslogd: Syslogd) throws -> Int {
      let pid = syslogd.process.pid
      syslogd.process.send(SIGSTOP)
      try eventually("syslogd has stopped") {
        let status = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return status.contains(") T ") || status.contains(") t ")
      }
      defer { syslogd.process.send(SIGCONT) }
      let socket = try syslogd.connect()
      for (number, datagram) in Messages(0..<16, run: "waiting").datagrams.enumerated() {
        guard try socket.offer(datagram) else {
          try #require(number > 1)
          return number
        }
      }
      return 16
    }

    /// Each message is tried once. Before each, the sender waits until the socket has room, and
    /// for a quarter of a second at most: a refusal then means that syslogd did not read for so
    /// long, however fast or slow this machine is.
    private func sendWithoutBlocking(to syslogd: Syslogd) throws -> Outcome {
      let messages = Messages(0..<10_000, run: "try")
      let socket = try syslogd.connect()
      var outcome = Outcome()
      for (number, datagram) in zip(messages.numbers, messages.datagrams) {
        if try socket.offer(datagram, patience: 0.25) {
          outcome.accepted.append(messages.content(number))
        } else {
          outcome.refused += 1
          // A blocked daemon would make this test last for ever.
          if outcome.refused > 40 { break }
        }
      }
      return outcome
    }

    private func expectLogged(_ outcome: Outcome, by syslogd: Syslogd) throws {
      if let last = outcome.accepted.last { try syslogd.waitForLog(last) }
      let logged = Messages(0..<10_000, run: "try").found(in: syslogd.log)
      #expect(logged.count == outcome.accepted.count)
      #expect(logged == outcome.accepted, "in order, once")
    }

    /// SIGTERM flushes for at most 2 s, whatever the network does.
    private func expectPromptExit(of syslogd: Syslogd) throws {
      let start = ContinuousClock.now
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(ContinuousClock.now - start < .seconds(4))
    }
  }
}
