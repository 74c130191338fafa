import Foundation
import Testing

extension Scenarios {
  @Suite("Several remotes at once") struct SeveralRemotes {
    let workspace = Workspace()

    @Test("each gets what is its own, whatever becomes of the others")
    func independent() throws {
      let identities = try Certificates.shared()
      let rsyslog = try RsyslogCollector(.ossl, identities.rsa, in: workspace)
      let syslogNG = try SyslogNGCollector(.network, identities.ecdsa, in: workspace)
      let impostor = try OpenSSLServer(identities.rsa, in: workspace)
      let blackHole = try TCPListener(.silent)
      defer { blackHole.stop() }
      let udp = try UDPSink()
      // Options belong to the -R before them.
      let syslogd = try Syslogd(
        ["-L", "-R", "127.0.0.1:\(udp.port)"]
          + Remote.tls(impostor.port, pins: [identities.stranger.pin])
          + Remote.tls(rsyslog.port, pins: [identities.rsa.pin], ["--queue", "2M"])
          + Remote.tls(blackHole.port)
          + Remote.tls(try FreePort.next())
          + Remote.tls(
            syslogNG.port, pins: [identities.ecdsa.pin],
            ["--queue", "2M", "--framing", "lf", "--format", "3164"]), in: workspace)
      let messages = Messages(0..<2_000)
      try syslogd.send(messages)
      try rsyslog.wait(for: messages)
      try syslogNG.wait(for: messages)
      try udp.wait(for: messages.content(1_999))
      messages.expectDelivered(to: rsyslog.lines)
      messages.expectDelivered(to: syslogNG.lines)
      messages.expectDelivered(to: syslogd.log)
      #expect(udp.datagrams == messages.datagrams.map { Array($0.utf8) + [10] })
      #expect(impostor.received.isEmpty)
      let rfc5424 = rsyslog.lines.first { $0.contains("n=0 ") }
      let rfc3164 = syslogNG.lines.first { $0.contains("n=0 ") }
      #expect(rfc5424?.hasPrefix("<13>1 ") == true)
      #expect(
        rfc3164?.prefixMatch(of: #/<13>Jan  2 03:04:05 \S+ scenario\[7\]: run a n=0 /#) != nil)
    }

    @Test("a collector is found by IPv6 address and by name", arguments: ["::1", "localhost"])
    func addresses(host: String) throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      // localhost may be both: the address that refuses is passed over.
      let server = try OpenSSLServer(
        identity, in: workspace, host: host == "::1" ? "::1" : "127.0.0.1", port: port)
      let literal = host.contains(":") ? "[\(host)]" : host
      let syslogd = try Syslogd(
        ["-R", "\(literal):\(port)", "-d", "-c", identity.pin], in: workspace)
      try syslogd.send(Messages(0..<3))
      try server.wait(for: "n=2 ")
    }

    @Test("SIGHUP in the middle loses nothing, neither here nor there")
    func reload() throws {
      let identity = try Certificates.shared().ecdsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [identity.pin], ["--queue", "4M"]),
        in: workspace)
      let messages = Messages(0..<5_000)
      let socket = try syslogd.connect()
      for (number, datagram) in zip(messages.numbers, messages.datagrams) {
        try socket.send(datagram)
        if number % 500 == 250 { syslogd.process.send(SIGHUP) }
      }
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      messages.expectDelivered(to: syslogd.log)
    }
  }
}
