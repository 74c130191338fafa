import Foundation
import Testing

extension Scenarios {
  @Suite("A pin accepts the right collector only") struct Pinning {
    /// The ways to write a pin.
    enum Spelling: String, CaseIterable {
      case publicKeyFile, certificateFile, keyDigest, certificateDigest, fileOfDigests

      func pin(of identity: Identity, in workspace: Workspace) throws -> String {
        switch self {
        case .publicKeyFile: identity.publicKey
        case .certificateFile: identity.certificate
        case .keyDigest: identity.pin
        case .certificateDigest: identity.fingerprint
        case .fileOfDigests:
          try workspace.write("# the collector\n\n\(identity.pin)\n", to: "pins")
        }
      }
    }

    /// What a pin file holds that fails.
    enum Defect: String, CaseIterable {
      case absent, empty, garbage, truncated, directory

      func make(_ name: String, of identity: Identity, in workspace: Workspace) throws {
        switch self {
        case .absent: break
        case .empty: try workspace.write("", to: name)
        case .garbage: try workspace.write("\u{1}\u{2} no pin at all\n", to: name)
        case .truncated:
          let whole = try String(contentsOfFile: identity.publicKey, encoding: .utf8)
          try workspace.write(String(whole.prefix(whole.count / 2)), to: name)
        case .directory: _ = try workspace.folder(name)
        }
      }
    }

    let workspace = Workspace()

    @Test(
      "the right pin is accepted in each spelling", arguments: Spelling.allCases,
      Backend.allCases)
    func right(spelling: Spelling, backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let pin = try spelling.pin(of: identity, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(server.port, pins: [pin]), in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<3))
      try server.wait(for: "n=2 ")
    }

    @Test(
      "the second of several pins may match, as in a key rotation",
      arguments: Backend.allCases)
    func second(backend: Backend) throws {
      let identities = try Certificates.shared()
      let collector = try RsyslogCollector(.ossl, identities.rsa, in: workspace)
      let pins = [identities.stranger.publicKey, identities.rsa.publicKey]
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: pins), in: workspace, build: .embedded(backend))
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      try syslogd.waitToSay(["pin 2 matches"], about: collector.port)
    }

    @Test(
      "a wrong pin causes an alert and a log line with the server's key; no message arrives (T17)",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func wrong(version: [String], backend: Backend) throws {
      if version == Restriction.tls13 { try backend.requireTLS13() }
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.rsa, in: workspace, version)
      let udp = try UDPSink(port: server.port)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identities.stranger.pin]), in: workspace,
        build: .embedded(backend))
      try syslogd.send(Messages(0..<50))
      let said = try syslogd.waitToSay([.pinMismatch], about: server.port)
      #expect(said.contains(identities.rsa.pin), "the key that was seen")
      #expect(Said.pinMismatchInConfiguration.isIn(said), "where the expected key is written")
      try eventually("the alert at the server\n\(server.process.errors)") {
        server.process.errors.contains("alert bad certificate")
      }
      try eventually("three attempts") { attempts(syslogd, server.port) >= 3 }
      #expect(server.received.isEmpty)
      #expect(udp.collect() == 0)
      try expectLiving(syslogd)
    }

    @Test(
      "when a wrong pin file is corrected, queued messages arrive without a restart",
      arguments: Backend.allCases)
    func putRight(backend: Backend) throws {
      let identities = try Certificates.shared()
      let collector = try RsyslogCollector(.gtls, identities.ecdsa, in: workspace)
      let pin = try workspace.write("\(identities.stranger.pin)\n", to: "pin")
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [pin]), in: workspace, build: .embedded(backend))
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      let said = try syslogd.waitToSay([.pinMismatch], about: collector.port)
      #expect(said.contains(pin), "the file whose pin was expected")
      #expect(messages.found(in: collector.lines).isEmpty)
      try workspace.write("\(identities.ecdsa.pin)\n", to: "pin")
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
    }

    @Test(
      "a pin file that cannot be used fails closed, is named in the log, and is read again",
      arguments: Defect.allCases)
    func unusable(defect: Defect) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      try defect.make("pin", of: identity, in: workspace)
      let pin = workspace.file("pin")
      let syslogd = try Syslogd(["-L"] + Remote.tls(server.port, pins: [pin]), in: workspace)
      try syslogd.send(Messages(0..<20))
      try syslogd.waitToSay([pin], about: server.port)
      try eventually("three attempts") { attempts(syslogd, server.port) >= 3 }
      #expect(server.received.isEmpty)
      try expectLiving(syslogd)
      if defect == .directory { try FileManager.default.removeItem(atPath: pin) }
      try workspace.write("\(identity.pin)\n", to: "pin")
      try server.wait(for: "n=19 ")
    }

    @Test(
      "a pin that is no longer valid is refused on a resumed session, too (T13)",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func resumption(version: [String], backend: Backend) throws {
      if version == Restriction.tls13 { try backend.requireTLS13() }
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(
        identities.rsa, in: workspace, report: .session, version)
      let pin = try workspace.write("\(identities.rsa.pin)\n", to: "pin")
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [pin]), in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<1, run: "before"))
      try server.wait(for: "run before")
      try workspace.write("\(identities.stranger.pin)\n", to: "pin")
      server.process.type("q\n")
      try syslogd.waitToSay(["closed"], about: server.port)
      try syslogd.send(Messages(0..<1, run: "after"))
      try syslogd.waitToSay([.pinMismatch], about: server.port)
      try eventually("three attempts") { attempts(syslogd, server.port) >= 3 }
      #expect(!server.process.output.contains("run after"))
    }

    private func attempts(_ syslogd: Syslogd, _ port: Int) -> Int {
      syslogd.saysAboutRemote(port).count { Said.nextAttempt.isIn($0) }
    }

    private func expectLiving(_ syslogd: Syslogd) throws {
      try syslogd.send(Messages(0..<1, run: "local"))
      try syslogd.waitForLog("run local n=0")
      #expect(syslogd.process.isRunning)
    }
  }

  @Suite("Without a pin") struct WithoutPin {
    let workspace = Workspace()

    @Test("messages are encrypted to anybody, which is said once at the start (T24)")
    func warnedOnce() throws {
      let server = try OpenSSLServer(
        try Certificates.shared().rsa, in: workspace, report: .session)
      let syslogd = try Syslogd(["-L"] + Remote.tls(server.port), in: workspace)
      for round in 0..<3 {
        try syslogd.send(Messages(0..<1, run: "round\(round)"))
        try server.wait(for: "run round\(round)")
        server.process.type("q\n")
        try eventually("the connection is left") {
          syslogd.saysAboutRemote(server.port).count { Said.nextAttempt.isIn($0) } > round
        }
      }
      let warnings = syslogd.saysAboutRemote(server.port).filter { Said.anyPeer.isIn($0) }
      #expect(warnings.count == 1)
      #expect(warnings.allSatisfy { $0.contains("syslog.warn") })
    }
  }
}
