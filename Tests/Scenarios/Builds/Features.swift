import Foundation
import Testing

extension Scenarios {
  @Suite("Builds without what can be left out") struct Features {
    let workspace = Workspace()

    /// Each option that the seed lacks, and the feature to add for it.
    static let missing: [(arguments: [String], feature: String)] = [
      (["--check"], "Check"), (["-f", "/etc/syslog.conf"], "Rules"), (["-C"], "Ring"),
      (["-K"], "KernelLog"), (["--user", "nobody"], "User"), (["--no-sandbox"], "User"),
      (["--state", "/tmp/time"], "State"), (["--ca", "/etc/ssl/certs"], "Chains"),
      (["--crl", "/tmp/crl"], "Chains"), (["--server-name", "example.net"], "Chains"),
      (["--cert", "/tmp/cert"], "ClientCertificates"),
      (["--key", "/tmp/key"], "ClientCertificates"),
      (["--tls-min", "1.3"], "TLSChoices"),
      (["--tls-ciphers", "TLS_AES_128_GCM_SHA256"], "TLSChoices"),
      (["--tls-groups", "x25519"], "TLSChoices"), (["--fips"], "FIPSMode"), (["--tcp"], "TCP"),
      (["--format", "5424"], "Formats"), (["--replay", "64K"], "Formats"),
      (["--hostname", "router"], "Formats"),
      (["--stats", "/tmp/syslogd.prom"], "Statistics"), (["--spool", "/tmp/spool:1M"], "Spool"),
    ]

    private func run(_ program: String, _ arguments: [String]) throws -> Child {
      let child = try Child([program] + arguments, in: workspace, name: "once")
      try child.wait()
      return child
    }

    /// Whether a line of `--help` is about this option, with a value or without one.
    private func lists(_ help: String, _ option: String) -> Bool {
      help.split(separator: "\n").contains { line in
        line.hasPrefix("  \(option)")
          && !(line.dropFirst(option.count + 2).first?.isLetter ?? false)
          && line.dropFirst(option.count + 2).first != "-"
      }
    }

    @Test("an option of a feature that is not there is refused in one line that names the feature")
    func refusals() throws {
      for program in try [Programs.seed(.openssl), Programs.seedWithoutTLS()] {
        for (arguments, feature) in Self.missing {
          let child = try run(program, arguments)
          #expect(
            child.errors
              == "syslogd: \(arguments[0]): this syslogd was built without the feature \(feature)\n"
          )
        }
      }
    }

    @Test("--version and --help say what is there")
    func words() throws {
      for program in try Backend.allCases.map(Programs.seed) + [Programs.seedWithoutTLS()] {
        let version = try run(program, ["--version"]).output
        #expect(version.contains("embedded, seed)"), "\(version)")
        let help = try run(program, ["--help"]).output
        for (arguments, _) in Self.missing { #expect(!lists(help, arguments[0])) }
        #expect(help.contains("  -O FILE "))
        #expect(!help.contains("SIGUSR1"))
      }
      #expect(try !run(Programs.seedWithoutTLS(), ["--help"]).output.contains("-d "))
      #expect(try run(Programs.seed(.openssl), ["--help"]).output.contains("  -c PIN "))
      let all = try run(Programs.withTLS(), ["--help"]).output
      for (arguments, _) in Self.missing { #expect(lists(all, arguments[0])) }
      let full = try run(Programs.withTLS(), ["--version"]).output
      #expect(full.hasSuffix("embedded)\n"), "\(full)")
    }

    @Test(
      "the seed sends what it received to a pinned collector, also to one that was away",
      arguments: Backend.allCases)
    func seedWithTLS(backend: Backend) throws {
      let certificates = try Certificates.shared()
      let collector = try RsyslogCollector(.ossl, certificates.rsa, in: workspace)
      let stranger = try OpenSSLServer(certificates.ecdsa, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [certificates.rsa.publicKey])
          + Remote.tls(stranger.port, pins: [certificates.rsa.publicKey]),
        in: workspace, build: .seed(backend))
      let all = Messages(0..<2_000)
      let socket = try syslogd.connect()
      try socket.send(Array(all.datagrams[..<1_000]))
      try collector.wait(forLines: 1_000)
      collector.crash()
      try socket.send(Array(all.datagrams[1_000..<1_500]))
      try syslogd.waitToSay([.nextAttempt], about: collector.port)
      try collector.restart()
      try socket.send(Array(all.datagrams[1_500...]))
      try collector.wait(for: all)
      all.expectDelivered(to: collector.lines)
      try eventually("the stranger is refused\n\(syslogd.log.joined(separator: "\n"))") {
        syslogd.saysAboutRemote(stranger.port).contains { Said.pinMismatch.isIn($0) }
      }
      #expect(stranger.received.isEmpty)
    }

    @Test(
      "the seed's syslog-tls saves the whole chain that a server shows", arguments: Backend.allCases
    )
    func wholeChain(backend: Backend) throws {
      let authority = try CertificateAuthority("authority", in: workspace)
      let identity = try authority.issue("collector.example.net")
      let server = try OpenSSLServer(
        identity, in: workspace, ["-cert_chain", authority.certificate])
      let companion = try Companion(beside: Programs.seed(backend), in: workspace)
      let saved = try companion.run(["fetch", "127.0.0.1:\(server.port)"])
      #expect(saved.ending == .exit(0), "\(saved.errors)")
      let shown = try [identity.certificate, authority.certificate].map {
        try String(contentsOfFile: $0, encoding: .utf8)
      }
      #expect(saved.output == shown.joined())
    }

    @Test("the seed takes signals that it has nothing to say to, and reads pins again at SIGHUP")
    func signals() throws {
      let certificates = try Certificates.shared()
      let collector = try RsyslogCollector(.ossl, certificates.rsa, in: workspace)
      let pin = workspace.file("pin.pem")
      try Data(contentsOf: URL(fileURLWithPath: certificates.ecdsa.publicKey))
        .write(to: URL(fileURLWithPath: pin))
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [pin]), in: workspace, build: .seed(.openssl))
      try syslogd.waitToSay([.pinMismatch], about: collector.port)
      try Data(contentsOf: URL(fileURLWithPath: certificates.rsa.publicKey))
        .write(to: URL(fileURLWithPath: pin))
      kill(syslogd.process.pid, SIGUSR1)
      kill(syslogd.process.pid, SIGHUP)
      let messages = Messages(0..<10)
      try syslogd.send(messages)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      #expect(syslogd.process.isRunning)
    }

    @Test("the seed without TLS logs, and forwards over UDP as BusyBox does")
    func seedWithoutTLS() throws {
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace, build: .seedWithoutTLS)
      try syslogd.connect().send("<13>seed")
      try syslogd.waitForLog("seed")
      try eventually("the datagram arrives") { sink.collect() > 0 }
      #expect(sink.datagrams == [Array("<13>seed\n".utf8)])
    }
  }
}
