import Foundation
import Testing

extension Scenarios {
  @Suite("Thousands of failing handshakes leave nothing behind") struct FailingHandshakes {
    /// What a process holds: the most of several looks, because an attempt may be under way.
    struct Footprint {
      var descriptors = 0
      var residentKB = 0

      init(of pid: pid_t) {
        for _ in 0..<50 {
          descriptors = max(descriptors, Descriptors.numbers(of: pid).count)
          residentKB = max(residentKB, Descriptors.residentKB(of: pid))
          usleep(2_000)
        }
      }
    }

    /// What the allocator may take while it finds places for the same objects over and over: seen
    /// are 60 KB until about the 1,700th handshake. A leak of one TLS session would be 10 MB.
    private static let settlingKB = 96
    /// What may come in 1,000 more once that is over: seen are 8 KB. It is 16 bytes per handshake
    /// at the most.
    private static let settledKB = 16

    let workspace = Workspace()

    @Test(
      "descriptors and memory are the same after the 200th and the 2,000th wrong pin",
      arguments: Backend.allCases)
    func wrongPin(backend: Backend) throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.ecdsa, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(server.port, pins: [identities.stranger.pin], retry: "0.001:0.001"),
        in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<50))
      try expectSameFootprint(of: syslogd, after: 200, 2_000, 3_000) {
        server.process.errors.components(separatedBy: "alert bad certificate").count - 1
      }
      #expect(server.received.isEmpty)
    }

    @Test(
      "and so they are after the 100th and the 1,000th server that closes, resets or speaks no TLS",
      arguments: [TCPListener.Behaviour.closing, .resetting, .babbling], Backend.allCases)
    func brokenServer(behaviour: TCPListener.Behaviour, backend: Backend) throws {
      let listener = try TCPListener(behaviour)
      defer { listener.stop() }
      let syslogd = try Syslogd(
        Remote.tls(listener.port, retry: "0.001:0.001"), in: workspace,
        build: .embedded(backend))
      try syslogd.send(Messages(0..<50))
      try expectSameFootprint(of: syslogd, after: 100, 1_000, 2_000) { listener.accepted }
    }

    private func expectSameFootprint(
      of syslogd: Syslogd, after first: Int, _ second: Int, _ third: Int, attempts: () -> Int
    ) throws {
      func look(after count: Int) throws -> Footprint {
        try eventually("\(count) attempts, now \(attempts())", within: 60) { attempts() >= count }
        return Footprint(of: syslogd.process.pid)
      }
      let early = try look(after: first)
      let late = try look(after: second)
      let later = try look(after: third)
      // One more or less: the socket of an attempt that was under way, or was not.
      #expect(abs(late.descriptors - early.descriptors) <= 1)
      #expect(abs(later.descriptors - early.descriptors) <= 1)
      let grown = "\(early.residentKB), \(late.residentKB), \(later.residentKB) KB"
      #expect(late.residentKB <= early.residentKB + FailingHandshakes.settlingKB, "\(grown)")
      #expect(later.residentKB <= late.residentKB + FailingHandshakes.settledKB, "\(grown)")
      #expect(syslogd.process.isRunning)
    }
  }
}
