import Foundation
import Testing

extension Scenarios {
  @Suite("Large messages, bursts, and a full queue") struct SizesAndBursts {
    let workspace = Workspace()

    @Test(
      "messages up to 8,192 bytes are sent whole; longer datagrams are cut at the end (T15, M4)",
      arguments: Backend.allCases)
    func sizes(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(server.port, pins: [identity.pin], ["--format", "raw"]), in: workspace,
        build: .embedded(backend))
      let socket = try syslogd.connect()
      let sent = [255, 256, 1_023, 1_024, 2_048, 8_191, 8_192, 8_193, 9_000].map { datagram($0) }
      for bytes in sent { try socket.send(bytes) }
      try socket.send("<13>the end")
      try server.wait(for: "<13>the end")
      let expected = sent.map { Array($0.prefix(8_192)) } + [Array("<13>the end".utf8)]
      #expect(try server.octetFrames().map(\.count) == expected.map(\.count))
      #expect(try server.octetFrames() == expected)
    }

    @Test("messages of 8,000 bytes reach rsyslog and syslog-ng as RFC 5424")
    func largeMessages() throws {
      let identity = try Certificates.shared().rsa
      let rsyslog = try RsyslogCollector(.gtls, identity, in: workspace)
      let syslogNG = try SyslogNGCollector(.syslog, identity, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(rsyslog.port, pins: [identity.pin], ["--queue", "2M"])
          + Remote.tls(syslogNG.port, pins: [identity.pin], ["--queue", "2M"]), in: workspace)
      let messages = Messages(0..<100, size: 8_000)
      try syslogd.send(messages)
      try rsyslog.wait(for: messages)
      try syslogNG.wait(for: messages)
      messages.expectDelivered(to: rsyslog.lines)
      messages.expectDelivered(to: syslogNG.lines)
    }

    @Test("truncated datagrams are counted")
    func truncationIsCounted() throws {
      let syslogd = try Syslogd([], in: workspace)
      let socket = try syslogd.connect()
      for _ in 0..<3 { try socket.send(datagram(9_000)) }
      try socket.send("<13>the end")
      try syslogd.waitForLog("the end")
      syslogd.process.send(SIGUSR1)
      try syslogd.waitForLog("truncated 3")
    }

    @Test(
      "100,000 messages arrive at rsyslog and syslog-ng without loss if the queues are large enough",
      arguments: Backend.allCases)
    func burst(backend: Backend) throws {
      let identity = try Certificates.shared().ecdsa
      let collectors: [any Collector] = [
        try RsyslogCollector(.ossl, identity, in: workspace),
        try SyslogNGCollector(.syslog, identity, in: workspace),
      ]
      let syslogd = try Syslogd(
        collectors.flatMap { Remote.tls($0.port, pins: [identity.pin], ["--queue", "64M"]) },
        in: workspace, build: .embedded(backend))
      let messages = Messages(0..<100_000)
      try syslogd.send(messages)
      for collector in collectors {
        try collector.wait(forLines: 100_000, within: 90)
        messages.expectDelivered(to: collector.lines)
      }
    }

    @Test(
      "a full queue keeps the most severe; the collector is told what was discarded, and when (M17)"
    )
    func mostSevereSurvive() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let begin = LostMessages.text(Date())
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(port, pins: [identity.pin], ["--queue", "17K", "--format", "raw"]),
        in: workspace)
      // 40 KB of debug for 17 KB of room, with an error every tenth message: 4 KB of those.
      let messages = Messages(0..<200, size: 170, priority: { $0 % 10 == 9 ? 11 : 15 })
      try syslogd.send(messages)
      try syslogd.waitForLog("n=199 ")
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      try collector.wait(for: messages.content(199))
      try collector.wait(for: Said.discardedForCollector.description)
      let lines = collector.lines
      let got = messages.found(in: lines)
      let errors = messages.numbers.filter { $0 % 10 == 9 }.map(messages.content)
      #expect(got.filter(Set(errors).contains) == errors, "every error, in order")
      #expect(got == messages.contents.filter(Set(got).contains), "in order, once")
      let notices = lines.filter { Said.discardedForCollector.isIn($0) }
      #expect(
        LostMessages.told(notices, since: begin) == messages.numbers.count - got.count)
      #expect(got.count > errors.count, "room was left for others")
    }

    private func datagram(_ length: Int) -> [UInt8] {
      let head = Array("<13>Jan  2 03:04:05 size[\(length)]: ".utf8)
      return head + (head.count..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
    }
  }
}
