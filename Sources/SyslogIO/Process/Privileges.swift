public import Bytes
internal import CPosix
internal import CSandbox
internal import SyslogCore

/// The user that the daemon becomes once what only root may open is open.
///
/// It keeps one capability, to pass by the permissions of files: a log folder that is root's alone
/// can then still be written and rotated in, a pin or a key of mode 0600 be read for the next
/// connection, and the console be opened. The sandbox limits what it writes to with it.
public struct Privileges {
  /// What the kernel is asked to refuse a process that nothing else stops.
  public enum Sandbox: Sendable {
    case on
    case off
  }

  private let name: Text
  /// Owner of the ring in shared memory from then on, so that we can remove it at exit.
  let user: uid_t
  private let group: gid_t
  private let sandbox: Sandbox

  /// Looks the user up, and changes nothing. Throws when there is none of this name, or when it is
  /// not root who asks.
  public init(user name: Text, sandbox: Sandbox) throws(StartFailure) {
    guard let entry = unsafe name.withCString({ unsafe getpwnam($0) }) else {
      throw StartFailure(.noUser(name), about: .user)
    }
    guard geteuid() == 0 else {
      throw StartFailure(.notRoot(name), about: .user)
    }
    self.name = name
    user = unsafe entry.pointee.pw_uid
    group = unsafe entry.pointee.pw_gid
    self.sandbox = sandbox
  }

  /// Switches to the user permanently. To be called while there is one thread: what it gives up, the
  /// threads that it starts do not have.
  ///
  /// From then on `files` may be opened, made and rotated, and `pidFile` be removed. What the kernel
  /// cannot do for the sandbox is logged, and is no failure.
  func drop(files: [Text], pidFile: Text, diagnostics: Diagnostics) throws(StartFailure) {
    guard unsafe name.withCString({ unsafe initgroups($0, group) }) == 0,
      csandbox_keep_capabilities() == 0, setresgid(group, group, group) == 0,
      setresuid(user, user, user) == 0, csandbox_keep_file_access() == 0,
      csandbox_no_new_privileges() == 0
    else {
      throw StartFailure(.notBecome(name, .last), about: .user)
    }
    diagnostics.write(.syslogInfo, .running(as: name, user: user, group: group))
    guard case .on = sandbox else { return }
    restrictWriting(files: files, pidFile: pidFile, diagnostics: diagnostics)
    guard csandbox_filter_calls() != 0 else { return }
    diagnostics.write(.syslogNotice, .noSeccomp(.last))
  }

  /// A kernel without Landlock leaves the rest of the sandbox as it is.
  private func restrictWriting(files: [Text], pidFile: Text, diagnostics: Diagnostics) {
    do throws(Errno) {
      let rules = try SandboxFiles()
      for file in files where file != "-" { rules.allowLog(file, diagnostics: diagnostics) }
      // Neither has to be there: what has no console falls back to standard error.
      try? rules.allowWriting("/dev/console")
      try? rules.allowRemoving(pidFile)
      try rules.enter()
    } catch {
      diagnostics.write(.syslogNotice, .noLandlock(error))
    }
  }
}
