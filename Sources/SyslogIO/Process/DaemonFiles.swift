internal import Bytes
internal import CPosix
internal import CSandbox
internal import Features
internal import SyslogCore
internal import TLSBackend

/// The files that the daemon opens, makes and removes while it runs, whoever it is then.
final class DaemonFiles {
  /// The names under which logs are written, rotated and made again: their own, and where links lead
  /// to.
  let logs: [Text]
  /// Read again at a reload.
  private let configuration: Text?
  /// Whose pins, certificates and keys are read again for each connection.
  private let remotes: [RemoteSettings]
  let pidFile: Text
  /// Replaced by another in its folder.
  let statistics: Text?

  /// `-` is no log file.
  init(
    logs: [Text] = [], configuration: Text? = nil, remotes: [RemoteSettings] = [],
    pidFile: Text = "", statistics: Text? = nil
  ) {
    var names: [Text] = []
    for log in logs where log != "-" {
      names.append(log)
      // It need not be there yet.
      let end = LogSocket.followLinks(log)
      if end != log { names.append(end) }
    }
    self.logs = names
    self.configuration = configuration
    self.remotes = remotes
    self.pidFile = pidFile
    self.statistics = Feature.statistics.isBuilt ? statistics : nil
  }

  /// What a user lacks the permission for, and so which capability is kept.
  enum Lack: Equatable {
    case nothing
    /// To read this file.
    case reading(Text)
    /// To write to this file or folder. Whoever may do that may also read.
    case writing(Text)

    var capabilities: UInt32 {
      switch self {
      case .nothing: 0
      case .reading: CSANDBOX_READ_FILES
      case .writing: CSANDBOX_WRITE_FILES
      }
    }
  }

  /// What the user lacks whom the process runs as, by its real id, without regard to capabilities.
  var lack: Lack {
    for path in logs {
      let folder = path.folder
      // In /dev nothing is made or renamed.
      if folder != "/dev", folder.isDenied(W_OK | X_OK) { return .writing(folder) }
      if path.isDenied(W_OK) { return .writing(path) }
    }
    if let folder = statistics?.folder, folder.isDenied(W_OK | X_OK) { return .writing(folder) }
    if let configuration, configuration.isDenied(R_OK) { return .reading(configuration) }
    for remote in remotes {
      let files = (try? CredentialFiles.all(of: remote.trust)) ?? remote.trust.paths
      // One that is not there yet may come with any mode.
      for path in files + remote.trust.pinPaths where !path.isAccessible(R_OK) {
        return .reading(path)
      }
    }
    return .nothing
  }

  /// A log, or statistics, that the sandbox cannot allow to be replaced without allowing what the
  /// system is made of.
  var exposing: Text? {
    logs.first { $0.folder.holdsSystem } ?? statistics.flatMap { $0.folder.holdsSystem ? $0 : nil }
  }
}

extension Text {
  /// What a file of this name is in: `.` when the name has no slash.
  var folder: Text {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return Text(bytes[..<max(1, slash)])
  }

  /// Without links, and itself when it is not there.
  private var real: Text {
    let target = unsafe withCString { unsafe realpath($0, nil) }
    guard let target = unsafe target else { return self }
    defer { unsafe free(target) }
    return unsafe Text(cString: target)
  }

  /// Whether whoever may write to this folder, and below it, may become root: it is one of the
  /// system's, or holds one.
  var holdsSystem: Bool {
    let folder = real
    if folder == "/" { return true }
    let parts: Text = "/bin:/boot:/etc:/lib:/proc:/root:/sbin:/sys:/usr:/var/spool"
    for name in parts.bytes[...].parts(between: UInt8(ascii: ":")) {
      let part = Text(name)
      guard part.isAccessible(F_OK) else { continue }
      if (part.real + "/").bytes.starts(with: (folder + "/").bytes) { return true }
    }
    return false
  }

  /// The corresponding C function is `access`, which asks for the real user.
  @inline(never)
  func isAccessible(_ mode: Int32) -> Bool {
    unsafe withCString { unsafe access($0, mode) } == 0
  }

  /// Not because it is missing, or on a file system that is read only.
  @inline(never)
  fileprivate func isDenied(_ mode: Int32) -> Bool {
    !isAccessible(mode) && cposix_errno() == EACCES
  }
}
