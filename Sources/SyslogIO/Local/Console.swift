internal import Bytes
internal import CPosix

/// Where BusyBox writes what it cannot write to a file.
final class Console {
  private var held: FileDescriptor?

  /// Keeps it open for a user who may not open it.
  func hold() {
    held = open()
  }

  func open() -> FileDescriptor? {
    if let file = try? FileDescriptor.open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK) {
      return file
    }
    guard let held = held?.rawValue else { return nil }
    return try? FileDescriptor.checked(cposix_fcntl(held, F_DUPFD_CLOEXEC, 0))
  }
}
