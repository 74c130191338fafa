import Foundation
import Testing

extension Scenarios {
  @Suite(
    "A user who floods the log socket while the collector is away",
    .enabled(if: geteuid() == 0, "only root can become somebody else"))
  struct FloodOfAStranger {
    let workspace = Workspace()

    /// A user whose every message claims to be an emergency.
    private static let attack = """
      import socket, sys
      log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      log.connect(sys.argv[1])
      for number in range(3000): log.send(b"<0>flood: %d " % number + b"x" * 300)
      """

    @Test("evicts nothing of what root has queued, and cannot keep root's messages out")
    func flood() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(port, pins: [identity.publicKey], ["--queue", "64K"]), in: workspace)
      let messages = Messages(0..<60)
      let socket = try syslogd.connect()
      try socket.send(Array(messages.datagrams[..<30]))
      try syslogd.waitToSay(["refused"], about: port)
      chmod(workspace.path, 0o777)
      let attacker = try Child(
        ["setpriv", "--reuid", "65534", "--clear-groups", "/usr/bin/python3", "-c"]
          + [FloodOfAStranger.attack, syslogd.paths.logSocket], in: workspace, name: "attacker")
      #expect(try attacker.wait() == .exit(0), "\(attacker.everything)")
      try socket.send(Array(messages.datagrams[30...]))
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
    }
  }
}
