internal import CPosix
public import TLSBackend

/// The unix datagram socket that programs log to.
///
/// As BusyBox: a symbolic link is followed, an old node is replaced, everybody may write. A socket
/// that was passed by LISTEN_FDS (sd_listen_fds(3)) is used instead.
public struct LogSocket: ~Copyable {
  let socket: FileDescriptor

  /// Opens the socket at `path`, or takes the passed one.
  public init(path: Text) throws(Errno) {
    let passed = LogSocket.passedDescriptor()
    socket = FileDescriptor(owning: passed >= 0 ? passed : try LogSocket.open(path))
  }

  private static func open(_ path: Text) throws(Errno) -> Int32 {
    let target = followLinks(path)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = target.bytes
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Errno(code: ENAMETOOLONG)
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let type = CPOSIX_SOCK_DGRAM | CPOSIX_SOCK_CLOEXEC | CPOSIX_SOCK_NONBLOCK
    let descriptor = CPosix.socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw Errno.last }
    _ = unsafe target.withCString { unsafe unlink($0) }
    guard unsafe cposix_bind_unix(descriptor, &address) == 0,
      unsafe target.withCString({ unsafe chmod($0, 0o666) }) == 0
    else {
      let failure = Errno.last
      close(descriptor)
      throw failure
    }
    return descriptor
  }

  /// The first descriptor that may have been passed, when it was passed to this process and is a
  /// datagram socket; else -1. It is 3 (sd_listen_fds(3)), but in tests, where 3 is the runtime's.
  static func passedDescriptor(first: Int32 = 3) -> Int32 {
    guard number(in: "LISTEN_PID") == Int(getpid()), let count = number(in: "LISTEN_FDS"),
      count > 0
    else { return -1 }
    var type: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(first, SOL_SOCKET, SO_TYPE, &type, &size) == 0,
      type == CPOSIX_SOCK_DGRAM
    else { return -1 }
    return first
  }

  private static func number(in variable: Text) -> Int? {
    guard let text = unsafe variable.withCString({ unsafe getenv($0) }) else { return nil }
    return unsafe Int(atol(text))
  }

  /// The path behind a symbolic link, which need not exist yet (BusyBox's
  /// xmalloc_follow_symlinks); a loop ends where it was entered.
  private static func followLinks(_ path: Text) -> Text {
    var current = path
    for _ in 0..<20 {
      var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let length = unsafe target.withUnsafeMutableBytes { buffer in
        unsafe current.withCString { path in
          unsafe cposix_readlink(path, buffer.baseAddress, buffer.count)
        }
      }
      guard length > 0 else { return current }
      let link = target[0..<length]
      if link.first == UInt8(ascii: "/") {
        current = Text(link)
        continue
      }
      let directory = current.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
      current = Text(current.bytes[..<directory] + link)
    }
    return path
  }
}
