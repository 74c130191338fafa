internal import Bytes
internal import CPosix
internal import SyslogCore

/// The file of a spool, which this process alone has. It is made with all its bytes, so that a file
/// system that fills up later takes none of it away.
///
/// What is written is in the kernel's hands: it outlasts the process, whatever ends that. Whole blocks
/// begin their way to the flash within a second, without being waited for, and the last one within the
/// half minute that Linux leaves to a page by itself (docs/decisions/0023).
final class SpoolFile: SpoolRegion {
  /// Why a file cannot be a spool.
  enum Failure: Error {
    case system(Errno)
    case inUse
    /// No regular file, or one that holds something else.
    case foreign

    /// Whether it may be otherwise later, by itself: the other program has ended, or the file system is
    /// there.
    var mayPass: Bool {
      switch self {
      case .system(let cause): cause.code == ENOENT
      case .inUse: true
      case .foreign: false
      }
    }
  }

  private static var block: Int { 4096 }
  /// Where the messages begin. What is before them is written seldom, and in no order.
  private static var begin: Int { 2 * block }
  private static var writebackPause: Interval { .seconds(1) }

  private let file: FileDescriptor
  /// For a look at what there is, which changes nothing.
  private let isReadOnly: Bool
  private(set) var failure = Errno(code: EIO)
  /// What was written and is not on its way.
  private var dirty = 0..<0
  private var nextWriteback = Instant(milliseconds: 0)

  private init(_ file: consuming FileDescriptor, isReadOnly: Bool) {
    self.file = file
    self.isReadOnly = isReadOnly
  }

  /// Opens the spool that a remote is to have, and makes it where there is none.
  static func open(
    _ settings: RemoteSettings.Spool, now: Instant
  ) throws(Failure) -> Spool<SpoolFile> {
    let region = try SpoolFile(of: settings.path)
    var size = region.size
    if size == 0 { size = try region.allocate(settings.size) }
    guard let spool = region.spool(of: size, settings, now) else { throw .foreign }
    guard size != settings.size, spool.isDrained, spool.used == 0 else { return spool }
    // Nothing is in it.
    size = try region.allocate(settings.size)
    guard let spool = region.spool(of: size, settings, now) else { throw .foreign }
    return spool
  }

  /// Opens what there is, for a look alone; nil when nothing was made yet.
  static func look(at settings: RemoteSettings.Spool) throws(Failure) -> Spool<SpoolFile>? {
    let region: SpoolFile
    do throws(Failure) {
      region = try SpoolFile(of: settings.path, isReadOnly: true)
    } catch {
      if case .system(let cause) = error, cause.code == ENOENT { return nil }
      throw error
    }
    let size = region.size
    if size == 0 { return nil }
    let now = Instant(milliseconds: 0)
    guard let spool = region.spool(of: size, settings, now) else { throw .foreign }
    return spool
  }

  private convenience init(of path: Text, isReadOnly: Bool = false) throws(Failure) {
    let access = isReadOnly ? O_RDONLY : O_RDWR | O_CREAT
    let flags = access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let descriptor = unsafe path.withCString { unsafe cposix_open($0, flags, 0o600) }
    guard descriptor >= 0 else { throw .system(.last) }
    self.init(FileDescriptor(owning: descriptor), isReadOnly: isReadOnly)
    guard flock(descriptor, (isReadOnly ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
      throw cposix_errno() == EWOULDBLOCK ? .inUse : .system(.last)
    }
    // A daemon that starts meanwhile is to find it free.
    if isReadOnly { flock(descriptor, LOCK_UN) }
    guard size >= 0 else { throw .foreign }
  }

  private func spool(
    of size: Int, _ settings: RemoteSettings.Spool, _ now: Instant
  ) -> Spool<SpoolFile>? {
    Spool.open(self, size: size, dailyLimit: settings.dailyLimit, salt: jitter(), now: now)
  }

  /// Negative when it is no regular file, or too large for one of ours.
  private var size: Int {
    var status = stat()
    guard unsafe fstat(file.rawValue, &status) == 0,
      status.st_mode & CPOSIX_S_IFMT == CPOSIX_S_IFREG, status.st_size < 1 << 30
    else { return -1 }
    return Int(status.st_size)
  }

  /// Gives it so many bytes, all of them 0.
  private func allocate(_ size: Int) throws(Failure) -> Int {
    _ = ftruncate(file.rawValue, 0)
    var error = posix_fallocate(file.rawValue, 0, off_t(size))
    if error == EOPNOTSUPP || error == EINVAL {
      // A file system that can not, with a C library that does nothing about it.
      let zeros = [UInt8](repeating: 0, count: SpoolFile.block)
      error = 0
      for offset in stride(from: 0, to: size, by: zeros.count)
      where error == 0 && !write(zeros.span, to: offset) {
        error = failure.code
      }
    }
    guard error == 0 else {
      // What there was of it is somebody else's now.
      _ = ftruncate(file.rawValue, 0)
      throw .system(Errno(code: error))
    }
    return size
  }

  func read(_ bytes: inout [UInt8], at index: Int, count: Int, from offset: Int) -> Bool {
    var done = 0
    while done < count {
      let part = index + done..<index + count
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[part])
        return unsafe pread(file.rawValue, target.baseAddress, target.count, off_t(offset + done))
      }
      if got < 0 && cposix_errno() == EINTR { continue }
      guard got > 0 else { return false }
      done += got
    }
    return true
  }

  func write(_ bytes: Span<UInt8>, to offset: Int) -> Bool {
    if isReadOnly { return true }
    var done = 0
    while done < bytes.count {
      let rest = bytes.extracting(droppingFirst: done)
      let count = unsafe rest.withUnsafeBytes {
        unsafe pwrite(file.rawValue, $0.baseAddress, $0.count, off_t(offset + done))
      }
      if count < 0 && cposix_errno() == EINTR { continue }
      guard count > 0 else {
        failure = .last
        return false
      }
      done += count
    }
    guard offset >= SpoolFile.begin else { return true }
    if offset != dirty.upperBound {
      writeBack()
      dirty = offset..<offset
    }
    dirty = dirty.lowerBound..<offset + done
    return true
  }

  /// Sends whole blocks on their way to the flash, at most once a second. A block that is not full is
  /// left to the kernel: written each time that a message is added, it would wear out the flash.
  func writeBack(now: Instant) {
    guard now >= nextWriteback, dirty.count >= SpoolFile.block else { return }
    nextWriteback = now + SpoolFile.writebackPause
    writeBack()
  }

  private func writeBack() {
    let end = dirty.upperBound / SpoolFile.block * SpoolFile.block
    let begin = dirty.lowerBound / SpoolFile.block * SpoolFile.block
    guard end > begin else { return }
    cposix_write_back(file.rawValue, Int64(begin), Int64(end - begin))
    dirty = end..<dirty.upperBound
  }

  /// Waits until everything is on the flash; for an orderly end alone.
  func finish() {
    _ = fdatasync(file.rawValue)
  }
}
