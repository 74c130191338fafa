import Foundation
import Testing

extension Scenarios {
  @Suite("2,000 failing handshakes leave nothing behind") struct FailingHandshakes {
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

    /// The smallest leak worth the name, an object of 16 bytes in each of 1,800 handshakes, is 28
    /// KB; a page or two more or less is the allocator's way of placing the same objects.
    private static let noiseKB = 24

    let workspace = Workspace()

    @Test("descriptors and memory are the same after the 200th and the 2,000th wrong pin")
    func wrongPin() throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.ecdsa, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(server.port, pins: [identities.stranger.pin], retry: "0.001:0.001"),
        in: workspace)
      try syslogd.send(Messages(0..<50))
      try expectSameFootprint(of: syslogd) {
        server.process.errors.components(separatedBy: "alert bad certificate").count - 1
      }
      #expect(server.received.isEmpty)
    }

    @Test(
      "and so they are when the server closes, resets or speaks no TLS",
      arguments: [TCPListener.Behaviour.closing, .resetting, .babbling])
    func brokenServer(behaviour: TCPListener.Behaviour) throws {
      let listener = try TCPListener(behaviour)
      defer { listener.stop() }
      let syslogd = try Syslogd(Remote.tls(listener.port, retry: "0.001:0.001"), in: workspace)
      try syslogd.send(Messages(0..<50))
      try expectSameFootprint(of: syslogd) { listener.accepted }
    }

    private func expectSameFootprint(of syslogd: Syslogd, attempts: () -> Int) throws {
      try eventually("200 attempts") { attempts() >= 200 }
      let early = Footprint(of: syslogd.process.pid)
      try eventually("2,000 attempts, now \(attempts())", within: 60) { attempts() >= 2_000 }
      let late = Footprint(of: syslogd.process.pid)
      #expect(late.descriptors == early.descriptors)
      #expect(
        late.residentKB <= early.residentKB + FailingHandshakes.noiseKB,
        "\(early.residentKB) KB became \(late.residentKB) KB")
      #expect(syslogd.process.isRunning)
    }
  }
}
