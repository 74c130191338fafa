import Foundation
import Testing

extension Scenarios {
  /// What the configuration files of other syslogds have, in lines of our own.
  @Suite("Rules that were written for another syslogd") struct RulesOfOthers {
    let workspace = Workspace()

    private static func oneFileName(_ action: String, _ path: String) -> String {
      Said.text("syslogd.oneFileName", ["action": action, "path": path])
    }

    private static func relativeFile(_ action: String) -> String {
      Said.text("syslogd.relativeFile", ["action": action])
    }

    /// A rule that BusyBox accepts, and what is said of it; nil: nothing.
    static let rules: [(rule: String, advice: String?)] = [
      (
        "mail.*\t\t\t-/var/log/mail.log",
        "1:10: " + oneFileName("-/var/log/mail.log", "/var/log/mail.log")
      ),
      ("daemon.* |/dev/xconsole", "1:10: " + oneFileName("|/dev/xconsole", "/dev/xconsole")),
      ("*.info /var/log/info;Old", "1:8: " + oneFileName("/var/log/info;Old", "/var/log/info")),
      ("*.err -/var/log/err;Old", "1:7: " + oneFileName("-/var/log/err;Old", "/var/log/err")),
      ("*.emerg *", "1:9: " + relativeFile("*")),
      ("*.alert root,joey", "1:9: " + relativeFile("root,joey")),
      ("*.emerg :omusrmsg:*", "1:9: " + relativeFile(":omusrmsg:*")),
      ("local0.* ~", "1:10: " + relativeFile("~")),
      ("*.* \\\n  -x", "2:3: " + relativeFile("-x")),
      ("kern.* /k\r", "1:8: " + Said.text("SyslogCore.refused carriageReturn")),
      ("kern.* /k", nil), ("kern.* -", nil), ("kern.* /k # -/k", nil), ("kern.* /a-b|c(1)", nil),
      ("kern.* @127.0.0.1 # c\r", nil), ("# kern.* -/k", nil),
    ]

    @Test("are read as BusyBox reads them, and --check says what that is", arguments: rules)
    func advice(rule: String, advice: String?) throws {
      let file = try workspace.write(rule + "\n", to: "rules")
      let program = try Programs.withTLS()
      let child = try Child(
        [program, "--check", "-n", "-f", file], in: workspace, name: "check")
      #expect(try child.wait() == .exit(0))
      #expect(child.errors.isEmpty, "\(child.errors)")
      let lines = child.output.split(separator: "\n").prefix { !$0.hasPrefix("configuration:") }
      #expect(lines == (advice.map { ["\(file):\($0)"] } ?? []))
    }

    @Test("--check says of every line what it is, where a start stops at the first that is wrong")
    func everyLine() throws {
      let file = try workspace.write(
        """
        auth,authpriv.*\t\t/var/log/auth.log
        kern.*\t\t\t-/var/log/kern.log
        *.=info;*.=notice;\\
        \tmail,news.none\t-/var/log/messages
        *.emerg\t\t\t*
        include /etc/syslog.d/*.conf
        *.*\t\t\t@@loghost

        """, to: "rules")
      let blank = "\(file):4:1: " + Said.text("SyslogCore.refused blankBehindSemicolon")
      let refusals = [
        blank,
        "\(file):6:1: " + Said.text("SyslogCore.refused notASelector", ["word": "include"]),
        "\(file):7:7: "
          + Said.text("syslogd.rsyslogs tcp", ["action": "@@loghost", "host": "loghost"]),
      ]
      let advice = [
        "\(file):2:10: " + Self.oneFileName("-/var/log/kern.log", "/var/log/kern.log"),
        "\(file):5:11: " + Self.relativeFile("*"),
      ]
      for (options, said, advised) in [([], [blank], []), (["--check"], refusals, advice)] {
        let child = try Child(
          [try Programs.withTLS(), "-n", "-p", workspace.file("s"), "-f", file] + options,
          in: workspace, name: "check")
        #expect(try child.wait() == .exit(1))
        #expect(child.errors == said.map { "syslogd: \($0)\n" }.joined())
        #expect(child.output == advised.map { "\($0)\n" }.joined())
      }
    }

    @Test("and only --check says so")
    func silent() throws {
      let file = try workspace.write("*.emerg *\n", to: "rules")
      let syslogd = try Syslogd(["-f", file], in: workspace)
      try syslogd.connect().send("<13>app: hello")
      try syslogd.waitForLog("hello")
      #expect(syslogd.process.output.isEmpty)
      #expect(syslogd.process.errors.isEmpty)
    }
  }
}
