import Foundation
import Testing

extension Scenarios {
  @Suite("Ordinary Swift does what Embedded Swift does") struct OrdinarySwift {
    let workspace = Workspace()

    @Test(
      "each build with TLS forwards to a pinned collector and refuses a stranger",
      arguments: Backend.allCases)
    func withTLS(backend: Backend) throws {
      let certificates = try Certificates.shared()
      let collector = try RsyslogCollector(.ossl, certificates.rsa, in: workspace)
      let stranger = try OpenSSLServer(certificates.ecdsa, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [certificates.rsa.pin])
          + Remote.tls(stranger.port, pins: [certificates.rsa.pin]),
        in: workspace, build: .ordinary(backend))
      let messages = Messages(0..<1000)
      try syslogd.send(messages)
      try collector.wait(for: messages.content(999))
      #expect(messages.found(in: collector.lines) == messages.contents)
      try eventually("the stranger is refused\n\(syslogd.log.joined(separator: "\n"))") {
        syslogd.saysAboutRemote(stranger.port).contains { $0.contains("does not match the pin") }
      }
      #expect(stranger.received.isEmpty)
    }

    @Test("the build without TLS logs and forwards over UDP")
    func withoutTLS() throws {
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace, build: .ordinaryWithoutTLS)
      try syslogd.connect().send("<13>ordinary")
      try syslogd.waitForLog("ordinary")
      try eventually("the datagram arrives") {
        sink.collect() > 0
      }
      #expect(sink.datagrams == [Array("<13>ordinary\n".utf8)])
    }
  }

  @Suite("A server that refuses late gets no messages lost") struct RefusedLate {
    let workspace = Workspace()

    @Test(
      "what a TLS 1.3 server threw away, because it wants a client certificate, still waits",
      arguments: Backend.allCases)
    func clientCertificate(backend: Backend) throws {
      try backend.requireTLS13()
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, ["-tls1_3", "-Verify", "1"])
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin], retry: "0.1:0.1"), in: workspace,
        build: .embedded(backend))
      let messages = Messages(0..<5)
      try syslogd.send(messages)
      try eventually("it was refused thrice\n\(syslogd.log.joined(separator: "\n"))") {
        syslogd.log.filter { $0.contains("certificate_required (116)") }.count >= 3
      }
      _ = try server.process.stop()
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: server.port)
      try collector.wait(for: messages.content(4))
      #expect(messages.found(in: collector.lines) == messages.contents)
    }
  }
}
