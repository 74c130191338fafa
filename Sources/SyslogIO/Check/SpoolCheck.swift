internal import Bytes
internal import CPosix
internal import SyslogCore

/// What a check finds of the spool of a remote. Nothing of it is changed, and what was not made yet is
/// not made.
enum SpoolCheck {
  /// Prints it. Returns what keeps the daemon from using it, but for a program that has it now: that is
  /// a daemon that runs.
  static func look(
    at settings: RemoteSettings.Spool, _ report: CheckReport
  ) -> SpoolFile.Failure? {
    do throws(SpoolFile.Failure) {
      if let spool = try SpoolFile.look(at: settings) {
        describe(spool, settings, report)
        try require(W_OK | R_OK, settings.path)
      } else {
        try lookForRoom(settings, report)
      }
      return nil
    } catch {
      report.add(.spool, .noSpool(settings.path, error))
      if case .inUse = error { return nil }
      return error
    }
  }

  private static func describe(
    _ spool: Spool<SpoolFile>, _ settings: RemoteSettings.Spool, _ report: CheckReport
  ) {
    let path = settings.path
    let (isTorn, used) = (spool.isTorn, spool.used)
    report.add(.spool, .spoolWaits(path, spool.countAll(), used, of: Int(spool.capacity)))
    if isTorn { report.add(.spool, .spoolTorn(path)) }
    if spool.damaged > 0 { report.add(.spool, .spoolDamaged(path, spool.damaged)) }
    if used > 0, spool.size != settings.size {
      report.add(.spool, .spoolKeepsSize(path, spool.size))
    }
  }

  /// Whether the file can be made with all its bytes.
  private static func lookForRoom(
    _ settings: RemoteSettings.Spool, _ report: CheckReport
  ) throws(SpoolFile.Failure) {
    let folder = settings.path.folder
    let free = unsafe folder.withCString { unsafe cposix_free_bytes($0) }
    guard free >= 0 else { throw .system(.last) }
    report.add(.spool, .spoolToBeMade(settings.path, settings.size, free: free))
    try require(W_OK | X_OK, folder)
    if free < Int64(settings.size) { throw .system(Errno(code: ENOSPC)) }
  }

  private static func require(_ mode: Int32, _ path: Text) throws(SpoolFile.Failure) {
    guard path.isAccessible(mode) else { throw .system(.last) }
  }
}
