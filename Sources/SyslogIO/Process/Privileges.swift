public import Bytes
internal import CPosix
internal import CSandbox
internal import SyslogCore

/// `--user`: who the daemon is once what only root may open is open.
///
/// It keeps one capability, to pass by the permissions of files: a log folder that is root's alone
/// can then still be written and rotated in, a pin or a key of mode 0600 be read for the next
/// connection, and the console be opened. The sandbox limits what it writes to with it.
public struct Privileges {
  /// What the kernel is asked to refuse a process that nothing else stops.
  public enum Sandbox: Sendable {
    case on
    /// `--no-sandbox`
    case off
  }

  private let name: Text
  /// Whose what stays behind in the system's memory has to be, to be removed at the end.
  let user: uid_t
  private let group: gid_t
  private let sandbox: Sandbox

  /// Looks the user up, and changes nothing. Throws when there is none of this name, or when it is
  /// not root who asks.
  public init(user name: Text, sandbox: Sandbox) throws(StartFailure) {
    guard let entry = unsafe name.withCString({ unsafe getpwnam($0) }) else {
      throw StartFailure(line: "--user: there is no user '\(name)'")
    }
    guard geteuid() == 0 else {
      throw StartFailure(line: "--user: '\(name)' can be taken on by root only")
    }
    self.name = name
    user = unsafe entry.pointee.pw_uid
    group = unsafe entry.pointee.pw_gid
    self.sandbox = sandbox
  }

  /// Takes the user on, for good. To be called while there is one thread: what is dropped for it is
  /// dropped for those that it starts.
  ///
  /// `files` may be opened, made and put aside from then on, and `pidFile` be removed. What the
  /// kernel cannot do for the sandbox is said, and is no failure.
  func drop(files: [Text], pidFile: Text, diagnostics: Diagnostics) throws(StartFailure) {
    guard unsafe name.withCString({ unsafe initgroups($0, group) }) == 0,
      csandbox_keep_capabilities() == 0, setresgid(group, group, group) == 0,
      setresuid(user, user, user) == 0, csandbox_keep_file_access() == 0,
      csandbox_no_new_privileges() == 0
    else {
      throw StartFailure(line: "--user: cannot become '\(name)': \(Errno.last.words)")
    }
    diagnostics.write(.syslogInfo, "running as \(name) (uid \(user), gid \(group))")
    guard case .on = sandbox else { return }
    restrictWriting(files: files, pidFile: pidFile, diagnostics: diagnostics)
    guard csandbox_filter_calls() != 0 else { return }
    diagnostics.write(.syslogNotice, "sandbox: no seccomp here: \(Errno.last.words)")
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
      diagnostics.write(.syslogNotice, "sandbox: no Landlock here: \(error.words)")
    }
  }
}
