internal import Bytes
internal import CPosix

/// The file that tells scripts whom to signal; written after the start was logged, as BusyBox does,
/// unless root is given up in between, and removed at the end.
final class PIDFile {
  let path: Text
  private var held: FileDescriptor?

  init(path: Text) {
    self.path = path
  }

  /// A pid file that cannot be written is no reason to stop logging.
  func write() throws(Errno) {
    let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    let text = ("\(getpid())\n" as Text).bytes
    guard writeFully(text.span, to: file.rawValue) == text.count else { throw Errno.last }
  }

  /// Opens it for `remove`, to be called while we may.
  func hold() {
    held = try? FileDescriptor.open(path, O_WRONLY | O_NONBLOCK)
  }

  /// Empties it where another user may not remove it: nobody is to signal who gets the number next.
  func remove() {
    guard !removeFile(path), let file = held?.rawValue else { return }
    _ = ftruncate(file, 0)
  }
}
