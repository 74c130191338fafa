import Foundation
import Testing

extension Scenarios {
  @Suite("10,000 messages reach every collector over TLS whole, in order, once")
  struct TLSDelivery {
    /// A collector, how it is held to a TLS version, and what syslogd is told about it.
    enum Peer: String, CaseIterable {
      case rsyslogGnuTLSWithRSA
      case rsyslogGnuTLSWithECDSAOnTLS12
      case rsyslogOpenSSLWithECDSA
      case rsyslogOpenSSLWithRSAOnTLS12
      case syslogNGNetworkRFC5424WithRSA
      case syslogNGNetworkRawWithECDSAOnTLS12
      case syslogNGSyslogWithECDSA

      var version: String { rawValue.hasSuffix("TLS12") ? "TLSv1.2" : "TLSv1.3" }
      var identity: Identity {
        get throws {
          let all = try Certificates.shared()
          return rawValue.contains("RSA") ? all.rsa : all.ecdsa
        }
      }
      var options: [String] {
        switch self {
        case .syslogNGNetworkRFC5424WithRSA: ["--framing", "lf"]
        case .syslogNGNetworkRawWithECDSAOnTLS12: ["--framing", "lf", "--format", "raw"]
        default: []
        }
      }

      func start(in workspace: Workspace) throws -> any Collector {
        let identity = try identity
        return switch self {
        case .rsyslogGnuTLSWithRSA:
          // Its own default stops at TLS 1.2.
          try RsyslogCollector(.gtls, identity, in: workspace, tls: "NORMAL")
        case .rsyslogGnuTLSWithECDSAOnTLS12:
          try RsyslogCollector(
            .gtls, identity, in: workspace, tls: "NORMAL:-VERS-ALL:+VERS-TLS1.2")
        case .rsyslogOpenSSLWithECDSA: try RsyslogCollector(.ossl, identity, in: workspace)
        case .rsyslogOpenSSLWithRSAOnTLS12:
          try RsyslogCollector(.ossl, identity, in: workspace, tls: "MaxProtocol=TLSv1.2")
        case .syslogNGNetworkRFC5424WithRSA:
          try SyslogNGCollector(.network, identity, in: workspace)
        case .syslogNGNetworkRawWithECDSAOnTLS12:
          try SyslogNGCollector(.network, identity, in: workspace, options: "no-tlsv13")
        case .syslogNGSyslogWithECDSA: try SyslogNGCollector(.syslog, identity, in: workspace)
        }
      }
    }

    let workspace = Workspace()

    @Test("a pinned collector gets every message (T14, M1)", arguments: Peer.allCases)
    func everyMessage(peer: Peer) throws {
      let collector = try peer.start(in: workspace)
      let syslogd = try Syslogd(
        ["-L"]
          + Remote.tls(
            collector.port, pins: [try peer.identity.publicKey],
            ["--queue", "8M"] + peer.options), in: workspace)
      let messages = Messages(0..<10_000)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      messages.expectDelivered(to: syslogd.log)
      try expectFormat(of: collector.lines, messages, isRaw: peer.options.contains("raw"))
      let said = try syslogd.waitToSay(["connected"], about: collector.port)
      #expect(said.contains(" \(peer.version) ") && said.contains("pin 1 matches"), "\(said)")
      try syslogd.process.stop()
    }

    private func expectFormat(of lines: [String], _ messages: Messages, isRaw: Bool) throws {
      let mine = lines.filter { $0.contains("run a n=") }
      if isRaw {
        #expect(mine == messages.datagrams)
        return
      }
      let header =
        #/<13>1 \d{4}-01-02T03:04:05(\.\d+)?(Z|[+-]\d\d:\d\d) \S+ scenario 7 - (-|\[[^\]]+\]) run a n=/#
      let strange = mine.first { $0.prefixMatch(of: header) == nil }
      #expect(strange == nil, "not an RFC 5424 message")
    }
  }
}
