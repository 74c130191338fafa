import Foundation

/// A named pipe that the test keeps reading: a console that forgets nothing.
final class NamedPipe {
  private let descriptor: Int32
  private(set) var content: [UInt8] = []

  init(_ path: String) throws {
    guard mkfifo(path, 0o600) == 0 else { throw Failure("mkfifo \(path): \(LibC.lastError)") }
    // Open for writing too, so that it has no end when a writer leaves.
    descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure("open \(path): \(LibC.lastError)") }
    // F_SETPIPE_SZ: a writer that does not block would lose what has no room.
    _ = fcntl(descriptor, 1031, 1 << 20)
  }

  deinit { close(descriptor) }

  /// Takes what is there.
  func collect() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      content += buffer[..<count]
    }
  }
}
