import Foundation
import Testing

extension Scenarios {
  @Suite(
    "A ring that another user made beforehand is not used",
    .enabled(if: geteuid() == 0, "only root can become somebody else"))
  struct RingOfAStranger {
    let workspace = Workspace()

    /// What a command begins with that is to run in a System V world of its own.
    private func world() throws -> [String] {
      let holder = try Child(["unshare", "-i", "sleep", "3600"], in: workspace, name: "holder")
      try eventually("a System V world of its own\n\(holder.everything)") {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(holder.pid)/ns/ipc"))
          != (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/ipc"))
      }
      return ["nsenter", "-t", "\(holder.pid)", "-i", "--"]
    }

    /// A user who makes the ring for others to write to, waits for the end of its input, and prints
    /// what has come into the memory.
    private static let attack = """
      import ctypes, sys, time
      libc = ctypes.CDLL(None)
      libc.shmat.restype = ctypes.c_void_p
      memory = libc.shmget(0x414e4547, 16384, 0o1666)
      locks = libc.semget(0x414e4547, 2, 0o1777)
      start = libc.shmat(memory, None, 0)
      assert memory >= 0 and locks >= 0 and start not in (None, 2**64 - 1)
      print("ready", flush=True)
      while not open(sys.argv[1]).read(): time.sleep(0.01)
      print(ctypes.string_at(start, 16384).replace(b"\\0", b"").decode(errors="replace"))
      """

    /// The other user's program, once it has made the ring.
    private func attacker(_ inside: [String]) throws -> Child {
      chmod(workspace.path, 0o777)
      chmod(try workspace.write("", to: "end"), 0o644)
      let attacker = try Child(
        inside + ["setpriv", "--reuid", "65534", "--clear-groups", "/usr/bin/python3", "-c"]
          + [RingOfAStranger.attack, workspace.file("end")], in: workspace, name: "attacker")
      try eventually("the ring is made\n\(attacker.everything)") {
        attacker.output.contains("ready")
      }
      return attacker
    }

    @Test("root's daemon removes it, says whose it was, and the other user sees nothing")
    func replaced() throws {
      let inside = try world()
      let attacker = try attacker(inside)
      let syslogd = try Syslogd(["-C16"], in: workspace, build: .withoutTLS, wrapper: inside)
      try syslogd.connect().send("<86>sshd: a secret")
      let said = Said.text("SyslogIO.ringReplaced foreign").replacing("uid 7", with: "uid 65534")
      var count = 0
      try eventually("the ring shows the secret, and '\(said)'") {
        count += 1
        let dump = try Child(
          inside + ["busybox", "logread"], in: workspace, name: "logread-\(count)")
        try dump.wait()
        return dump.output.contains("sshd: a secret\n")
          && dump.output.contains("syslog.warn syslogd: \(said)\n")
      }
      try workspace.write("now", to: "end")
      #expect(try attacker.wait() == .exit(0))
      #expect(!attacker.output.contains("secret"))
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
    }

    @Test("who may not remove it is told so in one line, and does not start")
    func kept() throws {
      let inside = try world()
      let attacker = try attacker(inside)
      let child = try Child(
        inside + ["setpriv", "--reuid", "65533", "--clear-groups", try Programs.withoutTLS(), "-n"]
          + Syslogd.Paths(in: workspace, name: "syslogd").arguments + ["-C16"],
        in: workspace, name: "refused")
      #expect(try child.wait() == .exit(1))
      let reason = Said.text("SyslogIO.noRing notRemoved", ["cause": "Operation not permitted"])
      #expect(child.errors == "syslogd: -C: \(reason.replacing("of 0 KB", with: "of 16 KB"))\n")
      attacker.kill()
    }
  }
}
