import Foundation
import Testing

extension Scenarios {
  @Suite("With --fips, TLS uses a FIPS provider or is refused") struct FIPS {
    let workspace = Workspace()

    @Test(
      "without a provider the remote is refused with one line; local log and UDP go on",
      arguments: FIPSProvider.broken)
    func refused(provider: FIPSProvider) throws {
      try expectRefusal(by: .openssl, wrapper: provider.wrapper())
    }

    @Test("a provider that appears later is used without a restart, and queued messages are sent")
    func later() throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let modules = try workspace.folder("ossl-modules")
      let syslogd = try Syslogd(
        ["-L", "--fips"] + Remote.tls(server.port, pins: [identity.pin]), in: workspace,
        wrapper: FIPSProvider.wrapper(
          configuration: FIPSProvider.active.configuration(), modules: modules))
      let messages = Messages(0..<20)
      try syslogd.send(messages)
      try expectAnotherAttempt(of: syslogd, server.port)
      // By rename: a module that is half there is one that was tampered with.
      try FileManager.default.copyItem(
        atPath: FIPSProvider.active.module(), toPath: workspace.file("fips.so"))
      try FileManager.default.moveItem(
        atPath: workspace.file("fips.so"), toPath: modules + "/fips.so")
      try server.wait(for: messages.content(19))
      messages.expectDelivered(
        to: try server.octetFrames().map { String(decoding: $0, as: UTF8.self) })
    }

    @Test("a product with the trait FIPS refuses without the option, too")
    func always() throws {
      let remote = ["--check", "-f", "/dev/null", "-R", "127.0.0.1:1", "-d"]
      for (provider, words) in [
        (FIPSProvider.absent, Said("BackendOpenSSL.noFIPSProvider").before(":").description),
        (FIPSProvider.active, "FIPS module OpenSSL FIPS Provider "),
      ] {
        let child = try Child(
          try provider.wrapper() + [try Programs.alwaysFIPS()] + remote, in: workspace,
          name: "always")
        _ = try child.wait()
        #expect(child.output.contains(words), "\(child.everything)")
      }
    }

    @Test(
      "Debian's GnuTLS, which is not built for FIPS, is refused, even with GNUTLS_FORCE_FIPS_MODE=1"
    )
    func refusedGnuTLS() throws {
      try expectRefusal(by: .gnutls, wrapper: ["env", "GNUTLS_FORCE_FIPS_MODE=1"])
    }

    @Test("Mbed TLS, which has no FIPS module, is refused at the start with one line")
    func refusedMbedTLS() throws {
      let child = try Child(
        [
          try Programs.embedded(.mbedtls), "-n", "--fips", "-R", "127.0.0.1:6514", "-d",
          "-p", workspace.file("socket"), "--pid-file", workspace.file("pid"),
        ], in: workspace, name: "mbedtls")
      #expect(try child.wait() == .exit(1))
      let lines = child.errors.split(separator: "\n")
      #expect(lines.count == 1 && lines.allSatisfy { $0.contains("--fips") }, "\(child.errors)")
      #expect(!FileManager.default.fileExists(atPath: workspace.file("socket")))
    }

    @Test(
      "with a provider, messages are sent with AES-GCM, and its name and version are logged",
      arguments: [Restriction.tls12, Restriction.tls13])
    func active(version: [String]) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, version)
      let syslogd = try start(Remote.tls(server.port, pins: [identity.pin]))
      let messages = Messages(0..<20)
      try syslogd.send(messages)
      try server.wait(for: messages.content(19))
      messages.expectDelivered(
        to: try server.octetFrames().map { String(decoding: $0, as: UTF8.self) })
      let said = try syslogd.waitToSay(["connected"], about: server.port)
      #expect(said.contains(#/AES_\d+_GCM/#), "\(said)")
      try syslogd.waitForLog("OpenSSL FIPS Provider ")
      #expect(syslogd.log.contains { $0.contains(#/OpenSSL FIPS Provider \d+\.\d+\.\d+/#) })
    }

    @Test(
      "the right pin is accepted in each spelling",
      arguments: Pinning.Spelling.allCases)
    func pins(spelling: Pinning.Spelling) throws {
      let identity = try Certificates.shared().ecdsa
      let server = try OpenSSLServer(identity, in: workspace)
      let pin = try spelling.pin(of: identity, in: workspace)
      let syslogd = try start(Remote.tls(server.port, pins: [pin]))
      try syslogd.send(Messages(0..<3))
      try server.wait(for: "n=2 ")
    }

    @Test("a SHA-1 fingerprint is no pin, though it is the right one (T11)")
    func weakPin() throws {
      let identity = try Certificates.shared().rsa
      let openssl = OpenSSLTool(workspace: workspace)
      let pin = "sha-1:" + (try openssl.fingerprint(of: identity.certificate, "-sha1"))
      let server = try OpenSSLServer(identity, in: workspace)
      let syslogd = try start(Remote.tls(server.port, pins: [pin]))
      try syslogd.send(Messages(0..<3, run: "fips"))
      let said = try syslogd.waitToSay([.nextAttempt], about: server.port)
      #expect(said.contains("FIPS: ") && said.contains("SHA-1"), "\(said)")
      try expectAnotherAttempt(of: syslogd, server.port)
      #expect(server.received.isEmpty)
      let other = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [pin]), in: workspace, name: "other")
      try other.send(Messages(0..<3, run: "other"))
      try server.wait(for: "run other n=2")
    }

    @Test("with --ca the provider also validates the chain (T5)")
    func chain() throws {
      let cast = try CertificateAuthority.Cast.shared()
      let server = try OpenSSLServer(cast.collector, in: workspace)
      let syslogd = try start(Remote.tls(server.port, cast.trust))
      try syslogd.send(Messages(0..<3))
      try server.wait(for: "n=2 ")
      let impostor = try OpenSSLServer(cast.otherName, in: workspace, name: "impostor")
      let other = try Syslogd(
        ["-L", "--fips"] + Remote.tls(impostor.port, cast.trust), in: workspace,
        wrapper: FIPSProvider.active.wrapper(), name: "other")
      try other.send(Messages(0..<3))
      try other.waitToSay([.nextAttempt], about: impostor.port)
      #expect(impostor.received.isEmpty)
    }

    @Test("--check says by its exit status and a reason whether there is a provider")
    func check() throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      for provider in FIPSProvider.allCases {
        let child = try check(
          .openssl, server, wrapper: provider.wrapper(), name: provider.rawValue)
        let isGood = provider == .active
        #expect(child.ending == .exit(isGood ? 0 : 1), "\(child.everything)")
        #expect(isGood != child.output.contains("FIPS: "), "\(child.everything)")
      }
      for backend in [Backend.gnutls, .mbedtls] {
        let child = try check(backend, server, wrapper: [], name: backend.rawValue)
        #expect(child.ending == .exit(1), "\(child.everything)")
        #expect(child.everything.contains(#/FIPS: .*FIPS/#), "\(child.everything)")
      }
      #expect(server.received.isEmpty)
    }

    private func check(
      _ backend: Backend, _ server: OpenSSLServer, wrapper: [String], name: String
    ) throws -> Child {
      let child = try Child(
        wrapper + [try Programs.embedded(backend), "--check", "--fips"]
          + Remote.tls(server.port, pins: [try Certificates.shared().rsa.pin]),
        in: workspace, name: name)
      try child.wait(within: 30)
      return child
    }

    @Test("a wrong pin is refused as without FIPS (T17)")
    func wrongPin() throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.rsa, in: workspace)
      let syslogd = try start(Remote.tls(server.port, pins: [identities.stranger.pin]))
      try syslogd.send(Messages(0..<3))
      let said = try syslogd.waitToSay([.pinMismatch], about: server.port)
      #expect(said.contains(identities.rsa.pin))
      #expect(server.received.isEmpty)
    }

    @Test(
      "a server without any algorithm that FIPS allows is refused", arguments: Unapproved.allCases)
    func unapproved(server unapproved: Unapproved) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, unapproved.restriction)
      let remote = Remote.tls(server.port, pins: [identity.pin])
      let syslogd = try start(remote)
      try syslogd.send(Messages(0..<3, run: "fips"))
      let said = try syslogd.waitToSay([.nextAttempt], about: server.port)
      #expect(said.contains("handshake_failure (40)"), "\(said)")
      try expectAnotherAttempt(of: syslogd, server.port)
      #expect(server.received.isEmpty)
      // It is FIPS that refuses it.
      let other = try Syslogd(["-L"] + remote, in: workspace, name: "other")
      try other.send(Messages(0..<3, run: "other"))
      try server.wait(for: "run other n=2")
    }

    /// What `openssl s_server` can be held to that is good TLS, and not FIPS's.
    enum Unapproved: String, CaseIterable, CustomTestStringConvertible {
      case onlyChaCha20OnTLS12, onlyChaCha20OnTLS13, onlyX25519OnTLS12, onlyX25519OnTLS13

      var testDescription: String { rawValue }

      var restriction: [String] {
        switch self {
        case .onlyChaCha20OnTLS12:
          Restriction.tls12 + ["-cipher", "ECDHE-RSA-CHACHA20-POLY1305"]
        case .onlyChaCha20OnTLS13:
          Restriction.tls13 + ["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"]
        case .onlyX25519OnTLS12: Restriction.tls12 + ["-groups", "X25519"]
        case .onlyX25519OnTLS13: Restriction.tls13 + ["-groups", "X25519"]
        }
      }
    }

    // MARK: Parts

    /// The OpenSSL product on a machine with the provider.
    private func start(_ arguments: [String]) throws -> Syslogd {
      try Syslogd(
        ["-L", "--fips"] + arguments, in: workspace, wrapper: FIPSProvider.active.wrapper())
    }

    /// The TLS remote does not even see a connection.
    private func expectRefusal(by backend: Backend, wrapper: [String]) throws {
      let listener = try TCPListener(.silent)
      defer { listener.stop() }
      let fallback = try UDPSink(port: listener.port)
      let udp = try UDPSink()
      let syslogd = try Syslogd(
        ["-L", "--fips", "-R", "127.0.0.1:\(udp.port)"]
          + Remote.tls(listener.port, pins: [try Certificates.shared().rsa.pin]),
        in: workspace, build: .embedded(backend), wrapper: wrapper)
      try syslogd.send(Messages(0..<20))
      let said = try syslogd.waitToSay([.nextAttempt], about: listener.port)
      #expect(said.contains("FIPS: "), "\(said)")
      try expectAnotherAttempt(of: syslogd, listener.port)
      try syslogd.waitForLog("n=19 ")
      try udp.wait(for: "n=19 ")
      #expect(listener.accepted == 0)
      #expect(fallback.collect() == 0)
    }

    private func expectAnotherAttempt(of syslogd: Syslogd, _ port: Int) throws {
      try eventually("another attempt") {
        syslogd.saysAboutRemote(port).count { Said.nextAttempt.isIn($0) } >= 2
      }
    }
  }
}
