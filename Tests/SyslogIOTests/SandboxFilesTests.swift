import Bytes
import CPosix
import CSandbox
import TLSBackend
import Testing

@testable import SyslogIO

@Suite(
  "Files that may be written to, and no others",
  .enabled(if: csandbox_landlock_version() > 0, "the kernel has no Landlock"))
struct SandboxFilesTests {
  @Test("a log's folder is for making, writing, renaming and removing, another is not")
  func folder() async {
    await #expect(processExitsWith: .success) {
      let (logs, others) = (try Workspace(), try Workspace())
      try others.write("kept", to: "other")
      let log = logs.file("log")
      try enter { $0.allowLog(Text(of: log), diagnostics: Diagnostics()) }
      let other = others.file("other")
      leave([
        opens(log, O_WRONLY | O_CREAT | O_APPEND), opens(log, O_WRONLY | O_TRUNC),
        rename(log, logs.file("log.0")) == 0, unlink(logs.file("log.0")) == 0,
        !opens(other, O_WRONLY) && cposix_errno() == EACCES,
        !opens(others.file("new"), O_WRONLY | O_CREAT) && cposix_errno() == EACCES,
        unlink(other) != 0 && rename(other, others.file("new")) != 0,
        truncate(other, 0) != 0 || csandbox_landlock_version() < 3,
        mkdir(logs.file("folder"), 0o700) != 0 && symlink(other, logs.file("link")) != 0,
        mkfifo(logs.file("fifo"), 0o600) != 0,
        others.content(of: "other") == "kept",
        refusesToRun("/bin/true"),
      ])
    }
  }

  @Test("a log that is a link may be where it leads to") func link() async {
    await #expect(processExitsWith: .success) {
      let (logs, others) = (try Workspace(), try Workspace())
      let target = try others.write("", to: "log")
      let link = logs.file("log")
      let isLink = symlink(target, link) == 0
      let files = DaemonFiles(logs: [Text(of: link)])
      try enter { rules in
        for path in files.logs { rules.allowLog(path, diagnostics: Diagnostics()) }
      }
      leave([isLink, unlink(target) == 0, opens(link, O_WRONLY | O_CREAT)])
    }
  }

  @Test("a file in /dev is allowed by itself, not with the disks beside it") func device() async {
    await #expect(processExitsWith: .success) {
      try enter { $0.allowLog("/dev/null", diagnostics: Diagnostics()) }
      leave([
        opens("/dev/null", O_WRONLY), opens("/dev/zero", O_RDONLY), !opens("/dev/zero", O_WRONLY),
      ])
    }
  }

  @Test("the pid file may be removed, and nothing be written in its folder") func pidFile() async {
    await #expect(processExitsWith: .success) {
      let workspace = try Workspace()
      let file = try workspace.write("1", to: "pid")
      try enter { try? $0.allowRemoving(Text(of: file)) }
      leave([!opens(file, O_WRONLY), unlink(file) == 0, !opens(file, O_WRONLY | O_CREAT)])
    }
  }

  @Test("a pid file beside the system's own files allows nothing there to be removed")
  func pidFileOfRoot() async {
    await #expect(processExitsWith: .success) {
      let workspace = try Workspace()
      let file = try workspace.write("kept", to: "other")
      try enter { try? $0.allowRemoving("/syslogd.pid") }
      leave([unlink(file) != 0 && cposix_errno() == EACCES])
    }
  }

  @Test("a folder that is not there is logged, and does not keep the others from being allowed")
  func missing() async {
    await #expect(processExitsWith: .success) {
      let workspace = try Workspace()
      let log = workspace.file("log")
      let rules = try SandboxFiles()
      let diagnostics = Diagnostics()
      rules.allowLog("/nonexistent/log", diagnostics: diagnostics)
      rules.allowLog(Text(of: log), diagnostics: diagnostics)
      try rules.enter()
      let said = diagnostics.removeLines().map(\.sentence)
      leave([
        said == [.notAllowed("/nonexistent/log", Errno(code: ENOENT))],
        opens(log, O_WRONLY | O_CREAT),
      ])
    }
  }
}

private func enter(_ allow: (borrowing SandboxFiles) -> Void) throws {
  guard csandbox_no_new_privileges() == 0 else { throw Unexpected("prctl: \(errorWords())") }
  let rules = try SandboxFiles()
  allow(rules)
  try rules.enter()
}

private func opens(_ path: String, _ flags: Int32) -> Bool {
  let descriptor = cposix_open(path, flags, 0o600)
  defer { if descriptor >= 0 { close(descriptor) } }
  return descriptor >= 0
}

private func refusesToRun(_ path: String) -> Bool {
  run(path) == -1 && cposix_errno() == EACCES
}

/// Goes on in the program's place; returns when that is not to be.
func run(_ path: String) -> Int32 {
  let nothing: [UnsafeMutablePointer<CChar>?] = [nil]
  return execve(path, nothing, nothing)
}
