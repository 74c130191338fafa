import Foundation
import Testing

extension Scenarios {
  @Suite("Builds as ordinary Swift start, forward and refuse") struct OrdinarySwift {
    let workspace = Workspace()

    @Test(
      "each build with TLS forwards to a pinned collector and refuses another server",
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
        syslogd.saysAboutRemote(stranger.port).contains { Said.pinMismatch.isIn($0) }
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
}
