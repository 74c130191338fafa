import Foundation
import Testing

extension Scenarios {
  /// The libraries read the clock themselves, which says 1970 in all of these: what they believe is
  /// the time that they are given.
  @Suite("A chain is judged at the clock floor while the clock is below it")
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
      "an expired one is refused, also while the clock stands in the days when it was valid",
      arguments: Backend.allCases)
    func expired(backend: Backend) throws {
      let authority = try issue(from: -ClockFloorChains.year)
      let server = try OpenSSLServer(authority.server, in: workspace)
      try clock.set(to: Int(time(nil)) - ClockFloorChains.year + 86_400, .synchronized)
      let syslogd = try start(server, backend, ["--ca", authority.certificate])
      try syslogd.send(Messages(0..<3))
      let said = try syslogd.waitToSay(["expired"], about: server.port)
      #expect(said.contains("; the clock stands at 20"), "\(said)")
      #expect(said.contains("when \(authority.certificate) was written"), "what the floor is")
      try clock.set(to: ClockFloorChains.boot, .free)
      let refusals = count(of: "expired", syslogd, server)
      try eventually("it is refused in 1970, too") {
        count(of: "expired", syslogd, server) > refusals + 1
      }
      #expect(server.received.isEmpty)
    }

    @Test(
      "one from after the floor is tried again within seconds, however often, until NTP arrives",
      arguments: Backend.allCases)
    func early(backend: Backend) throws {
      let authority = try issue(from: ClockFloorChains.year)
      let server = try OpenSSLServer(authority.server, in: workspace)
      let syslogd = try start(
        server, backend, ["--ca", authority.certificate, "--retry", "0.1:1500"])
      try syslogd.send(Messages(0..<3))
      try syslogd.waitToSay(["is valid from"], about: server.port)
      let said = try failAgain(20, syslogd, server)
      #expect(said.allSatisfy { $0.contains("; the clock stands at 1970-01-01 00:0") }, "\(said)")
      #expect(said.allSatisfy { wait(in: $0) <= 12 }, "\(said)")
      #expect(said.last?.contains(" in a row)") == true)
      #expect(server.received.isEmpty)
      try clock.advance(by: ClockFloorChains.year + 86_400)
      syslogd.process.send(SIGHUP)
      try server.wait(for: "n=2 ")
    }

    @Test(
      "with a clock that is right, such a one is waited for as for any other failure",
      arguments: Backend.allCases)
    func earlyByTheClock(backend: Backend) throws {
      try clock.setRight()
      let authority = try issue(from: ClockFloorChains.year)
      let server = try OpenSSLServer(authority.server, in: workspace)
      let syslogd = try start(
        server, backend, ["--ca", authority.certificate, "--retry", "0.1:1500"])
      try syslogd.send(Messages(0..<3))
      try syslogd.waitToSay(["is valid from"], about: server.port)
      let said = try failAgain(20, syslogd, server)
      #expect(wait(in: said.last ?? "") >= 1000, "\(said)")
      #expect(said.allSatisfy { !$0.contains("the clock stands at") })
    }

    @Test(
      "a pin works with any clock, and a wrong one is waited for as with any other",
      arguments: Backend.allCases)
    func pin(backend: Backend) throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.ecdsa, in: workspace)
      let pin = try workspace.write("\(identities.stranger.pin)\n", to: "pin")
      let syslogd = try start(server, backend, ["-c", pin, "--retry", "0.1:1500"])
      try syslogd.send(Messages(0..<3))
      try syslogd.waitToSay(["does not match"], about: server.port)
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
      let before = count(of: "next attempt in", syslogd, server)
      for _ in 0..<times {
        let failures = count(of: "next attempt in", syslogd, server)
        syslogd.process.send(SIGHUP)
        try eventually("a failure after the \(failures)") {
          count(of: "next attempt in", syslogd, server) > failures
        }
      }
      let said = syslogd.saysAboutRemote(server.port).filter { $0.contains("next attempt in") }
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

    private func count(of text: String, _ syslogd: Syslogd, _ server: OpenSSLServer) -> Int {
      syslogd.saysAboutRemote(server.port).count { $0.contains(text) }
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
