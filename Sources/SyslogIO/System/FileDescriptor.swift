public import Bytes
internal import CPosix

/// An open file descriptor, closed when it goes out of use.
public struct FileDescriptor: ~Copyable {
  public let rawValue: Int32

  public init(owning rawValue: Int32) {
    self.rawValue = rawValue
  }

  deinit {
    close(rawValue)
  }

  /// Owns what a C function returned, or throws its `errno`.
  static func checked(_ rawValue: Int32) throws(Errno) -> FileDescriptor {
    guard rawValue >= 0 else { throw Errno.last }
    return FileDescriptor(owning: rawValue)
  }

  /// Opens a file. The corresponding C function is `open`, with `O_CLOEXEC`.
  static func open(_ path: Text, _ flags: Int32) throws(Errno) -> FileDescriptor {
    try checked(unsafe path.withCString { unsafe cposix_open($0, flags | O_CLOEXEC, 0o666) })
  }
}

/// Writes all of `bytes`, as far as the descriptor accepts them without waiting.
/// Returns how many it accepted.
public func writeFully(_ bytes: Span<UInt8>, to descriptor: Int32) -> Int {
  var written = 0
  while written < bytes.count {
    let rest = bytes.extracting(droppingFirst: written)
    let count = unsafe rest.withUnsafeBufferPointer { buffer in
      unsafe write(descriptor, buffer.baseAddress, buffer.count)
    }
    if count < 0 && cposix_errno() == EINTR { continue }
    guard count > 0 else { break }
    written += count
  }
  return written
}

/// Reads a file of at most `limit` bytes, as it is now; a larger one is an `EFBIG`.
public func readFile(_ path: Text, limit: Int) throws(Errno) -> [UInt8] {
  // O_NONBLOCK: a FIFO in the place of a pin file must not hold the daemon.
  let file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
  var content = [UInt8](repeating: 0, count: 4096)
  var count = 0
  while true {
    if count == content.count {
      guard count <= limit else { throw Errno(code: EFBIG) }
      // The file may be a key, of which no part is to be left in freed memory.
      var larger = [UInt8](repeating: 0, count: 2 * count)
      for index in content.indices { larger[index] = content[index] }
      swap(&content, &larger)
      larger.wipe()
    }
    let room = content.count - count
    let got = unsafe content.withUnsafeMutableBytes { buffer in
      unsafe read(file.rawValue, buffer.baseAddress?.advanced(by: count), room)
    }
    if got < 0 && cposix_errno() == EINTR { continue }
    guard got >= 0 else { throw Errno.last }
    if got == 0 { break }
    count += got
  }
  guard count <= limit else { throw Errno(code: EFBIG) }
  content.removeLast(content.count - count)
  return content
}
