import Foundation
import Testing

extension Scenarios {
  /// The libraries read the clock themselves, which says 1970 in all of these: what they believe is
  /// the time that they are given.
  @Suite("While the clock is below the clock floor, chains are validated at the floor")
  struct ClockFloorChains {
    private static let boot = 12
    private static let year = 365 * 86_400

    let workspace = Workspace()
    private let clock: TestClock
    /// The clock that certificates are made with.
    private let past: TestClock

    init() throws {
      clock = try TestClock(in: workspace)
      past = try TestClock(in: workspace, name: "maker")
      try clock.set(to: ClockFloorChains.boot, .synchronized)
    }

    @Test(
      "a certificate that is valid at the floor is accepted at boot (N1)",
      arguments: Backend.allCases)
    func valid(backend: Backend) throws {
      let authority = try issue(from: -86_400)
      let server = try OpenSSLServer(authority.server, in: workspace)
      let syslogd = try start(server, backend, ["--ca", authority.certificate])
      try syslogd.send(Messages(0..<3))
      try server.wait(for: "n=2 ")
      #expect(server.process.output.contains(#"isSynced="0""#))
    }

    @Test(
      "an expired certificate is refused, even if the clock is at a time when it was valid",
      arguments: Backend.allCases)
    func expired(backend: Backend) throws {
      let authority = try issue(from: -ClockFloorChains.year)
      let server = try OpenSSLServer(authority.server, in: workspace)
      try clock.set(to: Int(time(nil)) - ClockFloorChains.year + 86_400, .synchronized)
      let syslogd = try start(server, backend, ["--ca", authority.certificate])
      try syslogd.send(Messages(0..<3))
      let said = try syslogd.waitToSay([.expired], about: server.port)
      #expect(said.contains("\(Said.clockBeforeFloor)20"), "\(said)")
      #expect(said.contains("when \(authority.certificate) was written"), "what the floor is")
      try clock.set(to: ClockFloorChains.boot, .free)
      let refusals = count(of: .expired, syslogd, server)
      try eventually("it is refused in 1970, too") {
        count(of: .expired, syslogd, server) > refusals + 1
      }
      #expect(server.received.isEmpty)
    }

    @Test(
      "one that is valid only later is tried again within seconds until NTP has set the clock",
      arguments: Backend.allCases)
    func early(backend: Backend) throws {
      let authority = try issue(from: ClockFloorChains.year)
      let server = try OpenSSLServer(authority.server, in: workspace)
      let syslogd = try start(
        server, backend, ["--ca", authority.certificate, "--retry", "4:1500"])
      try syslogd.send(Messages(0..<3))
      try syslogd.waitToSay([.notYetValid], about: server.port)
      let said = try failAgain(20, syslogd, server)
      #expect(
        said.allSatisfy { Said.clockBeforeFloor.isIn($0) && $0.contains("at 1970-01-01 00:0") },
        "\(said)")
      #expect(said.allSatisfy { wait(in: $0) <= 12 }, "\(said)")
      #expect(said.last?.contains(" in a row)") == true)
      #expect(server.received.isEmpty)
      try clock.advance(by: ClockFloorChains.year + 86_400)
      syslogd.process.send(SIGHUP)
      try server.wait(for: "n=2 ")
    }

    @Test(
      "with a correct clock such a certificate is a failure like any other",
      arguments: Backend.allCases)
    func earlyByTheClock(backend: Backend) throws {
      try clock.setRight()
      let authority = try issue(from: ClockFloorChains.year)
      let server = try OpenSSLServer(authority.server, in: workspace)
      let syslogd = try start(
        server, backend, ["--ca", authority.certificate, "--retry", "4:1500"])
      try syslogd.send(Messages(0..<3))
      try syslogd.waitToSay([.notYetValid], about: server.port)
      let said = try failAgain(20, syslogd, server)
      #expect(wait(in: said.last ?? "") >= 1000, "\(said)")
      #expect(said.allSatisfy { !Said.clockBeforeFloor.isIn($0) })
    }

    @Test(
      "a pin works with any clock, and a wrong pin is a failure like any other",
      arguments: Backend.allCases)
    func pin(backend: Backend) throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.ecdsa, in: workspace)
      let pin = try workspace.write("\(identities.stranger.pin)\n", to: "pin")
      let syslogd = try start(server, backend, ["-c", pin, "--retry", "4:1500"])
      try syslogd.send(Messages(0..<3))
      try syslogd.waitToSay([.pinMismatch], about: server.port)
      let said = try failAgain(20, syslogd, server)
      #expect(wait(in: said.last ?? "") >= 1000, "\(said)")
      try workspace.write("\(identities.ecdsa.pin)\n", to: "pin")
      syslogd.process.send(SIGHUP)
      try server.wait(for: "n=2 ")
    }

    /// A SIGHUP is an attempt at once, and the backoff goes on from where it was: the failures of
    /// hours in a moment. Returns what was said of each.
    private func failAgain(
      _ times: Int, _ syslogd: Syslogd, _ server: OpenSSLServer
    ) throws -> [String] {
      let before = count(of: .nextAttempt, syslogd, server)
      for _ in 0..<times {
        let failures = count(of: .nextAttempt, syslogd, server)
        syslogd.process.send(SIGHUP)
        try eventually("a failure after the \(failures)") {
          count(of: .nextAttempt, syslogd, server) > failures
        }
      }
      let said = syslogd.saysAboutRemote(server.port).filter { Said.nextAttempt.isIn($0) }
      return Array(said.dropFirst(before))
    }

    /// The seconds in `next attempt in 8.0 s`; none are infinite.
    private func wait(in line: String) -> Double {
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "in"), place + 1 < words.count else {
        return .infinity
      }
      return Double(words[place + 1]) ?? .infinity
    }

    private func count(of sentence: Said, _ syslogd: Syslogd, _ server: OpenSSLServer) -> Int {
      syslogd.saysAboutRemote(server.port).count { sentence.isIn($0) }
    }

    private func start(
      _ server: OpenSSLServer, _ backend: Backend, _ more: [String]
    ) throws -> Syslogd {
      try Syslogd(
        ["-L", "-R", "127.0.0.1:\(server.port)", "-d", "--retry", "0.1:0.3"] + more,
        in: workspace, build: .embedded(backend), wrapper: clock.wrapper)
    }

    /// The certificates of an authority and of its server at 127.0.0.1, both valid for 30 days from
    /// `offset` seconds after now.
    private func issue(from offset: Int) throws -> (certificate: String, server: Identity) {
      try past.set(to: Int(time(nil)) + offset, .synchronized)
      let authority = try CertificateAuthority(
        "authority", key: .ecdsaP256, in: workspace, wrapper: past.wrapper)
      return (
        authority.certificate, try authority.issue("server", alternative: "IP:127.0.0.1")
      )
    }
  }
}
