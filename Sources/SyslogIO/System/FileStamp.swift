internal import Bytes
internal import CPosix

/// Tells whether files have changed.
enum FileStamp {
  /// Of each file: when it was written, its size and its number.
  static func of(_ paths: [Text]) -> [UInt64] {
    var stamp: [UInt64] = []
    for path in paths {
      var status = stat()
      guard read(path, &status) else {
        stamp.append(UInt64.max)
        continue
      }
      stamp.append(UInt64(truncatingIfNeeded: status.st_mtim.tv_sec))
      stamp.append(UInt64(truncatingIfNeeded: status.st_mtim.tv_nsec))
      stamp.append(UInt64(truncatingIfNeeded: status.st_size))
      stamp.append(UInt64(truncatingIfNeeded: status.st_ino))
    }
    return stamp
  }

  /// Whether it is there and no regular file.
  static func isSpecial(_ path: Text) -> Bool {
    var status = stat()
    return read(path, &status) && status.st_mode & CPOSIX_S_IFMT != CPOSIX_S_IFREG
  }

  /// In seconds since 1970; 0 when there is no such file.
  static func modified(_ path: Text) -> Int64 {
    var status = stat()
    return read(path, &status) ? Int64(status.st_mtim.tv_sec) : 0
  }

  /// False when there is no such file.
  @inline(never)
  private static func read(_ path: Text, _ status: inout stat) -> Bool {
    unsafe path.withCString { unsafe stat($0, &status) } == 0
  }
}
