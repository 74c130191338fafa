import Foundation
import Testing

extension Scenarios {
  @Suite("Programs that log on while syslogd is replaced") struct ReplacedSocket {
    let workspace = Workspace()

    /// Programs that log what they read, line by line, and stay connected.
    static let clients: [String: [String]] = [
      "logger": ["logger", "-t", "kept"],
      "BusyBox's logger": ["busybox", "logger", "-t", "kept"],
      "syslog(3)": [
        "python3", "-uc",
        """
        import sys, syslog
        syslog.openlog("kept")
        for line in sys.stdin: syslog.syslog(line.strip())
        """,
      ],
      "SysLogHandler": [
        "python3", "-uc",
        """
        import logging, logging.handlers, sys
        log = logging.getLogger()
        log.addHandler(logging.handlers.SysLogHandler(address="/dev/log"))
        for line in sys.stdin: log.error("kept: " + line.strip())
        """,
      ],
    ]

    @Test(
      "lose nothing that they say when the next one is there", arguments: clients.keys.sorted(),
      [SIGTERM, SIGKILL])
    func reconnects(name: String, ending: Int32) throws {
      let devices = try DeviceFolder(in: workspace)
      let first = try Syslogd([], in: workspace, name: "first", socket: devices.logSocket)
      let client = try Child(
        devices.wrapper + (Self.clients[name] ?? []), in: workspace, name: "client", input: .held)
      client.type("before\n")
      try first.waitForLog("kept: before")
      try first.process.stop(ending)
      let second = try Syslogd([], in: workspace, name: "second", socket: devices.logSocket)
      let messages = (0..<50).map { "after \($0)." }
      client.type(messages.map { $0 + "\n" }.joined())
      try second.waitForLog(messages[49])
      #expect(second.log.filter { $0.contains(" kept: ") }.map { said(in: $0) } == messages)
      #expect(client.isRunning)
    }

    private func said(in line: String) -> String {
      line.range(of: " kept: ").map { String(line[$0.upperBound...]) } ?? ""
    }
  }
}
