import Foundation
import Testing

extension Scenarios {
  @Suite("A router gets its name after the start") struct OwnName {
    let workspace = Workspace()

    /// A syslogd with a host name of its own, which is `name` at first (needs root).
    private func start(
      named name: String, _ sink: UDPSink, _ more: [String] = []
    ) throws -> Syslogd {
      try Syslogd(
        ["-L", "-R", "127.0.0.1:\(sink.port)", "--format", "5424"] + more, in: workspace,
        build: .withoutTLS,
        wrapper: [
          // hostname(1) refuses the kernel's own default.
          "unshare", "-u", "sh", "-ec", #"printf %s "$0" >/proc/sys/kernel/hostname; exec "$@""#,
          name,
        ])
    }

    private func rename(_ syslogd: Syslogd, to name: String) throws {
      let command = try Child(
        ["nsenter", "-t", "\(syslogd.process.pid)", "-u", "hostname", name], in: workspace,
        name: "hostname")
      guard try command.wait(within: 20) == .exit(0) else { throw Failure(command.everything) }
    }

    /// Sends messages until one arrives with this HOSTNAME; the local line has `local`.
    private func expect(
      _ sink: UDPSink, _ syslogd: Syslogd, _ run: String, _ name: String, local: String
    ) throws {
      let text = try syslogd.send(run: run, to: sink, until: "HOSTNAME is \(name)") {
        $0.contains(" \(name) app - - ") && $0.hasPrefix("<13>1 ")
      }
      try eventually("the local log has \(local)\n\(syslogd.log)") {
        syslogd.log.contains { $0.contains(" \(local) user.notice app: \(text)") }
      }
    }

    @Test(
      "a name that is set later is used, and one that changes from a SIGHUP on",
      arguments: [
        ("(none)", "-", "(none)"), ("localhost", "localhost", "localhost"),
      ])
    func later(first: String, sent: String, local: String) throws {
      let sink = try UDPSink()
      let syslogd = try start(named: first, sink)
      try expect(sink, syslogd, "boot", sent, local: local)
      try rename(syslogd, to: "OpenWrt")
      try expect(sink, syslogd, "named", "OpenWrt", local: "OpenWrt")
      try rename(syslogd, to: "gate.example.net")
      try expect(sink, syslogd, "still", "OpenWrt", local: "OpenWrt")
      syslogd.process.send(SIGHUP)
      try expect(sink, syslogd, "renamed", "gate.example.net", local: "gate")
    }

    @Test("--hostname is what remotes are told, whatever the system's name is")
    func fixed() throws {
      let sink = try UDPSink()
      let syslogd = try start(named: "(none)", sink, ["--hostname", "r7.branch.example.net"])
      try expect(sink, syslogd, "boot", "r7.branch.example.net", local: "(none)")
      try rename(syslogd, to: "OpenWrt")
      syslogd.process.send(SIGHUP)
      try eventually("the new name is read") {
        try syslogd.connect().send("<13>app: x")
        return syslogd.log.contains { $0.contains(" OpenWrt user.notice app: x") }
      }
      try expect(sink, syslogd, "named", "r7.branch.example.net", local: "OpenWrt")
    }
  }
}
