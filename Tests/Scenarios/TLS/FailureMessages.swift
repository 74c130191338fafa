import Foundation
import Testing

extension Scenarios {
  /// rsyslog's drivers report the same failure in different words. Here the log does not depend on
  /// the TLS library.
  @Suite("Every product reports the same failure in the same words") struct FailureMessages {
    /// What is wrong with the server.
    enum Story: String, CaseIterable, CustomTestStringConvertible {
      case wrongPinOnTLS12, wrongPinOnTLS13, certificateAsPinIsAnother
      case onlyTLS11, onlyStaticRSA, onlyCBC, onlyAnotherGroup
      case wantsCertificateOnTLS12, wantsCertificateOnTLS13
      case speaksSMTP, neverSpeaks, refusesConnections

      var testDescription: String { rawValue }

      var needsTLS13: Bool { rawValue.hasSuffix("TLS13") }

      /// The expected message. `identity` is the server's.
      func sentence(_ identity: Identity) -> String {
        let said: Said =
          switch self {
          case .wrongPinOnTLS12, .wrongPinOnTLS13:
            .pinMismatchInConfiguration.with("key", identity.pin)
          case .certificateAsPinIsAnother:
            .certificateMismatchInConfiguration.with("key", identity.pin)
              .with("certificate", identity.fingerprint)
          case .onlyTLS11: Said("TLSBackend.received 70")
          case .onlyStaticRSA, .onlyCBC, .onlyAnotherGroup, .wantsCertificateOnTLS12:
            Said("TLSBackend.received 40")
          case .wantsCertificateOnTLS13: Said("TLSBackend.received 116")
          case .speaksSMTP: .notTLS
          case .neverSpeaks: .handshakeTimedOut
          case .refusesConnections:
            Said("SyslogIO.failed connect").with("cause", "Connection refused")
          }
        return said.description.replacing("7.0 s", with: "1.0 s")
      }
    }

    let workspace = Workspace()

    @Test("a wrong pin, a weak server, no TLS at all (T17, C1, C10)", arguments: Story.allCases)
    func same(story: Story) throws {
      let identity = try Certificates.shared().rsa
      let port = try start(story)
      for backend in Backend.allCases {
        let library = try backend.library()
        if story.needsTLS13 && !library.hasTLS13 { continue }
        let said = try sentence(backend, story, port)
        #expect(said == expected(story, identity, library), "\(library)")
      }
    }

    private func expected(
      _ story: Story, _ identity: Identity, _ library: Backend.Library
    ) -> String {
      // A ClientHello without TLS 1.3 has no list of versions. OpenSSL's server with TLS 1.1 alone
      // then chooses TLS 1.1 and finds no common cipher suite.
      let story: Story = story == .onlyTLS11 && !library.hasTLS13 ? .onlyStaticRSA : story
      return story.sentence(identity)
    }

    /// The first message about the server, without the part that lists what was offered.
    private func sentence(_ backend: Backend, _ story: Story, _ port: Int) throws -> String {
      let certificates = try Certificates.shared()
      let pin =
        switch story {
        case .wrongPinOnTLS12, .wrongPinOnTLS13: certificates.stranger.pin
        case .certificateAsPinIsAnother: certificates.stranger.fingerprint
        default: certificates.rsa.pin
        }
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(port, pins: [pin], retry: "60", ["--handshake-timeout", "1"]),
        in: workspace, build: .embedded(backend), name: "\(backend.rawValue)-\(story.rawValue)")
      try syslogd.send(Messages(0..<5))
      let said = try syslogd.waitToSay([.nextAttempt], about: port)
      try syslogd.process.stop()
      let words = said.firstMatch(
        of: #/syslog.err syslogd: remote \S+: (.*?)(; offered .*)?; next attempt in/#)
      return String(words?.1 ?? "no sentence in: \(said)")
    }

    /// Starts the server and returns its port.
    private func start(_ story: Story) throws -> Int {
      let identity = try Certificates.shared().rsa
      let restriction: [String]? =
        switch story {
        case .wrongPinOnTLS12, .certificateAsPinIsAnother: Restriction.tls12
        case .wrongPinOnTLS13: Restriction.tls13
        case .onlyTLS11: Restriction.tls11
        case .onlyStaticRSA: Restriction.staticRSA
        case .onlyCBC: Restriction.cbc
        case .onlyAnotherGroup: Restriction.tls12 + ["-groups", "P-521"]
        case .wantsCertificateOnTLS12: Restriction.tls12 + ["-Verify", "1"]
        case .wantsCertificateOnTLS13: Restriction.tls13 + ["-Verify", "1"]
        case .speaksSMTP, .neverSpeaks, .refusesConnections: nil
        }
      if let restriction { return try OpenSSLServer(identity, in: workspace, restriction).port }
      if story == .refusesConnections { return try FreePort.next() }
      let listener = try TCPListener(story == .speaksSMTP ? .babbling : .silent)
      workspace.atEnd { listener.stop() }
      return listener.port
    }
  }
}
