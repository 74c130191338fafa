internal import Bytes
internal import CPosix
internal import CSandbox
internal import SyslogCore

/// Which files a process may write to, make and remove: nothing but what was allowed before
/// `enter`. Reading stays free, and so does what is open. The corresponding system calls are
/// `landlock_create_ruleset`, `landlock_add_rule` and `landlock_restrict_self`.
struct SandboxFiles: ~Copyable {
  private enum Right {
    static var writeFile: UInt64 { 1 << 1 }
    static var removeFile: UInt64 { 1 << 5 }
    static var makeRegular: UInt64 { 1 << 8 }
    static var truncate: UInt64 { 1 << 14 }
    /// All of the first version but to read: to start a program, too.
    static var first: UInt64 { 0x1FF3 }
    /// Files that go to another folder, `truncate`, and requests to devices.
    static var later: [(version: Int32, right: UInt64)] {
      [(2, 1 << 13), (3, truncate), (5, 1 << 15)]
    }
  }

  private let ruleset: FileDescriptor
  /// What this kernel can refuse.
  private var handled = Right.first

  /// Throws when the kernel has no Landlock.
  init() throws(Errno) {
    let version = csandbox_landlock_version()
    guard version > 0 else { throw Errno.last }
    for (first, right) in Right.later where version >= first { handled |= right }
    // From version 6 on: signals to other processes.
    ruleset = try FileDescriptor.checked(csandbox_landlock_create(handled, version >= 6 ? 2 : 0))
  }

  /// Allows a file to be opened for writing, made, renamed in its folder and removed: everything
  /// in that folder and below it.
  ///
  /// In /dev, where a folder would be all disks of the machine, just the file. Missing paths are
  /// logged.
  @inline(never)
  func allowLog(_ path: Text, diagnostics: Diagnostics) {
    do throws(Errno) {
      let folder = path.folder
      guard folder != "/dev" else { return try allowWriting(path) }
      try allow(
        folder, Right.writeFile | Right.truncate | Right.makeRegular | Right.removeFile)
    } catch {
      diagnostics.write(.syslogNotice, .notAllowed(path, error))
    }
  }

  /// Allows just this file, which has to be there, to be opened for writing.
  func allowWriting(_ file: Text) throws(Errno) {
    try allow(file, Right.writeFile | Right.truncate)
  }

  /// Allows a file to be removed, and with it everything in its folder, unless that is the system's.
  func allowRemoving(_ file: Text) throws(Errno) {
    guard !file.folder.holdsSystem else { return }
    try allow(file.folder, Right.removeFile)
  }

  private func allow(_ path: Text, _ rights: UInt64) throws(Errno) {
    let place = try FileDescriptor.open(path, CPOSIX_O_PATH)
    guard csandbox_landlock_allow(ruleset.rawValue, rights & handled, place.rawValue) == 0 else {
      throw Errno.last
    }
  }

  /// From here on, for this thread and those that it starts.
  func enter() throws(Errno) {
    guard csandbox_landlock_enter(ruleset.rawValue) == 0 else { throw Errno.last }
  }
}
