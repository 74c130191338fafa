internal import Bytes
internal import CPosix

/// The file that tells scripts whom to signal; written after the start was logged, as BusyBox
/// does, and removed at the end.
struct PIDFile {
  let path: Text

  /// A pid file that cannot be written is no reason to stop logging.
  func write() throws(Errno) {
    let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    let text = ("\(getpid())\n" as Text).bytes
    guard writeFully(text.span, to: file.rawValue) == text.count else { throw Errno.last }
  }

  func remove() {
    _ = unsafe path.withCString { unsafe unlink($0) }
  }
}
