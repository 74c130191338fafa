import Foundation

/// One test's temporary folder and everything that the test has running.
///
/// When the test ends, passed or failed, its processes are killed, last started first, and the
/// folder is removed. `SCENARIOS_KEEP=1` leaves the folder for reading.
final class Workspace {
  let path: String
  private var children: [Child] = []
  private var cleanups: [() -> Void] = []

  init() {
    // Short: a unix socket's path has 107 bytes.
    var template = Array("/tmp/syslogd-scenario-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("/tmp is writable") }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    chmod(path, 0o755)
  }

  deinit {
    for cleanup in cleanups.reversed() { cleanup() }
    for child in children.reversed() { child.kill() }
    if ProcessInfo.processInfo.environment["SCENARIOS_KEEP"] == nil {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  func adopt(_ child: Child) {
    children.append(child)
  }

  /// Runs when the test ends, before the processes are killed.
  func atEnd(_ cleanup: @escaping () -> Void) {
    cleanups.append(cleanup)
  }

  /// The path of a file in the folder, made or not.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path. The new contents appear at once, by rename.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let path = file(name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }

  /// Makes a folder and returns its path.
  func folder(_ name: String) throws -> String {
    let path = file(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }
}
