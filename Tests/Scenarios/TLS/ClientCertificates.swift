import Foundation
import Testing

extension Scenarios {
  @Suite("Collectors that demand a client certificate") struct ClientCertificates {
    /// Both ends' certificates, by the same authority.
    private struct Cast {
      let authority: CertificateAuthority
      let collector: Identity
      let router: Identity
      /// Of the same authority, with another name.
      let other: Identity
      /// Of another authority, with the right name.
      let stranger: Identity

      init(in workspace: Workspace) throws {
        authority = try CertificateAuthority("company", in: workspace)
        collector = try authority.issue("collector.example.net")
        router = try authority.issue("router.example.net")
        other = try authority.issue("other.example.net")
        stranger = try CertificateAuthority("elsewhere", in: workspace).issue("router.example.net")
      }

      /// `--ca` for the collector, and what the router shows.
      func remote(_ port: Int, as client: Identity?) -> [String] {
        ["-L", "-R", "127.0.0.1:\(port)", "-d", "--ca", authority.certificate, "--server-name"]
          + ["collector.example.net"]
          + (client.map { ["--cert", $0.certificate, "--key", $0.key] } ?? [])
      }
    }

    let workspace = Workspace()

    @Test(
      "rsyslog, x509/name: accepts only the client with the right name (T4, T19)",
      arguments: Backend.allCases, RsyslogCollector.Driver.allCases)
    func rsyslogName(backend: Backend, driver: RsyslogCollector.Driver) throws {
      let cast = try Cast(in: workspace)
      let collector = try RsyslogCollector(
        driver, cast.collector,
        clients: .named("router.example.net", authority: cast.authority.certificate),
        in: workspace)
      try expectDelivered(to: collector, as: cast.router, cast, backend)
      // The ossl driver looks at the name after the handshake, and when messages have come by then,
      // 8.2302 neither reads nor closes: there is nothing that a sender could be told.
      if driver == .gtls { try expectRefused(by: collector, as: cast.other, cast, backend) }
      try expectRefused(by: collector, as: cast.stranger, cast, backend)
      try expectRefused(by: collector, as: nil, cast, backend)
    }

    @Test(
      "rsyslog, x509/fingerprint: accepts only the client with the right certificate (T4, T18)",
      arguments: Backend.allCases, RsyslogCollector.Driver.allCases)
    func rsyslogFingerprint(backend: Backend, driver: RsyslogCollector.Driver) throws {
      let cast = try Cast(in: workspace)
      let collector = try RsyslogCollector(
        driver, cast.collector,
        clients: .fingerprint(
          cast.router.fingerprint, authority: cast.authority.certificate), in: workspace)
      try expectDelivered(to: collector, as: cast.router, cast, backend)
      // The ossl driver looks at the name after the handshake, and when messages have come by then,
      // 8.2302 neither reads nor closes: there is nothing that a sender could be told.
      if driver == .gtls { try expectRefused(by: collector, as: cast.other, cast, backend) }
      try expectRefused(by: collector, as: nil, cast, backend)
    }

    @Test(
      "syslog-ng, required-trusted: accepts only clients with a certificate of the authority (T4)",
      arguments: Backend.allCases, SyslogNGCollector.Source.allCases)
    func syslogNG(backend: Backend, source: SyslogNGCollector.Source) throws {
      let cast = try Cast(in: workspace)
      let collector = try SyslogNGCollector(
        source, cast.collector, clientsOf: cast.authority.certificate, in: workspace)
      let framing = source == .network ? ["--framing", "lf"] : []
      try expectDelivered(to: collector, as: cast.router, cast, backend, framing)
      try expectRefused(by: collector, as: cast.stranger, cast, backend, framing)
      try expectRefused(by: collector, as: nil, cast, backend, framing)
    }

    private func expectDelivered(
      to collector: any Collector, as client: Identity, _ cast: Cast, _ backend: Backend,
      _ options: [String] = []
    ) throws {
      let syslogd = try Syslogd(
        cast.remote(collector.port, as: client) + options, in: workspace,
        build: .embedded(backend), name: "welcome")
      let messages = Messages(0..<50)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      try syslogd.waitToSay(
        [.validCertificate(for: "collector.example.net")], about: collector.port)
      _ = try syslogd.process.stop()
    }

    /// Nothing of what it sends arrives, its log has the reason, and all of it counts as not
    /// delivered.
    private func expectRefused(
      by collector: any Collector, as client: Identity?, _ cast: Cast, _ backend: Backend,
      _ options: [String] = []
    ) throws {
      let before = collector.lines.count
      let syslogd = try Syslogd(
        cast.remote(collector.port, as: client) + options, in: workspace,
        build: .embedded(backend), name: "refused")
      try syslogd.send(Messages(1000..<1010))
      try eventually("a reason in the log\n\(syslogd.log)") {
        syslogd.log.contains {
          Said.nextAttempt.isIn($0) && $0.contains(Said.waiting(10))
        }
      }
      #expect(collector.lines.count == before)
      _ = try syslogd.process.stop()
    }
  }
}
