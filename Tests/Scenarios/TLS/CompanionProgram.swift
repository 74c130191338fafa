import Foundation
import Testing

extension Scenarios {
  @Suite("The companion program syslog-tls") struct CompanionProgram {
    static let refusals: [([String], String)] = [
      ([], Said.text("SyslogTLS.commandMissing")),
      (["frob"], Said.text("SyslogTLS.unknownCommand", ["name": "frob"])),
      (["pin"], Said.text("SyslogTLS.needsOne", ["argument": "FILE", "command": "pin"])),
      (["pin", "/nowhere"], "/nowhere: No such file or directory"),
      (["fingerprint", "/dev/null"], Said.text("SyslogTLS.nothingToPin", ["path": "/dev/null"])),
      (["pin", "a", "--rsa"], Said.text("SyslogTLS.optionOfAnotherCommand", ["command": "pin"])),
      (["keygen", "--cert", "c"], Said.text("SyslogTLS.keygenNeedsFiles")),
      (["keygen", "--days", "0"], Said.text("SyslogTLS.notInRange", ["days": "0"])),
      (
        ["keygen", "--name", "a b"],
        Said.text("SyslogTLS.neitherNameNorAddress", ["value": "a b"])
      ),
      (["fetch", "h:0"], Said.text("SyslogTLS.notHostPort", ["value": "h:0"])),
      (["fetch", "h..:1"], Said.text("SyslogTLS.notHostPort", ["value": "h..:1"])),
      (["fetch", "[::1:514"], Said.text("SyslogTLS.notHostPort", ["value": "[::1:514"])),
      (["fetch", "[::1]6514"], Said.text("SyslogTLS.notHostPort", ["value": "[::1]6514"])),
    ]

    let workspace = Workspace()

    @Test(
      "keygen makes an identity that OpenSSL verifies, a key that only its owner reads, and says its fingerprints (T7, T9)",
      arguments: [[], ["--rsa"]], Backend.allCases)
    func keygen(kind: [String], backend: Backend) throws {
      let companion = try Companion(backend, in: workspace)
      let own = try companion.identity(kind + ["--name", "192.0.2.7", "--days", "30"])
      _ = try companion.openssl.run(["verify", "-CAfile", own.certificate, own.certificate])
      let names = try companion.openssl.run(
        ["x509", "-in", own.certificate, "-noout", "-ext", "subjectAltName", "-subject"])
      #expect(names.contains("DNS:router.example.net, IP Address:192.0.2.7"))
      #expect(names.contains("CN = router.example.net"))
      let days = try companion.openssl.run(
        ["x509", "-in", own.certificate, "-noout", "-checkend", "\(29 * 86_400)"])
      #expect(days.contains("will not expire"))
      let key = try companion.openssl.run(["pkey", "-in", own.key, "-noout", "-text"])
      #expect(key.contains(kind.isEmpty ? "prime256v1" : "3072 bit"))
      let ofKey = try companion.openssl.run(["pkey", "-in", own.key, "-pubout"])
      let ofCertificate = try companion.openssl.run([
        "x509", "-in", own.certificate, "-noout", "-pubkey",
      ])
      #expect(ofKey == ofCertificate)
      let mode = try FileManager.default.attributesOfItem(atPath: own.key)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      let digests = try companion.fingerprints(of: own.certificate)
      #expect(own.said == digests)
    }

    @Test("keygen and fetch overwrite nothing, and create nothing if one file exists")
    func overwrites() throws {
      let companion = try Companion(.openssl, in: workspace)
      let key = try workspace.write("precious\n", to: "key")
      let certificate = workspace.file("certificate")
      for (first, second) in [(certificate, key), (key, certificate)] {
        let run = try companion.run(["keygen", "--cert", first, "--key", second])
        #expect(run.ending == .exit(1))
        #expect(run.errors == "syslog-tls: \(key): File exists\n")
        #expect(!FileManager.default.fileExists(atPath: certificate))
      }
      let fetch = try companion.run(["fetch", "127.0.0.1:1", "--out", key])
      #expect(fetch.errors == "syslog-tls: \(key): File exists\n")
      let absent = try companion.run(["fetch", "127.0.0.1:1", "--out", certificate])
      #expect(absent.errors.hasSuffix("127.0.0.1:1: cannot connect: Connection refused\n"))
      #expect(!FileManager.default.fileExists(atPath: certificate))
      #expect(try String(contentsOfFile: key, encoding: .utf8) == "precious\n")
    }

    @Test(
      "fingerprint and pin print what OpenSSL's own tools compute (T10, T11)",
      arguments: Backend.allCases)
    func digests(backend: Backend) throws {
      let companion = try Companion(backend, in: workspace)
      let identities = try Certificates.shared()
      for identity in [identities.rsa, identities.ecdsa] {
        let fingerprint = try companion.run(["fingerprint", identity.certificate])
        #expect(fingerprint.ending == .exit(0))
        #expect(fingerprint.output == (try companion.fingerprints(of: identity.certificate)))
        #expect(fingerprint.output.hasPrefix("\(identity.fingerprint)\n"))
        for file in [identity.certificate, identity.publicKey] {
          let pin = try companion.run(["pin", file])
          #expect(pin.output == "\(identity.pin)\n", "\(pin.errors)")
        }
      }
    }

    @Test(
      "fetch saves byte for byte what the server has, says that nothing was authenticated, and is a pin (T8)",
      arguments: Backend.allCases)
    func fetch(backend: Backend) throws {
      let companion = try Companion(backend, in: workspace)
      let identity = try Certificates.shared().rsa
      let server = try GnuTLSServer(identity, in: workspace)
      let file = workspace.file("fetched.pem")
      let saved = try companion.run(["fetch", "127.0.0.1:\(server.port)", "--out", file])
      #expect(saved.ending == .exit(0), "\(saved.errors)")
      #expect(saved.output.isEmpty)
      #expect(saved.errors.contains("Nothing was authenticated"))
      #expect(saved.errors.contains("\(identity.pin)\n"))
      #expect(saved.errors.contains("\(identity.fingerprint)\n"))
      #expect(Child.bytes(of: file) == Child.bytes(of: identity.certificate))
      let printed = try companion.run(["fetch", "127.0.0.1:\(server.port)"])
      #expect(printed.output == (try String(contentsOfFile: file, encoding: .utf8)))
      let collector = try OpenSSLServer(identity, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(collector.port, pins: [file]), in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<1, run: "fetched"))
      try collector.wait(for: "run fetched")
    }

    @Test("every error gives one line on standard error and exit status 1", arguments: refusals)
    func refusal(arguments: [String], words: String) throws {
      let run = try Companion(.openssl, in: workspace).run(arguments)
      #expect(run.ending == .exit(1))
      #expect(run.errors == "syslog-tls: \(words)\n")
      #expect(run.output.isEmpty)
    }

    @Test("--version names the same library as syslogd", arguments: Backend.allCases)
    func version(backend: Backend) throws {
      let run = try Companion(backend, in: workspace).run(["--version"])
      #expect(run.output.contains("(\(try backend.library()), embedded)"))
      #expect(run.ending == .exit(0))
    }
  }
}
