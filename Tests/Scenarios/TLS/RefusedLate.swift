import Foundation
import Testing

extension Scenarios {
  @Suite("A server that refuses the client after the handshake loses no message")
  struct RefusedLate {
    let workspace = Workspace()

    @Test(
      "messages that a TLS 1.3 server discarded are sent again",
      // The more fill more than half of the queue.
      arguments: Backend.allCases, [5, 250])
    func clientCertificate(backend: Backend, count: Int) throws {
      try backend.requireTLS13()
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, ["-tls1_3", "-Verify", "1"])
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin], retry: "0.1:0.1"), in: workspace,
        build: .embedded(backend))
      let messages = Messages(0..<count)
      try syslogd.send(messages)
      try eventually("it was refused thrice\n\(syslogd.log.joined(separator: "\n"))") {
        syslogd.log.filter { $0.contains("certificate_required (116)") }.count >= 3
      }
      _ = try server.process.stop()
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: server.port)
      try collector.wait(for: messages.content(count - 1))
      #expect(messages.found(in: collector.lines) == messages.contents)
    }
  }
}
