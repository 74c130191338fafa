import Foundation

/// What looks like a machine of its own to a syslogd: /dev, /etc, /var, host name and System V IPC
/// belong to it alone, so that its fixed paths can be used and compared.
final class PrivateMachine {
  static let hostname = "\(shortName).example.net"
  static let shortName = "differential"

  let contender: Contender
  /// Where its /dev, /etc and /var are for everybody else.
  let root: String
  private let holder: Child
  private let workspace: Workspace
  private var started = 0

  init(_ contender: Contender, in workspace: Workspace) throws {
    self.contender = contender
    self.workspace = workspace
    root = try workspace.folder(contender.rawValue)
    let ready = workspace.file("\(contender.rawValue).ready")
    for name in ["dev", "etc", "var/log", "var/run"] {
      _ = try workspace.folder("\(contender.rawValue)/\(name)")
    }
    try workspace.write("", to: "\(contender.rawValue)/dev/null")
    holder = try Child(
      [
        "unshare", "-m", "-i", "-u", "sh", "-ec",
        """
        hostname \(PrivateMachine.hostname)
        mount --bind /dev/null "$0/dev/null"
        for name in dev etc var; do mount --rbind "$0/$name" "/$name"; done
        : >"$1"
        exec sleep 3600
        """, root, ready,
      ], in: workspace, name: "machine-\(contender.rawValue)")
    let holder = holder
    try eventually("a private machine is made (needs root)\n\(holder.everything)") {
      guard holder.isRunning else { throw Failure("no private machine\n\(holder.everything)") }
      return FileManager.default.fileExists(atPath: ready)
    }
  }

  /// The path of one of its files, as `/var/log/messages`, for everybody else.
  func outside(_ path: String) -> String { root + path }

  /// Starts a command of its own in /var/log. Its time zone is UTC, as there is no other file.
  func start(_ command: [String], name: String) throws -> Child {
    started += 1
    let inside = ["nsenter", "-t", "\(holder.pid)", "-m", "-i", "-u", "--wdns=/var/log", "--"]
    return try Child(
      inside + ["env", "-u", "TZ"] + command, in: workspace,
      name: "\(contender.rawValue)-\(name)-\(started)")
  }

  /// As it is before a syslogd was ever started: nothing but what `files` holds.
  func reset(_ files: [String: [UInt8]]) throws {
    // The folders stay: removing one takes milliseconds on some file systems, and this is for
    // each of hundreds of trials.
    try empty("/var", keeping: ["log", "run"])
    try empty("/dev", keeping: ["null"])
    for folder in ["/etc", "/var/log", "/var/run"] { try empty(folder) }
    for (path, content) in files {
      try Data(content).write(to: URL(fileURLWithPath: outside(path)))
    }
  }

  /// A ring of BusyBox's, as it stays behind when its syslogd is killed.
  func leaveRing(kilobytes: Int) throws {
    let daemon = try start(
      [try Contender.busyBox(), "syslogd", "-n", "-C\(kilobytes)"], name: "old")
    let pidFile = outside("/var/run/syslogd.pid")
    try eventually("an older syslogd serves\n\(daemon.everything)") {
      FileManager.default.fileExists(atPath: pidFile)
    }
    daemon.kill()
    try FileManager.default.removeItem(atPath: pidFile)
  }

  func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: outside(path)))
  }

  private func empty(_ folder: String, keeping kept: Set<String> = []) throws {
    for entry in FileTree(outside(folder)).entries where !kept.contains(entry.name) {
      try entry.remove()
    }
  }
}
