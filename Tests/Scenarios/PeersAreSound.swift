import Foundation
import Testing

extension Scenarios {
  /// Every peer, proven with another program's client: what fails here is not syslogd's fault.
  @Suite("The peers of these tests work, without syslogd") struct PeersAreSound {
    let workspace = Workspace()

    @Test(
      "rsyslog takes an octet-counted message from OpenSSL's client",
      arguments: RsyslogCollector.Driver.allCases)
    func rsyslog(driver: RsyslogCollector.Driver) throws {
      let collector = try RsyslogCollector(driver, try Certificates.shared().rsa, in: workspace)
      try sendWithOpenSSL("25 <13>1 - - - - - - peer-10", to: collector.port)
      try collector.wait(for: "peer-10")
      #expect(collector.lines == ["<13>1 - - - - - - peer-10"])
    }

    @Test("rsyslog takes a message that ends with LF from GnuTLS's client")
    func rsyslogLineFeed() throws {
      let collector = try RsyslogCollector(.ossl, try Certificates.shared().ecdsa, in: workspace)
      let client = try Child(
        ["gnutls-cli", "--no-ca-verification", "-p", "\(collector.port)", "127.0.0.1"],
        in: workspace, name: "gnutls-cli", input: .held)
      try eventually("a handshake\n\(client.everything)") {
        client.output.contains("Handshake was completed")
      }
      client.type("<13>Jan  2 03:04:05 x: peer-11\n")
      try collector.wait(for: "peer-11")
      #expect(collector.lines == ["<13>Jan  2 03:04:05 x: peer-11"])
    }

    @Test("syslog-ng's network() takes LF and its syslog() octet counting")
    func syslogNG() throws {
      let identity = try Certificates.shared().ecdsa
      let network = try SyslogNGCollector(.network, identity, in: workspace, name: "ng-lf")
      let syslog = try SyslogNGCollector(.syslog, identity, in: workspace, name: "ng-octet")
      try sendWithOpenSSL("<13>Jan  2 03:04:05 x: peer-12\n", to: network.port)
      try sendWithOpenSSL("25 <13>1 - - - - - - peer-13", to: syslog.port, name: "second")
      try network.wait(for: "peer-12")
      try syslog.wait(for: "peer-13")
      #expect(network.lines == ["<13>Jan  2 03:04:05 x: peer-12"])
      #expect(syslog.lines == ["<13>1 - - - - - - peer-13"])
    }

    @Test("s_server gives back the bytes that it decrypted, cut into frames")
    func openSSLServer() throws {
      let server = try OpenSSLServer(try Certificates.shared().rsa, in: workspace)
      try sendWithOpenSSL("7 peer-147 peer\n15", to: server.port)
      try server.wait(for: "15")
      #expect(try server.octetFrames() == [Array("peer-14".utf8), Array("peer\n15".utf8)])
    }

    @Test("gnutls-serv shows what it was sent, up to an LF, however many records it came in")
    func gnuTLSServer() throws {
      let server = try GnuTLSServer(try Certificates.shared().ecdsa, in: workspace)
      let long = String(repeating: "long ", count: 6_000)
      try sendWithOpenSSL("7 peer-19\(long)\nand\n", to: server.port)
      try sendWithOpenSSL("11 peer\n20\n", to: server.port, name: "second")
      try eventually("both messages\n\(server.process.errors)") {
        server.received.count == 30_025
      }
      let text = String(decoding: server.received, as: UTF8.self)
      #expect(text.contains("7 peer-19\(long)\nand\n") && text.contains("11 peer\n20\n"))
    }

    @Test("a TLS 1.1 server does speak TLS 1.1, to a client that accepts it")
    func oldServer() throws {
      let server = try OpenSSLServer(
        try Certificates.shared().rsa, in: workspace, Restriction.tls11)
      try sendWithOpenSSL(
        "peer-16", to: server.port, ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
      try server.wait(for: "peer-16")
    }

    @Test("BusyBox's syslogd forwards to a UDP sink")
    func busyBox() throws {
      let sink = try UDPSink()
      let busyBox = try BusyBoxSyslogd(["-R", "127.0.0.1:\(sink.port)"], in: workspace)
      try LogSocket(busyBox.logSocket).send("<13>Jan  2 03:04:05 x: peer-17")
      try sink.wait(for: "peer-17")
      #expect(sink.datagrams == [Array("<13>Jan  2 03:04:05 x: peer-17\n".utf8)])
    }

    @Test("a network namespace is separate, and the test can open sockets in it")
    func namespace() throws {
      let namespace = try NetworkNamespace(in: workspace)
      let sink = UDPSink(owning: try namespace.socket(.datagram, boundTo: "127.0.0.1"))
      let outside = try UDPSink(port: sink.port)
      let logger = try Child(
        namespace.wrapper + [
          "logger", "--server", "127.0.0.1", "--port", "\(sink.port)", "--udp", "peer-18",
        ], in: workspace, name: "logger")
      try logger.wait()
      try sink.wait(for: "peer-18")
      #expect(outside.collect() == 0)
    }

    private func sendWithOpenSSL(
      _ text: String, to port: Int, _ options: [String] = [], name: String = "s_client"
    ) throws {
      let client = try Child(
        ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-quiet"] + options,
        in: workspace, name: name, input: .held)
      client.type(text)
    }
  }
}
