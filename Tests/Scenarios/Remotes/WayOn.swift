import Foundation
import Testing

extension Scenarios {
  /// docs/onward.md: the files of docs/onward, started as they are.
  @Suite("The way on from the collector") struct WayOn {
    /// A relay, a store, and what goes wrong at first.
    struct Way: Sendable, CustomTestStringConvertible {
      let relay: OnwardSite.Relay
      let store: OnwardSite.Store
      var troubles: [OnwardSite.Trouble] = []

      var testDescription: String { "\(relay.rawValue) to \(store)" }

      static let all = [
        Way(relay: .rsyslog, store: .opensearch, troubles: [.itemRejected, .broken]),
        Way(relay: .rsyslog, store: .kafka),
        Way(relay: .syslogNG, store: .opensearch, troubles: [.unavailable, .broken]),
        Way(relay: .syslogNG, store: .loki, troubles: [.unavailable, .broken]),
        Way(relay: .syslogNG, store: .kafka),
      ]
    }

    let workspace = Workspace()

    @Test(
      "every message comes once, with its fields, to a store that is late and fails at first",
      arguments: Way.all)
    func everyMessage(way: Way) throws {
      let site = try OnwardSite(way.relay, to: way.store, in: workspace)
      try site.startRelay()
      let router = try site.router(["--hostname", "gw.example.net"])
      let socket = try router.connect()
      for special in Self.special { try socket.send(special.sent) }
      let first = Messages(0..<150)
      try router.send(first)
      try site.waitForFailedAttempt()
      try site.startStore(way.troubles)
      let second = Messages(150..<300)
      try router.send(second)

      let stored = try waitForMessages(Self.special.count + 300, at: site, [router])
      let numbered = stored.filter { $0.appname == "scenario" }
      #expect(numbered.map(\.message).sorted() == (first.contents + second.contents).sorted())
      #expect(
        Set(numbered.map { [$0.host, $0.facility, $0.severity, $0.procid ?? ""] })
          == [["gw.example.net", "user", "notice", "7"]])
      for special in Self.special { special.expect(in: stored, of: way.relay) }
      #expect(Set(site.refusals()) == (way.troubles.contains(.unavailable) ? ["503 busy"] : []))
    }

    @Test(
      "a router with a certificate is let in, and where one is demanded, only such a router",
      arguments: OnwardSite.Relay.allCases)
    func clients(relay: OnwardSite.Relay) throws {
      for variant in ["tls", "tls-clients"] {
        let workspace = Workspace()
        let site = try OnwardSite(relay, to: .opensearch, in: workspace)
        try site.startStore()
        try site.startRelay(variant)
        let stranger = try CertificateAuthority("elsewhere", in: workspace).issue("router")
        let identity = try site.authority.issue("router.example.net")
        let refused =
          try variant == "tls"
          ? []
          : [site.router(name: "none"), site.router(as: stranger, name: "stranger")]
        for router in refused { try router.send(Messages(0..<10, run: "refused")) }
        for router in refused {
          try eventually("a reason in the log\n\(router.log)") {
            router.log.contains { Said.nextAttempt.isIn($0) }
          }
        }
        let router = try site.router(as: identity)
        try router.send(Messages(0..<50, run: "welcome"))
        let stored = try waitForMessages(50, at: site, [router])
        Messages(0..<50, run: "welcome").expectDelivered(to: stored.map(\.message))
        #expect(stored.allSatisfy { $0.appname == "scenario" && !$0.message.contains("refused") })
      }
    }

    @Test("what OpenSearch refuses for good is in a file, and does not hold up the rest")
    func unfit() throws {
      let site = try OnwardSite(.rsyslog, to: .opensearch, in: workspace)
      try site.startStore([.itemUnfit])
      try site.startRelay()
      let router = try site.router()
      let messages = Messages(0..<100)
      try router.send(messages)
      let stored = try waitForMessages(99, at: site, [router])
      let file = "\(site.spool)/opensearch-refused"
      try eventually("one line in \(file)") { Lines.count(in: file) == 1 }
      let refused = Lines.of(file)
      let there = stored.map(\.message) + messages.contents.filter { refused[0].contains($0) }
      #expect(there.sorted() == messages.contents.sorted())
      #expect(refused[0].contains("mapper_parsing_exception"))
    }

    @Test("a bulk that OpenSearch refuses as a whole is not lost: it comes, or it is in a file")
    func unavailable() throws {
      let site = try OnwardSite(.rsyslog, to: .opensearch, in: workspace)
      try site.startStore([.unavailable])
      try site.startRelay()
      let router = try site.router()
      try router.send(Messages(0..<1, run: "first"))
      let content = Messages(0..<1, run: "first").content(0)
      let file = "\(site.spool)/opensearch-errors"
      try eventually("'\(content)' in the store or in \(file)") {
        try site.stored().contains { $0.message == content }
          || String(decoding: Child.bytes(of: file), as: UTF8.self).contains(content)
      }
      try router.send(Messages(0..<1, run: "second"))
      try eventually("the second message in the store\n\(site.process?.everything ?? "")") {
        try site.stored().contains { $0.message.contains("run second") }
      }
    }

    /// Waits until so many are there, and a little for one too many.
    private func waitForMessages(
      _ count: Int, at site: OnwardSite, _ routers: [Syslogd]
    ) throws -> [StoredMessage] {
      var stored: [StoredMessage] = []
      try eventually(
        "\(count) messages in the store, which has \(stored.count)\n\(site.refusals())\n"
          + "\(site.process?.everything ?? "")\n\(routers.map(\.log))", within: 60
      ) {
        stored = try site.stored()
        return stored.count >= count
      }
      try always("no more than \(count) messages", during: 1) {
        stored = try site.stored()
        return stored.count == count
      }
      return stored
    }
  }
}

extension Scenarios.WayOn {
  /// A message that is easily damaged on its way.
  struct Special {
    let sent: [UInt8]
    /// With the zone of UTC as +00:00.
    let wanted: StoredMessage
    /// Of a byte that is not UTF-8.
    var ofSyslogNG: String?

    func expect(in stored: [StoredMessage], of relay: OnwardSite.Relay) {
      var wanted = wanted
      if relay == .syslogNG, let ofSyslogNG { wanted.message = ofSyslogNG }
      let found = stored.filter { $0.msgid == wanted.msgid }.map { message in
        var message = message
        message.timestamp = message.timestamp.replacing("Z", with: "+00:00")
        return message
      }
      #expect(found == [wanted])
    }
  }

  static let special = [
    Special(
      sent: Array(
        (#"<134>1 2026-02-03T04:05:06.123456+05:30 core.example.net app 77 S1 "#
          + #"[exampleSDID@32473 iut="3" eventSource="Appl\"ication"][origin ip="192.0.2.1"] "#
          + "\u{FEFF}h\u{E9}llo \"quoted\" back\\slash\ttab").utf8),
      wanted: StoredMessage(
        timestamp: "2026-02-03T04:05:06.123456+05:30", host: "core.example.net",
        facility: "local0", severity: "info", appname: "app", procid: "77", msgid: "S1",
        message: "h\u{E9}llo \"quoted\" back\\slash\ttab",
        structuredData: [
          "exampleSDID@32473": ["iut": "3", "eventSource": "Appl\"ication"],
          "origin": ["ip": "192.0.2.1"],
        ])),
    Special(
      sent: Array("<27>1 2026-02-03T04:05:06.000042Z core - - S2 - one\ntwo \u{1B}[31m".utf8),
      wanted: StoredMessage(
        timestamp: "2026-02-03T04:05:06.000042+00:00", host: "core", facility: "daemon",
        severity: "err", appname: nil, procid: nil, msgid: "S2", message: "one\ntwo \u{1B}[31m",
        structuredData: nil)),
    Special(
      sent: Array("<0>1 2026-02-03T04:05:06.000042-08:00 core - - S3 - bad ".utf8) + [0xFF, 0xFE],
      wanted: StoredMessage(
        timestamp: "2026-02-03T04:05:06.000042-08:00", host: "core", facility: "kern",
        severity: "emerg", appname: nil, procid: nil, msgid: "S3", message: "bad ??",
        structuredData: nil), ofSyslogNG: #"bad \xff\xfe"#),
  ]
}
