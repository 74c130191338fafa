import Foundation
import Testing

extension Scenarios {
  @Suite("--failover: a second collector takes over") struct FailoverOfCollectors {
    let workspace = Workspace()

    /// Two collectors of their own names.
    private func collectors() throws -> (RsyslogCollector, RsyslogCollector, Identity) {
      let identity = try Certificates.shared().rsa
      return (
        try RsyslogCollector(.ossl, identity, in: workspace, name: "first"),
        try RsyslogCollector(.gtls, identity, in: workspace, name: "second"), identity
      )
    }

    private func arguments(
      _ first: RsyslogCollector, _ second: RsyslogCollector, _ identity: Identity,
      _ more: [String] = []
    ) -> [String] {
      ["-L"] + Remote.tls(first.port, pins: [identity.publicKey], ["--queue", "4M"] + more)
        + Remote.tls(second.port, pins: [identity.publicKey], ["--failover"])
    }

    private func takesOver(_ first: RsyslogCollector) -> Said {
      Said("SyslogIO.takesOver").with("other", "127.0.0.1:\(first.port)")
    }

    @Test(
      "while the first is away the second gets what it would have got, nothing is lost or sent twice",
      arguments: Backend.allCases)
    func takesTurns(backend: Backend) throws {
      let (first, second, identity) = try collectors()
      let syslogd = try Syslogd(
        arguments(first, second, identity), in: workspace, build: .embedded(backend))
      let all = Messages(0..<3_000)
      let socket = try syslogd.connect()
      try socket.send(Array(all.datagrams[..<1_000]))
      // Quiescent: nothing is unread in the process that dies.
      try first.wait(forLines: 1_000)
      #expect(syslogd.saysAboutRemote(second.port).isEmpty, "the second is left alone")
      first.crash()
      try socket.send(Array(all.datagrams[1_000..<2_000]))
      try second.wait(forLines: 1_000)
      #expect(takesOver(first).isIn(syslogd.saysAboutRemote(second.port).joined(separator: "\n")))
      // Both are away: what comes now waits for the one that is back first.
      second.crash()
      try socket.send(Array(all.datagrams[2_000...]))
      try second.restart()
      try second.wait(forLines: 2_000)
      all.expectDelivered(to: first.lines + second.lines)
    }

    @Test("the first is returned to when it is back and has stayed back")
    func returns() throws {
      let (first, second, identity) = try collectors()
      first.crash()
      let syslogd = try Syslogd(
        arguments(first, second, identity, ["--retry", "0.5:2"]), in: workspace)
      let socket = try syslogd.connect()
      var number = 0
      let all = Messages(0..<100_000)
      try socket.send(all.datagrams[0])
      try second.wait(forLines: 1)
      try first.restart()
      // Not before half a minute.
      let begin = ContinuousClock.now
      try eventually("the first is sent messages again", within: 90) {
        number += 1
        try socket.send(all.datagrams[number])
        return !first.lines.isEmpty
      }
      #expect(ContinuousClock.now - begin > .seconds(25))
      number += 1
      try socket.send(all.datagrams[number])
      let sent = Messages(0..<number + 1)
      try first.wait(for: sent.content(number))
      sent.expectDelivered(to: second.lines + first.lines)
      let said = syslogd.saysAboutRemote(first.port).joined(separator: "\n")
      #expect(Said("SyslogIO.takesOver").with("other", "127.0.0.1:\(second.port)").isIn(said))
    }

    @Test("a first one with a wrong key is sent nothing, and the second everything")
    func wrongKey() throws {
      let (first, second, identity) = try collectors()
      let stranger = try Certificates.shared().stranger
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(first.port, pins: [stranger.pin])
          + Remote.tls(second.port, pins: [identity.publicKey], ["--failover"]), in: workspace)
      let messages = Messages(0..<500)
      try syslogd.send(messages)
      try second.wait(for: messages)
      messages.expectDelivered(to: second.lines)
      #expect(first.lines.isEmpty)
      try syslogd.waitToSay([.pinMismatch], about: first.port)
    }

    @Test("in a rule the second stands behind the first; a changed rule loses nothing")
    func rules() throws {
      let (first, second, identity) = try collectors()
      func rule(_ collectors: [RsyslogCollector]) -> String {
        "*.*"
          + collectors.map { " @tls://127.0.0.1:\($0.port) pin=\(identity.publicKey)" }.joined()
          + "\n"
      }
      let file = try workspace.write(rule([first, second]), to: "rules")
      let syslogd = try Syslogd(["-f", file], in: workspace)
      let all = Messages(0..<4_000)
      let socket = try syslogd.connect()
      try socket.send(Array(all.datagrams[..<1_000]))
      try first.wait(forLines: 1_000)
      first.crash()
      try socket.send(Array(all.datagrams[1_000..<2_000]))
      try second.wait(forLines: 1_000)
      // The same again: the connection is kept.
      syslogd.process.send(SIGHUP)
      try socket.send(Array(all.datagrams[2_000..<2_500]))
      try second.wait(forLines: 1_500)
      #expect(syslogd.saysAboutRemote(second.port).count { Said.connected.isIn($0) } == 1)
      // Both away, then the second alone is configured.
      second.crash()
      try socket.send(Array(all.datagrams[2_500..<3_000]))
      try workspace.write(rule([second]), to: "rules")
      syslogd.process.send(SIGHUP)
      try syslogd.waitForLog(Said.configurationRead)
      try second.restart()
      try second.wait(forLines: 2_000)
      // And the other way round, with the first as the second.
      try first.restart()
      try workspace.write(rule([second, first]), to: "rules")
      syslogd.process.send(SIGHUP)
      try socket.send(Array(all.datagrams[3_000..<3_500]))
      try second.wait(forLines: 2_500)
      second.crash()
      try socket.send(Array(all.datagrams[3_500...]))
      try first.wait(forLines: 1_500)
      let lines = (first.lines + second.lines).filter { !$0.contains("syslogd") }
      #expect(Set(all.found(in: lines)) == Set(all.contents))
      #expect(all.found(in: lines).count == all.numbers.count)
    }
  }
}
