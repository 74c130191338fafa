public import Bytes
internal import CPosix
internal import Features

/// The unix datagram socket that programs log to.
///
/// As BusyBox: a symbolic link is followed, an old node is replaced, everybody may write. A socket
/// that was passed by LISTEN_FDS (sd_listen_fds(3)) is used instead.
public struct LogSocket: ~Copyable {
  let socket: FileDescriptor

  /// Where passed descriptors begin (sd_listen_fds(3)).
  private static var firstPassed: Int32 { 3 }

  /// Uses the socket that was passed, else opens the one at `path`.
  ///
  /// BusyBox with Debian's patch looks at descriptor 3 alone and uses any unix socket.
  public init(path: Text) throws(Errno) {
    if Feature.systemd.isBuilt,
      let passed = LogSocket.datagramSocket(
        from: LogSocket.firstPassed, count: LogSocket.passedCount())
    {
      socket = FileDescriptor(owning: passed)
    } else {
      socket = FileDescriptor(owning: try LogSocket.open(path))
    }
    // Where that fails, every sender is one that is not known.
    var isOn: Int32 = 1
    _ = unsafe setsockopt(
      socket.rawValue, SOL_SOCKET, SO_PASSCRED, &isOn, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func open(_ path: Text) throws(Errno) -> Int32 {
    let target = followLinks(path)
    guard let address = SocketAddress(unix: target.bytes) else { throw Errno(code: ENAMETOOLONG) }
    let type = CPOSIX_SOCK_DGRAM | CPOSIX_SOCK_CLOEXEC | CPOSIX_SOCK_NONBLOCK
    let descriptor = CPosix.socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw Errno.last }
    _ = removeFile(target)
    guard bind(descriptor, to: address) == 0,
      unsafe target.withCString({ unsafe chmod($0, 0o666) }) == 0
    else {
      let failure = Errno.last
      close(descriptor)
      throw failure
    }
    return descriptor
  }

  /// How many descriptors the environment says were passed to this process. Removes the variables,
  /// which are not for processes that this one might start.
  static func passedCount() -> Int {
    let isForUs = Environment.number("LISTEN_PID") == Int(getpid())
    let count = isForUs ? Environment.number("LISTEN_FDS") : 0
    Environment.remove("LISTEN_PID")
    Environment.remove("LISTEN_FDS")
    Environment.remove("LISTEN_FDNAMES")
    return count
  }

  /// The first unix datagram socket of `count` descriptors from `first` on, made non-blocking; none
  /// of them is inherited from then on. Ends at the first that is not open, whatever the count.
  static func datagramSocket(from first: Int32, count: Int) -> Int32? {
    var found: Int32?
    var next = first
    var remaining = count
    while remaining > 0, cposix_fcntl(next, F_SETFD, FD_CLOEXEC) == 0 {
      if found == nil, isUnixDatagramSocket(next) { found = next }
      next += 1
      remaining -= 1
    }
    if let found {
      _ = cposix_fcntl(found, F_SETFL, cposix_fcntl(found, F_GETFL, 0) | O_NONBLOCK)
    }
    return found
  }

  private static func isUnixDatagramSocket(_ descriptor: Int32) -> Bool {
    option(SO_DOMAIN, of: descriptor) == AF_UNIX
      && option(SO_TYPE, of: descriptor) == CPOSIX_SOCK_DGRAM
  }

  /// The corresponding C function is `getsockopt`.
  private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 else { return nil }
    return value
  }

  /// The path behind a symbolic link, which need not exist yet (BusyBox's
  /// xmalloc_follow_symlinks); a loop ends where it was entered.
  static func followLinks(_ path: Text) -> Text {
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
