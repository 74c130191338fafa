import Foundation
import Testing

extension Scenarios {
  @Suite("SIGTERM ends the daemon") struct Termination {
    let workspace = Workspace()

    @Test(
      "all queued messages are sent, then close_notify ends the connection (T16)",
      arguments: RsyslogCollector.Driver.allCases, Backend.allCases)
    func flushed(driver: RsyslogCollector.Driver, backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(driver, identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [identity.pin], ["--queue", "4M"]),
        in: workspace, build: .embedded(backend))
      let messages = Messages(0..<5_000)
      try syslogd.send(messages)
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      try collector.process.stop()
      // How rsyslog's two drivers report an end without close_notify.
      #expect(!collector.process.errors.contains("unexpected eof"))
      #expect(!collector.process.errors.contains("non-properly terminated"))
    }

    @Test(
      "OpenSSL's server sees close_notify, not a broken connection (T16)",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func closeNotify(version: [String], backend: Backend) throws {
      if version == Restriction.tls13 { try backend.requireTLS13() }
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, report: .session, version)
      let syslogd = try Syslogd(
        Remote.tls(server.port, pins: [identity.pin]), in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<1))
      try server.wait(for: "n=0 ")
      try syslogd.process.stop()
      try eventually("the end at the server\n\(server.process.everything)") {
        // OpenSSL prints DONE for close_notify and ERROR for an end without it.
        server.process.output.contains("DONE")
      }
      #expect(!server.process.everything.contains("ERROR"), "\(server.process.everything)")
    }

    @Test("what is in the socket is still logged, even if a collector has stopped reading")
    func stuck() throws {
      let collector = try TCPListener(.silent)
      defer { collector.stop() }
      let syslogd = try Syslogd(
        ["-L", "-R", "127.0.0.1:\(collector.port)", "--tcp"], in: workspace)
      // Enough for both kernels' buffers and the queue.
      try syslogd.send(Messages(0..<8_000, run: "large", size: 2_000))
      try syslogd.waitForLog("n=7999 ")
      syslogd.process.send(SIGSTOP)
      let last = Messages(0..<8, run: "last")
      try syslogd.send(last)
      syslogd.process.send(SIGTERM)
      syslogd.process.send(SIGCONT)
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(last.found(in: syslogd.log).count == 8)
    }

    @Test("an unreachable collector does not delay the exit")
    func nothingToWaitFor() throws {
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(try FreePort.next(), retry: "60"), in: workspace)
      try syslogd.send(Messages(0..<10))
      try syslogd.waitForLog("n=9 ")
      let start = ContinuousClock.now
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(ContinuousClock.now - start < .seconds(2))
    }
  }
}
