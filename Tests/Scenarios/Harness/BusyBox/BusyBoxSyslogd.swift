import Foundation

/// The oracle, BusyBox's syslogd with every feature, with a /dev and a /run of its own, so that its
/// fixed paths touch nothing of this machine.
final class BusyBoxSyslogd {
  let process: Child
  let logSocket: String

  /// `wrapper` enters a network namespace.
  init(_ arguments: [String], in workspace: Workspace, wrapper: [String] = []) throws {
    let devices = try workspace.folder("busybox-dev")
    let run = try workspace.folder("busybox-run")
    try workspace.write("", to: "busybox-dev/null")
    logSocket = "\(devices)/log"
    let path = logSocket
    let process = try Child(
      wrapper + [
        "unshare", "-m", "sh", "-ec",
        """
        mount --bind /dev/null \(devices)/null
        mount --rbind \(devices) /dev
        mount --bind \(run) /run
        exec \(try Contender.busyBox()) syslogd -n "$@"
        """, "busybox-syslogd",
      ] + arguments, in: workspace, name: "busybox")
    self.process = process
    try eventually("BusyBox's syslogd is ready\n\(process.everything)") {
      (try? LogSocket(path)) != nil
    }
  }
}
