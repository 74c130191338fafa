import Foundation
import Testing

extension Scenarios {
  @Suite("Names of remotes") struct Names {
    let workspace = Workspace()
    let network: NetworkNamespace

    init() throws {
      let resolver = try workspace.write(NameServer.configuration, to: "resolv")
      network = try NetworkNamespace(
        in: workspace, setUp: "mount --bind \(resolver) /etc/resolv.conf")
    }

    private func nameServer(_ names: [String: [String]]) throws -> NameServer {
      NameServer(
        owning: try network.socket(.datagram, boundTo: "127.0.0.1", port: 53), names)
    }

    private func listener(
      _ behaviour: TCPListener.Behaviour, at host: String = "127.0.0.1", port: Int = 0
    ) throws -> TCPListener {
      try TCPListener(behaviour, socket: try network.socket(.stream, boundTo: host, port: port))
    }

    private func remotes(_ remotes: [String]) -> [String] {
      remotes.flatMap { ["-R", $0, "--tcp", "--retry", "0.1:0.3"] }
    }

    @Test(
      """
      one that is known connects at once beside seven that hang; its remotes ask once; SIGTERM \
      waits for none
      """)
    func beside() throws {
      let nameServer = try nameServer(["good.example.net": ["127.0.0.1"]])
      let collectors = try (0..<3).map { _ in try listener(.silent) }
      defer {
        nameServer.stop()
        for collector in collectors { collector.stop() }
      }
      let dead = (1...7).map { "dead\($0).example.net" }
      let syslogd = try Syslogd(
        ["-L"] + remotes(dead + collectors.map { "good.example.net:\($0.port)" }),
        in: workspace, build: .withoutTLS, wrapper: network.wrapper)
      for collector in collectors {
        try eventually("a connection beside dead names", within: 2) { collector.accepted == 1 }
      }
      #expect(nameServer.questions(for: "good.example.net") == 1)
      for name in dead { #expect(nameServer.questions(for: name) == 1) }
      try syslogd.send(Messages(0..<10))
      try syslogd.waitForLog("n=9 ")
      let start = ContinuousClock.now
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(ContinuousClock.now - start < .seconds(1.5))
    }

    @Test("one whose lookup hangs is given up after 30 s, said, and asked for anew")
    func hanging() throws {
      let nameServer = try nameServer([:])
      let collector = try listener(.hasty(1.5))
      defer {
        nameServer.stop()
        collector.stop()
      }
      let syslogd = try Syslogd(
        ["-L"] + remotes(["late.example.net:\(collector.port)"]),
        in: workspace, build: .withoutTLS, wrapper: network.wrapper)
      try syslogd.send(Messages(0..<1))
      try eventually("a question") { nameServer.questions(for: "late.example.net") == 1 }
      nameServer.learn("late.example.net", ["127.0.0.1"])
      try syslogd.waitToSay(
        [Said("SyslogIO.lookupTimedOut")], about: collector.port, within: 40)
      // The first call waits for a minute; others beside it have their answer at once.
      try eventually("a connection", within: 2) { collector.accepted == 1 }
      try eventually("a second one", within: 4) {
        try syslogd.send(Messages(0..<1))
        return collector.accepted == 2
      }
      #expect(nameServer.questions(for: "late.example.net") == 3)
    }

    @Test("one with an address of no use leads to the other, however the name server turns them")
    func failover() throws {
      let nameServer = try nameServer(["two.example.net": ["127.0.0.1", "127.0.0.2"]])
      let collector = try listener(.hasty(60), at: "127.0.0.2")
      let empty = try listener(.closing, at: "127.0.0.1", port: collector.port)
      defer {
        nameServer.stop()
        collector.stop()
        empty.stop()
      }
      let syslogd = try Syslogd(
        remotes(["two.example.net:\(collector.port)"]),
        in: workspace, build: .withoutTLS, wrapper: network.wrapper)
      let messages = Messages(0..<12)
      try syslogd.send(messages)
      try eventually("the last message at the address of use", within: 5) {
        collector.received.contains {
          String(decoding: $0, as: UTF8.self).contains(messages.content(11))
        }
      }
      #expect(collector.accepted == 1)
      #expect(empty.accepted <= 1)
    }
  }
}
