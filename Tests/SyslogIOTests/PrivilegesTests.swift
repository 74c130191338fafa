import Bytes
import CPosix
import CSandbox
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("Who the daemon is, and what the kernel refuses it") struct PrivilegesTests {
  @Test("a user that does not exist is refused by name") func unknown() {
    let failure = #expect(throws: StartFailure.self) {
      try Privileges(user: "no such user", sandbox: .on, files: DaemonFiles())
    }
    #expect(failure?.reason == .noUser("no such user"))
    #expect(failure?.parameter == .user)
  }

  @Test("nobody but root becomes another user", .enabled(if: geteuid() == 0)) func notRoot() async {
    await #expect(processExitsWith: .success) {
      leave([
        setresuid(65534, 65534, 65534) == 0,
        refusal("root") == .notRoot("root"),
      ])
    }
  }

  @Test(
    "root is given up for good, and a capability to read kept for a pin that needs it",
    .enabled(if: geteuid() == 0))
  func dropped() async {
    await #expect(processExitsWith: .success) {
      let diagnostics = Diagnostics()
      let workspace = try Workspace()
      let pin = try workspace.write("a secret", to: "pin")
      let remote = RemoteSettings()
      remote.trust.pins = [.file(Text(of: pin))]
      let files = DaemonFiles(remotes: [remote], pidFile: "/run/pid")
      try Privileges(user: "nobody", sandbox: .off, files: files)
        .drop(diagnostics)
      var (real, effective, saved) = (uid_t(), uid_t(), uid_t())
      leave([
        getresuid(&real, &effective, &saved) == 0,
        Set([real, effective, saved]) == [65534],
        getgroups(0, nil) == 1 && getegid() == 65534,
        setresuid(0, 0, 0) != 0 && setgid(0) != 0 && setgroups(0, nil) != 0,
        workspace.content(of: "pin") == "a secret",
        cposix_open(pin, O_WRONLY, 0) < 0 && cposix_errno() == EACCES,
        chown(workspace.file("pin"), 65534, 65534) != 0 && chroot("/") != 0,
        diagnostics.removeLines().map { $0.sentence as Sentence? }
          == [
            .running(as: "nobody", user: 65534, group: 65534),
            .keeping(.reading(Text(of: pin)), "nobody"),
          ],
      ])
    }
  }

  @Test("system calls that a syslogd never makes are an EPERM, what it needs goes on")
  func calls() async {
    await #expect(processExitsWith: .success) {
      let isReady = csandbox_no_new_privileges() == 0
      // Without a filter these succeed, or fail for their arguments.
      let before = [unshare(0) == 0, refuses(run("/nonexistent"), ENOENT)]
      let isFiltered = csandbox_filter_calls() == 0
      leave(
        [isReady, isFiltered] + before + [
          refuses(unshare(0), EPERM), refuses(setns(-1, 0), EPERM),
          refuses(run("/nonexistent"), EPERM),
          getpid() > 0, socket(AF_INET, CPOSIX_SOCK_DGRAM, 0) >= 0,
          resolvesOnAThread(),
        ])
    }
  }
}

private func refusal(_ user: Text) -> Sentence? {
  do throws(StartFailure) {
    _ = try Privileges(user: user, sandbox: .on, files: DaemonFiles())
    return nil
  } catch {
    return error.reason
  }
}

private func refuses(_ result: Int32, _ code: Int32) -> Bool {
  result == -1 && cposix_errno() == code
}

private func resolvesOnAThread() -> Bool {
  let resolver = Resolver()
  let lookup = resolver.lookUp("127.0.0.1")
  return eventually {
    resolver.noteAnswers()
    return lookup.isAnswered && !lookup.addresses.isEmpty
  }
}
