import Foundation
import Testing

extension Scenarios {
  @Suite("A collector that dies with messages unread (--replay)") struct Replay {
    let workspace = Workspace()

    static let backends: [Backend?] = Backend.allCases + [nil]

    /// The number of a message as it was sent.
    private func number(in line: String) -> Int? {
      line.firstMatch(of: #/\[meta sequenceId="(\d+)"\]/#).flatMap { Int($0.1) }
    }

    /// What a collector keeps that drops copies by their number, in the order of arrival.
    private func withoutCopies(_ lines: [String]) -> [String] {
      var seen: [Int: String] = [:]
      return lines.filter { line in
        guard let number = number(in: line) else { return true }
        if let original = seen[number] {
          #expect(line == original, "a copy is the original, byte for byte")
          return false
        }
        seen[number] = line
        return true
      }
    }

    private func start(
      _ backend: Backend?, _ options: [String]
    ) throws -> (RsyslogCollector, Syslogd) {
      guard let backend else {
        let collector = try RsyslogCollector(inClearIn: workspace)
        return (
          collector,
          try Syslogd(
            ["-L"] + Remote.tcp(collector.port, options), in: workspace, build: .withoutTLS)
        )
      }
      let identity = try Certificates.shared().ecdsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      return (
        collector,
        try Syslogd(
          ["-L"] + Remote.tls(collector.port, pins: [identity.publicKey], options),
          in: workspace, build: .embedded(backend))
      )
    }

    /// Waits until the collector's kernel has everything and syslogd knows it.
    private func waitUntilAcknowledged(_ syslogd: Syslogd, _ count: Int) throws {
      try eventually("\(count) messages are acknowledged\n\(syslogd.log.suffix(3))", within: 30) {
        syslogd.process.send(SIGUSR1)
        return syslogd.log.contains { $0.contains("acknowledged \(count), waiting 0,") }
      }
    }

    /// Messages that are read; such that the collector's kernel alone has when it is killed; and such
    /// that come when it is back.
    private func die(
      _ collector: RsyslogCollector, _ syslogd: Syslogd, comesBack: ([Messages]) throws -> Void
    ) throws -> [Messages] {
      let all = [
        Messages(0..<100, run: "before"), Messages(0..<60, run: "during", size: 300),
        Messages(0..<20, run: "after"),
      ]
      try syslogd.send(all[0])
      try collector.wait(for: all[0])
      collector.process.send(SIGSTOP)
      try syslogd.send(all[1])
      try waitUntilAcknowledged(syslogd, 160)
      collector.crash()
      try collector.restart()
      try comesBack(all)
      try syslogd.send(all[2])
      try collector.wait(for: all[2])
      return all
    }

    @Test(
      "gets every message in the end, and copies that it can tell by their numbers",
      arguments: backends)
    func unread(backend: Backend?) throws {
      let (collector, syslogd) = try start(backend, ["--replay", "64K"])
      let all = try die(collector, syslogd) { try collector.wait(for: $0[1]) }
      let lines = collector.lines
      let kept = withoutCopies(lines)
      for messages in all { messages.expectDelivered(to: kept) }
      let numbers = kept.compactMap { number(in: $0) }
      #expect(numbers == Array(1...180))
      #expect(
        lines.count - kept.count == 100, "what it had read comes again, because it may not have")
      try waitUntilAcknowledged(syslogd, 180)
      #expect(syslogd.log.contains { $0.contains("replayed 160,") })
    }

    @Test("without it the same messages are lost")
    func without() throws {
      let (collector, syslogd) = try start(.openssl, [])
      let all = try die(collector, syslogd) { _ in }
      #expect(all[1].found(in: collector.lines).isEmpty)
      #expect(collector.lines.allSatisfy { number(in: $0) == nil })
    }

    @Test("messages that a client wrote in RFC 5424 have numbers beside its elements")
    func structured() throws {
      let (collector, syslogd) = try start(nil, ["--replay", "64K"])
      let socket = try syslogd.connect()
      let own = #"[meta sequenceId="77"][a@1 x="1"]"#
      for (number, data) in ["-", #"[a@1 x="1"]"#, own].enumerated() {
        try socket.send("<13>1 2026-01-02T03:04:05Z host app 7 - \(data) run a n=\(number) .")
      }
      try collector.wait(for: "n=2 .")
      collector.process.send(SIGSTOP)
      try socket.send("<13>1 2026-01-02T03:04:05Z host app 7 - - run a n=3 .")
      try waitUntilAcknowledged(syslogd, 4)
      collector.crash()
      try collector.restart()
      try collector.wait(for: "n=3 .")
      let header = "<13>1 2026-01-02T03:04:05Z host app 7 - "
      let wanted = [
        header + #"[meta sequenceId="1"] run a n=0 ."#,
        header + #"[meta sequenceId="2"][a@1 x="1"] run a n=1 ."#,
        header + own + " run a n=2 .",
        header + #"[meta sequenceId="3"] run a n=3 ."#,
      ]
      let lines = collector.lines
      #expect(Array(lines.prefix(3)) == Array(wanted.prefix(3)))
      #expect(Array(lines.suffix(4)) == wanted)
    }

    @Test(
      "a daemon that is ended while copies are unsent does not wait for them, nor count them lost")
    func ended() throws {
      let (collector, syslogd) = try start(.openssl, ["--replay", "64K"])
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      try waitUntilAcknowledged(syslogd, 100)
      collector.crash()
      try syslogd.waitToSay(["next attempt"], about: collector.port)
      syslogd.process.send(SIGTERM)
      _ = try syslogd.process.wait()
      #expect(!syslogd.log.contains { $0.contains("not delivered") })
    }

    @Test("a remote that takes over gets what the first one's kernel had, and numbers go on")
    func takenOver() throws {
      let first = try RsyslogCollector(inClearIn: workspace, name: "first")
      let second = try RsyslogCollector(inClearIn: workspace, name: "second")
      let syslogd = try Syslogd(
        ["-L"] + Remote.tcp(first.port, ["--replay", "64K"])
          + Remote.tcp(second.port, ["--failover"]),
        in: workspace, build: .withoutTLS)
      let all = Messages(0..<35)
      let socket = try syslogd.connect()
      try socket.send(Array(all.datagrams[..<10]))
      try first.wait(forLines: 10)
      first.process.send(SIGSTOP)
      try socket.send(Array(all.datagrams[10..<30]))
      try waitUntilAcknowledged(syslogd, 30)
      first.crash()
      try second.wait(forLines: 30)
      try socket.send(Array(all.datagrams[30...]))
      try second.wait(forLines: 35)
      let lines = second.lines
      all.expectDelivered(to: lines)
      #expect(lines.compactMap { number(in: $0) } == Array(1...35))
    }
  }
}
