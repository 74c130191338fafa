import Foundation

/// A folder that is /dev in a mount namespace of its own: programs that have the path /dev/log
/// built in reach the syslogd of a test, and a pid file in /run is nobody else's.
final class DeviceFolder {
  /// Where a syslogd of the test has to listen.
  let logSocket: String
  private let path: String
  private let run: String

  init(in workspace: Workspace) throws {
    path = try workspace.folder("dev")
    try workspace.write("", to: "dev/null")
    run = try workspace.folder("run")
    logSocket = "\(path)/log"
  }

  /// The command that runs another one there, in its own place.
  var wrapper: [String] {
    let text = """
      mount --bind /dev/null \(path)/null
      mount --bind \(path) /dev
      mount --bind \(run) /run
      exec "$@"
      """
    return ["unshare", "-m", "sh", "-ec", text, "sh"]
  }
}
