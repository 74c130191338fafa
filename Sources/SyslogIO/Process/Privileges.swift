internal import Bytes
internal import CPosix
internal import CSandbox
internal import SyslogCore

/// The user that the daemon becomes once what only root may open is open.
///
/// It keeps a capability only for files that the user has no permission for: CAP_DAC_OVERRIDE when it
/// could not write to a log file or rotate in its folder, else CAP_DAC_READ_SEARCH when it could not
/// read a pin or a key for the next connection, else none. The sandbox limits what is written with
/// the first; where the kernel has no Landlock, or without the sandbox, it is as good as root.
struct Privileges {
  /// What the kernel is asked to refuse a process that nothing else stops.
  enum Sandbox: Sendable {
    case on
    case off
  }

  private let name: Text
  /// Owner of the ring in shared memory from then on, so that we can remove it at exit.
  let user: uid_t
  private let group: gid_t
  private let sandbox: Sandbox
  private let files: DaemonFiles

  /// Looks the user up, and changes nothing. Throws when there is none of this name, when it is not
  /// root who asks, or when the sandbox would be worth nothing with these log files.
  init(user name: Text, sandbox: Sandbox, files: DaemonFiles) throws(StartFailure) {
    guard let entry = unsafe name.withCString({ unsafe getpwnam($0) }) else {
      throw StartFailure(.noUser(name), about: .user)
    }
    guard geteuid() == 0 else {
      throw StartFailure(.notRoot(name), about: .user)
    }
    if case .on = sandbox, let log = files.exposing {
      throw StartFailure(.exposing(log), about: .user)
    }
    self.name = name
    user = unsafe entry.pointee.pw_uid
    group = unsafe entry.pointee.pw_gid
    self.sandbox = sandbox
    self.files = files
  }

  /// Switches to the user permanently. To be called while there is one thread: what it gives up, the
  /// threads that it starts do not have.
  ///
  /// From then on its files may be opened, made, rotated and removed. What the kernel cannot do for the
  /// sandbox is logged, and is no failure.
  func drop(_ diagnostics: Diagnostics) throws(StartFailure) {
    guard unsafe name.withCString({ unsafe initgroups($0, group) }) == 0,
      csandbox_keep_capabilities() == 0, setresgid(group, group, group) == 0,
      setresuid(user, user, user) == 0
    else { throw failure }
    let lack = files.lack
    guard csandbox_keep(lack.capabilities) == 0, csandbox_no_new_privileges() == 0 else {
      throw failure
    }
    diagnostics.write(.syslogInfo, .running(as: name, user: user, group: group))
    if let reason = Sentence.keeping(lack, name) { diagnostics.write(.syslogInfo, reason) }
    guard case .on = sandbox else { return }
    restrictWriting(lack, diagnostics)
    guard csandbox_filter_calls() != 0 else { return }
    diagnostics.write(.syslogNotice, .noSeccomp(.last))
  }

  private var failure: StartFailure { StartFailure(.notBecome(name, .last), about: .user) }

  /// A kernel without Landlock leaves the rest of the sandbox as it is.
  private func restrictWriting(_ lack: DaemonFiles.Lack, _ diagnostics: Diagnostics) {
    do throws(Errno) {
      let rules = try SandboxFiles()
      for path in files.logs { rules.allowLog(path, diagnostics: diagnostics) }
      if let path = files.statistics { rules.allowLog(path, diagnostics: diagnostics) }
      // Neither has to be there: what has no console falls back to standard error.
      try? rules.allowWriting("/dev/console")
      try? rules.allowRemoving(files.pidFile)
      try rules.enter()
    } catch {
      guard case .writing = lack else {
        return diagnostics.write(.syslogNotice, .noLandlock(error))
      }
      diagnostics.write(.syslogWarning, .asGoodAsRoot(error))
    }
  }
}
