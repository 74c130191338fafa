import Foundation
import Testing

extension Scenarios {
  @Suite("--check connects to a TLS remote and prints what it found") struct CheckConnects {
    /// What is wrong with the other end, and the words for it.
    enum Defect: String, CaseIterable {
      case absent, babbling, silent, unresolvable

      var words: String {
        switch self {
        case .absent: "cannot connect: Connection refused"
        case .babbling: Said.notTLS.description
        case .silent: Said.handshakeTimedOut.description.replacing("7.0 s", with: "0.5 s")
        case .unresolvable: Said.notResolved.description
        }
      }
    }

    let workspace = Workspace()

    @Test(
      "the right pin gives exit status 0 and 80 columns of ASCII, and no message is sent",
      arguments: Backend.allCases)
    func right(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let check = try Check(
        ["-R", "127.0.0.1:\(server.port)", "-d", "-c", identity.pin], backend, in: workspace)
      #expect(check.ending == .exit(0))
      #expect(check.verdict == "remote 127.0.0.1:\(server.port): ok")
      #expect(check.said.contains("\n  connected   127.0.0.1 port \(server.port)\n"))
      #expect(check.words.contains("resumption: never used"))
      #expect(check.said.contains("\n  pin         ok: pin 1 matches\n"))
      #expect(check.words.contains("'collector.example.net' issued by 'collector.example.net'"))
      #expect(check.lines.allSatisfy { $0.utf8.count <= 80 })
      #expect(check.said.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
      #expect(server.received.isEmpty)
    }

    @Test(
      "a wrong pin gives exit status 1, its place and the server's pins, which all work",
      arguments: Backend.allCases)
    func wrong(backend: Backend) throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.ecdsa, in: workspace)
      let file = try workspace.write("\(identities.stranger.pin)\n", to: "pins")
      let remote = ["-R", "127.0.0.1:\(server.port)", "-d"]
      let check = try Check(remote + ["-c", file], backend, in: workspace)
      #expect(check.ending == .exit(1))
      let mismatch = Said.pinMismatch.with("key", identities.ecdsa.pin).with("source", file)
      #expect(check.verdict == "remote 127.0.0.1:\(server.port): \(mismatch)")
      #expect(check.said.contains("  pin         FAILED: "))
      #expect(server.received.isEmpty)
      let pins = check.lines.filter { $0.hasPrefix("    sha") }.map { $0.dropFirst(4) }
      #expect(pins.count == 3)
      #expect(pins.first.map(String.init) == identities.ecdsa.pin)
      for pin in pins {
        let again = try Check(remote + ["-c", String(pin)], backend, in: workspace)
        #expect(again.ending == .exit(0), "\(pin): \(again.said)")
      }
    }

    @Test(
      "chain and name are checked separately", arguments: Backend.allCases)
    func chain(backend: Backend) throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.rsa, in: workspace)
      let remote = ["-R", "127.0.0.1:\(server.port)", "-d", "--ca"]
      let right = try Check(remote + [identities.rsa.certificate], backend, in: workspace)
      #expect(right.ending == .exit(0), "\(right.said)")
      #expect(right.said.contains("  chain       ok: "))
      #expect(right.said.contains("  name        ok: "))
      let name = try Check(
        remote + [identities.rsa.certificate, "--server-name", "other.example.net"], backend,
        in: workspace)
      #expect(name.ending == .exit(1))
      #expect(name.said.contains("  chain       ok: "))
      #expect(name.said.contains("  name        FAILED: "))
      #expect(Said.wrongName("other.example.net").isIn(name.verdict), "\(name.verdict)")
      let chain = try Check(remote + [identities.stranger.certificate], backend, in: workspace)
      #expect(chain.ending == .exit(1))
      #expect(chain.said.contains("  chain       FAILED: "))
      #expect(chain.said.contains("  name        ok: "))
    }

    @Test(
      "a server that demands a certificate refuses us without one and accepts keygen's (T7)",
      arguments: Backend.allCases)
    func demanded(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let own = try Companion(backend, in: workspace).identity()
      let server = try OpenSSLServer(
        identity, in: workspace,
        ["-Verify", "1", "-CAfile", own.certificate, "-verify_return_error"])
      let remote = ["-R", "127.0.0.1:\(server.port)", "-d", "-c", identity.pin]
      let refused = try Check(remote, backend, in: workspace)
      #expect(refused.ending == .exit(1), "\(refused.said)")
      #expect(refused.verdict.contains("alert"), "\(refused.verdict)")
      #expect(refused.said.contains("  pin         ok: "), "the peer has shown itself before")
      let taken = try Check(
        remote + ["--cert", own.certificate, "--key", own.key], backend, in: workspace)
      #expect(taken.ending == .exit(0), "\(taken.said)\(server.process.errors)")
      #expect(taken.said.contains("  own cert    'router.example.net'"))
      #expect(server.received.isEmpty)
    }

    @Test(
      "an unreachable server gives exit status 1 and the reason that the daemon would log",
      arguments: Defect.allCases, Backend.allCases)
    func defect(defect: Defect, backend: Backend) throws {
      var remote = "127.0.0.1:\(try FreePort.next())"
      var listener: TCPListener?
      defer { listener?.stop() }
      switch defect {
      case .absent: break
      case .babbling: listener = try TCPListener(.babbling)
      case .silent: listener = try TCPListener(.silent)
      case .unresolvable: remote = "collector.invalid:6514"
      }
      if let listener { remote = "127.0.0.1:\(listener.port)" }
      let check = try Check(
        ["-R", remote, "-d", "--handshake-timeout", "0.5"], backend, in: workspace)
      #expect(check.ending == .exit(1))
      #expect(check.verdict.hasPrefix("remote \(remote): "))
      #expect(check.verdict.contains(defect.words), "\(check.said)")
    }
  }
}

/// One run of `syslogd --check`.
struct Check {
  let ending: Child.Ending
  let said: String
  /// The last line.
  let verdict: String
  /// All lines but the last.
  let lines: [Substring]
  /// All of it on one line, where a sentence may be looked for that was broken.
  var words: String { said.split { $0 == " " || $0 == "\n" }.joined(separator: " ") }

  init(_ arguments: [String], _ backend: Backend, in workspace: Workspace) throws {
    let child = try Child(
      [try Programs.embedded(backend), "--check", "-f", "/dev/null"] + arguments, in: workspace,
      name: "check")
    ending = try child.wait(within: 30)
    said = child.output
    let all = said.split(separator: "\n")
    verdict = all.last.map(String.init) ?? ""
    lines = all.dropLast()
  }
}
