import Foundation
import Testing

extension Scenarios {
  @Suite("Rules choose which messages go where") struct Rules {
    let workspace = Workspace()

    private func start(_ rules: String, _ arguments: [String] = []) throws -> Syslogd {
      let file = try workspace.write(rules, to: "rules")
      return try Syslogd(["-f", file] + arguments, in: workspace)
    }

    /// One message for each priority of four facilities.
    private let messages = [0, 1, 2, 9].flatMap { facility in
      (0..<8).map { "<\(facility * 8 + $0)>Jan  2 03:04:05 app: \(facility).\($0)" }
    }

    private func text(_ facility: Int, _ severities: Range<Int>) -> [String] {
      severities.map { "app: \(facility).\($0)" }
    }

    @Test("a rule forwards over UDP what its selector matches, unchanged")
    func udp() throws {
      let (kernel, errors) = (try UDPSink(), try UDPSink())
      let syslogd = try start(
        "kern.warn @udp://127.0.0.1:\(kernel.port)\n*.err @127.0.0.1:\(errors.port)\n")
      try syslogd.connect().send(messages + ["<0>the end"])
      for sink in [kernel, errors] { try sink.wait(for: "<0>the end\n") }
      let sent = { (sink: UDPSink) in
        sink.datagrams.map { String(decoding: $0, as: UTF8.self) }
      }
      let lines = { (wanted: (Int, Int) -> Bool) in
        messages.indices.filter { wanted([0, 1, 2, 9][$0 / 8], $0 % 8) }.map { messages[$0] + "\n" }
          + ["<0>the end\n"]
      }
      #expect(sent(kernel) == lines { $0 == 0 && $1 <= 4 })
      #expect(sent(errors) == lines { $1 <= 3 })
    }

    @Test("a rule forwards over TLS with its own pin and format, and each message once")
    func tls() throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let remote = "@tls://127.0.0.1:\(collector.port) pin=\(identity.publicKey) format=3164"
      let syslogd = try start(
        """
        # Two rules, one remote.
        kern.*;mail.err\t\(remote)
        *.crit   \\
                 \(remote)
        """)
      try syslogd.connect().send(messages)
      try collector.wait(for: "app: 9.2")
      let wanted = text(0, 0..<8) + text(1, 0..<3) + text(2, 0..<4) + text(9, 0..<3)
      let arrived = collector.lines.map { line in
        String(line[(line.range(of: "app: ")?.lowerBound ?? line.startIndex)...])
      }
      #expect(arrived == wanted)
      try syslogd.waitForLog("app: 9.7")
      let local = syslogd.log.filter { $0.contains("app: ") }
      #expect(local.count == messages.count - wanted.count, "what a rule matches is not local")
      #expect(syslogd.saysAboutRemote(collector.port).count == 1, "one connection")
    }

    @Test("-R gets everything in addition to rules; a remote named by both gets it once")
    func both() throws {
      let sink = try UDPSink()
      let syslogd = try start(
        "kern.* @127.0.0.1:\(sink.port)\n", ["-L", "-R", "127.0.0.1:\(sink.port)"])
      try syslogd.connect().send(messages + ["<0>the end"])
      try sink.wait(for: "<0>the end\n")
      #expect(sink.datagrams.count == messages.count + 1)
    }

    @Test("with -R and without -L only rules for remotes have an effect")
    func notLocal() throws {
      let (everything, kernel) = (try UDPSink(), try UDPSink())
      let file = workspace.file("file")
      let syslogd = try start(
        "kern.* @127.0.0.1:\(kernel.port)\n*.* \(file)\n", ["-R", "127.0.0.1:\(everything.port)"])
      try syslogd.connect().send(messages + ["<0>the end"])
      for sink in [everything, kernel] { try sink.wait(for: "<0>the end\n") }
      #expect(kernel.datagrams.count == 9)
      #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("defaults before the first -R also apply to remotes of rules")
    func defaults() throws {
      let sink = try UDPSink()
      let syslogd = try start("*.* @127.0.0.1:\(sink.port)\n", ["--format", "5424"])
      try syslogd.connect().send("<13>Jan  2 03:04:05 app: hello")
      try sink.wait(for: "hello")
      #expect(String(decoding: sink.datagrams.last ?? [], as: UTF8.self).hasPrefix("<13>1 "))
    }

    private static func notHostPort(_ value: String) -> String {
      Said.text("syslogd.notHostPort", ["option": "remote", "value": value])
    }

    private static func notAnOption(_ word: String) -> String {
      Said.text("syslogd.notAnOption", ["word": word])
    }

    static let mistakes: [(rules: String, words: String)] = [
      ("kern.* @\n", "1:8: " + notHostPort("")),
      ("\nkern.* @h:0\n", "2:8: " + notHostPort("h:0")),
      ("kern.* @tls://h pin\n", "1:17: " + notAnOption("pin")),
      ("kern.* @h/x\n", "1:8: " + notHostPort("h/x")),
      (
        "kern.* @@h:514;T\n",
        "1:8: "
          + Said.text("syslogd.rsyslogs tcp", ["action": "@@h:514;T", "host": "h:514"])
      ),
      ("kern.*; /k\n", "1:8: " + Said.text("SyslogCore.refused blankBehindSemicolon")),
      ("\r\nkern.* /k\r\n", "1:1: " + Said.text("SyslogCore.refused carriageReturn")),
      ("kern.* @tls://h pun=x\n", "1:17: " + notAnOption("pun=x")),
      (
        "kern.* @tls://h \\\n  tls-min=1.1\n",
        "2:3: "
          + Said.text(
            "syslogd.mustBe two",
            ["option": "tls-min", "first": "1.2", "second": "1.3", "value": "1.1"])
      ),
      (
        "kern.* @h pin=/p\n",
        "1:8: " + Said.text("syslogd.needsTLS rule", ["option": "pin", "remote": "h:514"])
      ),
      (
        "kern.* @udp://h queue=1M\n",
        "1:8: "
          + Said.text("syslogd.noEffect udp rule", ["option": "queue", "remote": "h:514"])
      ),
      (
        "kern.* @tcp://h tls-min=1.3\n",
        "1:8: " + Said.text("syslogd.noEffect tcp", ["option": "tls-min", "remote": "h:601"])
      ),
      ("kern.* @tls://h pid-file=/x\n", "1:17: " + notAnOption("pid-file=/x")),
    ]

    @Test(
      "an error gives one line with file, line and column, and nothing is opened",
      arguments: mistakes
    )
    func mistake(rules: String, words: String) throws {
      let file = try workspace.write(rules, to: "rules")
      for check in [[], ["--check"]] {
        let child = try Child(
          [try Programs.withTLS(), "-n", "-p", workspace.file("s"), "-f", file] + check,
          in: workspace, name: "mistake")
        #expect(try child.wait() == .exit(1))
        #expect(child.errors.hasPrefix("syslogd: \(file):\(words)"), "\(child.errors)")
        #expect(child.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: workspace.file("s")))
      }
    }

    @Test("what the library does not support is refused where the rule asks for it, without any -R")
    func notSupported() throws {
      let library = try Backend.mbedtls.library()
      var cases = [
        (
          try Programs.withoutTLS(), "*.* @tls://h pin=/p\n", "2:5: ",
          Said("SelectedBackend.builtWithoutTLS")
        )
      ]
      if !library.hasTLS13 {
        cases.append(
          (
            try Programs.embedded(.mbedtls), "*.* @tls://h pin=/p tls-min=1.3\n",
            "2:21: tls-min: ", Said("TLSBackend.notSupported").with("what", "TLS 1.3")
          ))
      }
      for (program, rule, place, refusal) in cases {
        let file = try workspace.write("kern.* /k\n" + rule, to: "rules")
        for check in [[], ["--check"]] {
          let child = try Child(
            [program, "-n", "-p", workspace.file("s"), "-f", file] + check, in: workspace,
            name: "unsupported")
          #expect(try child.wait() == .exit(1))
          #expect(child.errors.hasPrefix("syslogd: \(file):\(place)"), "\(child.errors)")
          #expect(refusal.isIn(child.errors), "\(child.errors)")
          #expect(child.errors.split(separator: "\n").count == 1)
        }
      }
    }

    @Test("--check prints what it found and says by its status whether pins can be read")
    func check() throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let file = try workspace.write(
        "kern.* /var/log/kern\n*.* @tls://127.0.0.1:\(server.port) pin=\(identity.publicKey)\n",
        to: "rules")
      let program = try Programs.withTLS()
      let sound = try Child([program, "--check", "-f", file], in: workspace, name: "sound")
      #expect(try sound.wait() == .exit(0))
      #expect(sound.output.hasPrefix("configuration: rules 2, files 1, remotes 1\n"))
      #expect(sound.output.hasSuffix("\nremote 127.0.0.1:\(server.port): ok\n"))
      let unsound = try Child(
        [program, "--check", "-f", file, "-R", "g", "-d", "-c", "/nowhere/pin"], in: workspace,
        name: "unsound")
      #expect(try unsound.wait() == .exit(1))
      #expect(
        unsound.output.contains("remote g:6514: pin file /nowhere/pin: No such file or directory\n")
      )
    }
  }
}
