import Foundation
import Testing

extension Scenarios {
  @Suite(
    "--user: limits and refusals",
    .enabled(if: geteuid() == 0, "only root can become somebody else"))
  struct PrivilegesLimits {
    let workspace = Workspace()

    @Test("a folder that a reload adds cannot be written to; this is logged, and the rest goes on")
    func otherFolder() throws {
      let folder = Workspace()
      let other = "\(folder.path)/log"
      let syslogd = try Syslogd(
        ["--user", "nobody", "-f", try workspace.write("", to: "rules")], in: workspace,
        build: .withoutTLS)
      try workspace.write("mail.* \(workspace.file("mail"))\nuser.* \(other)\n", to: "rules")
      syslogd.process.send(SIGHUP)
      try syslogd.waitForLog(Said.configurationRead(rules: 2, remotes: 0))
      let socket = try syslogd.connect()
      try socket.send("<13>app: to another folder")
      try syslogd.waitForLog("syslog.err syslogd: \(other): Permission denied")
      for _ in 0..<3 { try socket.send("<13>app: once more") }
      try socket.send("<22>app: to the folder of the log")
      try eventually("the mail") { Lines.count(in: workspace.file("mail")) == 1 }
      #expect(!FileManager.default.fileExists(atPath: other))
      #expect(syslogd.log.filter { $0.contains("Permission denied") }.count == 1)
    }

    @Test("with --no-sandbox it can be written to, by the same user without a filter")
    func noSandbox() throws {
      let folder = Workspace()
      let other = "\(folder.path)/log"
      let syslogd = try Syslogd(
        ["--user", "nobody", "--no-sandbox", "-f", try workspace.write("", to: "rules")],
        in: workspace, build: .withoutTLS)
      try workspace.write("user.* \(other)\n", to: "rules")
      syslogd.process.send(SIGHUP)
      try syslogd.waitForLog(Said.configurationRead(rules: 1, remotes: 0))
      try syslogd.connect().send("<13>app: to another folder")
      try eventually("the line") { Lines.count(in: other) == 1 }
      let status = try String(
        contentsOfFile: "/proc/\(syslogd.process.pid)/status", encoding: .utf8)
      for line in ["Seccomp:\t0", "NoNewPrivs:\t1", "Uid:\t65534", "CapEff:\t0000000000000002"] {
        #expect(status.contains("\n\(line)"), "\(line)")
      }
    }

    @Test("on a kernel without Landlock and seccomp the daemon says so and runs")
    func oldKernel() throws {
      let folder = try workspace.folder("own")
      chown(folder, 65534, 65534)
      let log = "\(folder)/log"
      let syslogd = try Syslogd(
        ["--user", "nobody", "-O", log], in: workspace, build: .withoutTLS,
        wrapper: ["python3", "-c", PrivilegesLimits.kernelWithout])
      try syslogd.send(Messages(0..<1))
      try eventually("the message") { Lines.of(log).last?.contains("n=0 ") == true }
      for said in [Said.noLandlock, .noSeccomp] {
        #expect(Lines.of(log).contains { said.isIn($0) })
      }
    }

    @Test("without Landlock, and with a log folder of root's, it says that this is as good as root")
    func asGoodAsRoot() throws {
      let syslogd = try Syslogd(
        ["--user", "nobody"], in: workspace, build: .withoutTLS,
        wrapper: ["python3", "-c", PrivilegesLimits.kernelWithout])
      try syslogd.waitForLog(Said("SyslogIO.asGoodAsRoot"))
      #expect(syslogd.log.contains { $0.contains("syslog.warn") && $0.contains("as good as root") })
      try syslogd.send(Messages(0..<1))
      try syslogd.waitForLog("n=0 ")
    }

    @Test("a log beside the system's own files is refused in one line, and not made")
    func exposing() throws {
      workspace.atEnd { unlink("/syslogd-scenario-messages") }
      let child = try Child(
        [try Programs.withoutTLS(), "-n"] + Syslogd.Paths(in: workspace, name: "syslogd").arguments
          + ["--user", "nobody", "-O", "/syslogd-scenario-messages"], in: workspace, name: "bad")
      #expect(try child.wait() == .exit(1))
      let reason = Said.text("SyslogIO.exposing", ["log": "/syslogd-scenario-messages"])
      #expect(child.errors == "syslogd: --user: \(reason)\n")
      #expect(!FileManager.default.fileExists(atPath: "/syslogd-scenario-messages"))
      #expect(!FileManager.default.fileExists(atPath: workspace.file("syslogd.sock")))
    }

    /// Runs a command for which landlock_create_ruleset(2) is an ENOSYS, and prctl(2) with
    /// PR_SET_SECCOMP an EINVAL.
    private static let kernelWithout = """
      import ctypes, os, platform, struct, sys
      prctl = {"x86_64": 157, "aarch64": 167}[platform.machine()]
      program = b"".join(struct.pack("HBBI", *step) for step in [
        (0x20, 0, 0, 0), (0x15, 0, 1, 444), (0x06, 0, 0, 0x50000 + 38),
        (0x15, 0, 3, prctl), (0x20, 0, 0, 16), (0x15, 0, 1, 22), (0x06, 0, 0, 0x50000 + 22),
        (0x06, 0, 0, 0x7FFF0000)])
      memory = ctypes.create_string_buffer(program)
      class Program(ctypes.Structure):
        _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_void_p)]
      call = ctypes.CDLL(None, use_errno=True).prctl
      assert call(22, 2, ctypes.byref(Program(8, ctypes.addressof(memory))), 0, 0) == 0
      os.execv(sys.argv[1], sys.argv[1:])
      """

    @Test(
      "an unknown user, or a start by another user than root, gives one line and changes nothing",
      arguments: [false, true])
    func refused(asRoot: Bool) throws {
      let path = workspace.file("syslogd.sock")
      let old = try PassedSocket(boundTo: path)
      let paths = Syslogd.Paths(in: workspace, name: "syslogd")
      chmod(workspace.path, 0o777)
      let wrapper = asRoot ? [] : ["setpriv", "--reuid", "65534", "--clear-groups"]
      let child = try Child(
        wrapper + [try Programs.withoutTLS(), "-n"] + paths.arguments
          + ["--user", asRoot ? "no-such-user" : "root"], in: workspace, name: "bad")
      #expect(try child.wait() == .exit(1))
      #expect(
        child.errors
          == (asRoot
            ? "syslogd: --user: \(Said.text("SyslogIO.noUser", ["name": "no-such-user"]))\n"
            : "syslogd: --user: \(Said.text("SyslogIO.notRoot", ["name": "root"]))\n"))
      for file in [paths.log, paths.pidFile] {
        #expect(!FileManager.default.fileExists(atPath: file))
      }
      try LogSocket(path).send("the old node still works")
      #expect(old.hasDatagram)
    }

    @Test("the ring of -C is removed at the end, as without --user")
    func ring() throws {
      let holder = try Child(["unshare", "-i", "sleep", "3600"], in: workspace, name: "holder")
      try eventually("a System V world of its own\n\(holder.everything)") {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(holder.pid)/ns/ipc"))
          != (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/ipc"))
      }
      let inside = ["nsenter", "-t", "\(holder.pid)", "-i", "--"]
      let syslogd = try Syslogd(
        ["--user", "nobody", "-C16"], in: workspace, build: .withoutTLS, wrapper: inside)
      try syslogd.send(Messages(0..<1))
      let ipcs = { (name: String) in
        let child = try Child(inside + ["ipcs", "-m", "-s"], in: workspace, name: name)
        try child.wait()
        return child.output
      }
      #expect(try ipcs("during").contains("0x414e4547"))
      try syslogd.process.stop()
      #expect(try !ipcs("after").contains("0x414e4547"))
    }
  }
}
