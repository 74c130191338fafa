import Foundation
import Testing

extension Scenarios {
  @Suite("A server with weak TLS, or without TLS, is refused with a clear reason")
  struct RefusedServers {
    /// An `openssl s_server` with weak settings. The reason contains one of `reasons`.
    struct Weak: Sendable, CustomStringConvertible {
      let description: String
      let restriction: [String]
      let reasons: [String]

      static let all = [
        Weak(
          description: "TLS 1.1 only", restriction: Restriction.tls11,
          // The second if the library has no TLS 1.3: see FailureMessages.
          reasons: ["protocol_version", "handshake_failure"]),
        Weak(
          description: "static RSA only", restriction: Restriction.staticRSA,
          reasons: ["handshake_failure"]),
        Weak(
          description: "CBC only", restriction: Restriction.cbc, reasons: ["handshake_failure"]),
      ]
    }

    /// A server that does not speak TLS. The reason contains one of `reasons`.
    struct Strange: Sendable, CustomStringConvertible {
      let description: String
      let behaviour: TCPListener.Behaviour
      let reasons: [String]

      static let all = [
        Strange(description: "closes", behaviour: .closing, reasons: ["closed", "ended", "reset"]),
        Strange(description: "resets", behaviour: .resetting, reasons: ["reset"]),
        Strange(
          description: "speaks SMTP", behaviour: .babbling,
          reasons: [Said.notTLS.description]),
        Strange(
          description: "accepts and never speaks", behaviour: .silent,
          reasons: [Said.handshakeTimedOut.description.replacing("7.0 s", with: "1.0 s")]),
        Strange(
          description: "never accepts", behaviour: .full, reasons: ["timed out"]),
      ]
    }

    let workspace = Workspace()

    @Test(
      "old TLS and the suites that RFC 9325 advises against (C1, C10, C11)", arguments: Weak.all,
      Backend.allCases)
    func weak(server weak: Weak, backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, weak.restriction)
      try expectRefusal(
        of: server.port, by: backend, pin: identity.pin, reasons: weak.reasons)
      #expect(server.received.isEmpty)
    }

    @Test("a server that does not speak TLS", arguments: Strange.all, Backend.allCases)
    func strange(server strange: Strange, backend: Backend) throws {
      let listener = try TCPListener(strange.behaviour)
      defer { listener.stop() }
      try expectRefusal(
        of: listener.port, by: backend, pin: try Certificates.shared().rsa.pin,
        reasons: strange.reasons)
    }

    @Test("a name that does not exist")
    func noSuchName() throws {
      let syslogd = try Syslogd(
        ["-L", "-R", "collector.invalid:6514", "-d", "--retry", "0.1:0.3"], in: workspace)
      try syslogd.waitForLog(.notResolved)
      try syslogd.send(Messages(0..<1, run: "local"))
      try syslogd.waitForLog("run local n=0")
    }

    /// Nothing is sent, not even over UDP (C3); the daemon keeps running and tries again.
    private func expectRefusal(
      of port: Int, by backend: Backend, pin: String, reasons: [String]
    ) throws {
      let udp = try UDPSink(port: port)
      let limits = ["--connect-timeout", "1", "--handshake-timeout", "1"]
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(port, pins: [pin], limits), in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<20))
      let said = try syslogd.waitToSay([.nextAttempt], about: port)
      #expect(reasons.contains { said.contains($0) }, "\(said)")
      #expect(said.contains("syslog.err"))
      try eventually("another attempt") {
        syslogd.saysAboutRemote(port).count { Said.nextAttempt.isIn($0) } >= 2
      }
      try syslogd.send(Messages(0..<1, run: "local"))
      try syslogd.waitForLog("run local n=0")
      #expect(udp.collect() == 0)
    }
  }
}
