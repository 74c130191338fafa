import Bytes
import CPosix
import Testing

@testable import SyslogIO

/// What the daemon's user lacks the permission for decides which capability is kept.
@Suite(
  "Files that the daemon opens again",
  .enabled(if: geteuid() == 0, "only root can become somebody else"))
struct DaemonFilesTests {
  /// Runs the checks as nobody, for whom the root of the workspace is open.
  private static func asNobody(_ checks: (Workspace) throws -> () -> [Bool]) throws -> Never {
    let workspace = try Workspace()
    chmod(workspace.path, 0o755)
    let body = try checks(workspace)
    guard setresgid(65534, 65534, 65534) == 0, setresuid(65534, 65534, 65534) == 0 else { exit(99) }
    leave(body())
  }

  private static func folder(_ workspace: Workspace, _ name: String, owner: uid_t) -> String {
    let path = workspace.file(name)
    mkdir(path, 0o755)
    chown(path, owner, owner)
    return path
  }

  private static func lack(_ logs: String...) -> DaemonFiles.Lack {
    DaemonFiles(logs: logs.map { Text(of: $0) }).lack
  }

  @Test("a log in a folder of the user's own needs nothing, there or not, nor does standard output")
  func own() async {
    await #expect(processExitsWith: .success) {
      try Self.asNobody { workspace in
        let folder = Self.folder(workspace, "own", owner: 65534)
        let log = try workspace.write("", to: "own/log")
        chown(log, 65534, 65534)
        return {
          [
            Self.lack("\(folder)/new") == .nothing, Self.lack(log, "-") == .nothing,
            Self.lack("/dev/null") == .nothing, Self.lack("\(folder)/missing/log") == .nothing,
          ]
        }
      }
    }
  }

  @Test("a folder or a file of root, also behind a link, needs the capability to write")
  func root() async {
    await #expect(processExitsWith: .success) {
      try Self.asNobody { workspace in
        let own = Self.folder(workspace, "own", owner: 65534)
        let other = Self.folder(workspace, "other", owner: 0)
        let log = try workspace.write("", to: "own/log")
        let target = try workspace.write("", to: "other/log")
        chown(target, 65534, 65534)
        symlink(target, workspace.file("own/link"))
        let device = access("/dev/console", F_OK) == 0 ? "/dev/console" : "/dev/mem"
        return {
          [
            Self.lack("\(other)/log") == .writing(Text(of: other)),
            Self.lack(log) == .writing(Text(of: log)),
            Self.lack("\(own)/link") == .writing(Text(of: other)),
            access(device, F_OK) != 0 || Self.lack(device) == .writing(Text(of: device)),
          ]
        }
      }
    }
  }

  @Test("a pin, a key, a folder of authorities or a configuration of root needs that to read")
  func reading() async {
    await #expect(processExitsWith: .success) {
      try Self.asNobody { workspace in
        let secret = try workspace.write("", to: "secret.pem")
        let open = try workspace.write("", to: "open.pem")
        chmod(open, 0o644)
        let folder = Text(of: workspace.path)
        func trusting(_ change: (inout RemoteSettings.Trust) -> Void) -> DaemonFiles.Lack {
          let remote = RemoteSettings()
          change(&remote.trust)
          return DaemonFiles(remotes: [remote]).lack
        }
        return {
          let needed = DaemonFiles.Lack.reading(Text(of: secret))
          return [
            trusting { $0.pins = [.literal("sha256//"), .file(Text(of: open))] } == .nothing,
            trusting { $0.pins = [.file(Text(of: open)), .file(Text(of: secret))] } == needed,
            trusting { $0.key = Text(of: secret) } == needed,
            trusting { $0.authorities = [Text(of: open)] } == .nothing,
            trusting { $0.authorities = [folder] } == needed,
            trusting { $0.key = Text(of: secret + ".new") } == .reading(Text(of: secret + ".new")),
            DaemonFiles(configuration: Text(of: secret)).lack == needed,
            DaemonFiles(configuration: Text(of: open)).lack == .nothing,
            DaemonFiles(configuration: "/nonexistent/file").lack == .nothing,
          ]
        }
      }
    }
  }

  @Test(
    "a log beside the system's own files is refused with a sandbox, whose folder it would be",
    arguments: [
      ("/messages", true), ("//messages", true), ("/etc/messages", true), ("/usr/log", true),
      ("/root/../var/../log", true), ("/proc/log", true), ("/tmp/messages", false),
      ("/var/log/messages", false), ("/etcetera/log", false), ("/dev/null", false), ("-", false),
    ])
  func exposing(log: String, isRefused: Bool) {
    let files = DaemonFiles(logs: ["/tmp/other", Text(of: log)])
    var reason: Sentence?
    do throws(StartFailure) {
      _ = try Privileges(user: "nobody", sandbox: .on, files: files)
    } catch {
      reason = error.reason
    }
    #expect(reason == (isRefused ? .exposing(Text(of: log)) : nil))
    #expect((try? Privileges(user: "nobody", sandbox: .off, files: files)) != nil)
  }

  @Test("a relative log is below / for a daemon in the background, which is refused")
  func relative() {
    let settings = DaemonSettings()
    settings.local = .file("log")
    #expect(settings.files.exposing == "/log")
    settings.detachment = .foreground
    #expect(settings.files.logs.first == "log")
    settings.local = .file("-")
    #expect(settings.files.exposing == nil)
  }

  @Test("statistics beside the system's own files are refused, too")
  func statistics() throws {
    for (path, isRefused) in [("/etc/s.prom", true), ("/tmp/s.prom", false), ("/s", true)] {
      let files = DaemonFiles(logs: ["/tmp/log"], statistics: Text(of: path))
      #expect(files.exposing == (isRefused ? Text(of: path) : nil))
    }
  }

  @Test("statistics in a folder of root need the capability to write")
  func statisticsOfRoot() async {
    await #expect(processExitsWith: .success) {
      try Self.asNobody { workspace in
        let own = Self.folder(workspace, "own", owner: 65534)
        let other = Self.folder(workspace, "other", owner: 0)
        return {
          [
            DaemonFiles(statistics: Text(of: "\(own)/s")).lack == .nothing,
            DaemonFiles(statistics: Text(of: "\(other)/s")).lack == .writing(Text(of: other)),
          ]
        }
      }
    }
  }

  @Test("a log that is a link into the system's files is refused, too")
  func link() throws {
    let workspace = try Workspace()
    try #require(symlink("/etc/passwd", workspace.file("log")) == 0)
    let files = DaemonFiles(logs: [Text(of: workspace.file("log"))])
    #expect(files.exposing == "/etc/passwd")
  }

  @Test("a log that is a link to what is not there yet is allowed where it leads to")
  func dangling() throws {
    let workspace = try Workspace()
    let (first, second) = (workspace.file("first"), workspace.file("second"))
    try #require(symlink("second", first) == 0 && symlink("/nonexistent/log", second) == 0)
    #expect(DaemonFiles(logs: [Text(of: first)]).logs == [Text(of: first), "/nonexistent/log"])
  }

  @Test("a pid file that may not be removed is emptied, so that nobody is signalled by its number")
  func pidFile() async {
    await #expect(processExitsWith: .success) {
      try Self.asNobody { workspace in
        let file = PIDFile(path: Text(of: workspace.file("pid")))
        try file.write()
        file.hold()
        chmod(workspace.file("pid"), 0o644)
        let before = workspace.content(of: "pid")
        return {
          file.remove()
          return [before == "\(getpid())\n", workspace.content(of: "pid") == ""]
        }
      }
    }
  }
}
