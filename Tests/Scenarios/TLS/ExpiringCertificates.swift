import Foundation
import Testing

extension Scenarios {
  @Suite("A certificate that expires soon") struct ExpiringCertificates {
    let workspace = Workspace()
    private var file: String { workspace.file("syslogd.prom") }

    private func identity(days: Int) throws -> Identity {
      let openssl = OpenSSLTool(workspace: workspace)
      try openssl.make(
        "soon", commonName: "collector.example.net", key: .ecdsaP256, ["-days", "\(days)"])
      return try openssl.identity("soon")
    }

    private func warnings(_ syslogd: Syslogd) -> [String] {
      syslogd.log.filter { $0.contains(" expires at ") }
    }

    @Test(
      "the log warns of it at the connection and then once for each threshold, also while connected",
      arguments: Backend.allCases)
    func thresholds(backend: Backend) throws {
      let clock = try TestClock(in: workspace)
      try clock.setRight()
      let identity = try identity(days: 40)
      let server = try OpenSSLServer(identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L", "--stats", file] + Remote.tls(server.port, pins: [identity.pin]), in: workspace,
        build: .embedded(backend), wrapper: clock.wrapper)
      let socket = try syslogd.connect()
      try socket.send("<13>first")
      try server.wait(for: "first")
      let end = try syslogd.waitForStatistics(file, "the date") {
        $0["certificate_not_after_seconds", server.port, "tls", ",owner=\"server\""] != nil
      }["certificate_not_after_seconds", server.port, "tls", ",owner=\"server\""]
      #expect(abs((end ?? 0) - Date().timeIntervalSince1970 - 40 * 86_400) < 600)
      #expect(warnings(syslogd).isEmpty)
      for (run, (days, left)) in [(11, 28), (12, 28), (34, 5), (35, 5), (40, 0)].enumerated() {
        try clock.run(for: days * 86_400 - 3600)
        try socket.send("<13>run \(run)")
        try server.wait(for: "run \(run)")
        let isRepeated = run == 1 || run == 3
        let count = [1, 1, 2, 2, 3][run]
        try eventually("\(count) warnings\n\(syslogd.log.joined(separator: "\n"))") {
          warnings(syslogd).count >= count
        }
        #expect(warnings(syslogd).count == count)
        if !isRepeated {
          let said = "the server's certificate of 'collector.example.net' expires at "
          #expect(warnings(syslogd).last?.contains(said) == true)
          let isRight = (left...left + 1).contains {
            warnings(syslogd).last?.hasSuffix(", days left: \($0)") == true
          }
          #expect(isRight, "\(warnings(syslogd))")
        }
      }
    }

    @Test("nobody is warned by a clock that is known to be wrong")
    func wrongClock() throws {
      let clock = try TestClock(in: workspace)
      try clock.setRight()
      let identity = try identity(days: 5)
      let server = try OpenSSLServer(identity, in: workspace)
      let state = try workspace.write("", to: "state")
      // Written in 2040, and so the clock is behind.
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 2_208_988_800)], ofItemAtPath: state)
      let remote = Remote.tls(server.port, pins: [identity.pin])
      let wrong = try Syslogd(
        ["-L", "--state", state] + remote, in: workspace, wrapper: clock.wrapper)
      try wrong.connect().send("<13>first")
      try server.wait(for: "first")
      #expect(warnings(wrong).isEmpty)
      try wrong.process.stop()
      let right = try Syslogd(
        ["-L"] + remote, in: workspace, wrapper: clock.wrapper, name: "second")
      try right.waitForLog("expires at ")
    }

    @Test("the client's own certificate is warned of, too", arguments: Backend.allCases)
    func client(backend: Backend) throws {
      let own = try identity(days: 5)
      let certificates = try Certificates.shared()
      let server = try OpenSSLServer(certificates.rsa, in: workspace)
      let syslogd = try Syslogd(
        ["-L", "--stats", file]
          + Remote.tls(
            server.port, pins: [certificates.rsa.pin],
            ["--cert", own.certificate, "--key", own.key]),
        in: workspace, build: .embedded(backend))
      try syslogd.waitForLog("the client certificate of 'collector.example.net' expires at ")
      #expect(warnings(syslogd).count == 1)
      // The server's is known once it was accepted.
      let report = try syslogd.waitForStatistics(file, "the dates") {
        $0["certificate_not_after_seconds", server.port, "tls", ",owner=\"server\""] != nil
      }
      let ends = ["client", "server"].map {
        report["certificate_not_after_seconds", server.port, "tls", ",owner=\"\($0)\""] ?? 0
      }
      #expect(ends[0] < ends[1])
    }
  }
}
