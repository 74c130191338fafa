internal import Bytes
internal import CPosix
internal import SyslogCore

/// Opens non-blocking TCP connections with what a log sender wants of them.
enum StreamSocket {
  /// What could not be done.
  struct Failure: Error {
    enum Step {
      case open
      case device
      case bind
      case connect
    }

    let step: Step
    let cause: Errno

    var reason: Sentence { .failed(step, cause) }
  }

  /// Begins to connect; the socket is writable once that has succeeded or failed.
  static func connect(
    to address: borrowing SocketAddress, for remote: RemoteSettings
  ) throws(Failure) -> FileDescriptor {
    let type = CPOSIX_SOCK_STREAM | CPOSIX_SOCK_CLOEXEC | CPOSIX_SOCK_NONBLOCK
    let descriptor = CPosix.socket(address.family, type, 0)
    guard descriptor >= 0 else { throw Failure(step: .open, cause: .last) }
    let socket = FileDescriptor(owning: descriptor)
    configure(socket.rawValue, remote.delivery)
    try place(socket.rawValue, remote.destination)
    var storage = address.storage
    let result = unsafe cposix_connect(socket.rawValue, &storage, address.length)
    guard result == 0 || cposix_errno() == EINPROGRESS else {
      throw Failure(step: .connect, cause: .last)
    }
    return socket
  }

  /// The outcome of a connection attempt whose socket became ready.
  static func failure(of socket: Int32) -> Failure? {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      return Failure(step: .connect, cause: .last)
    }
    return code == 0 ? nil : Failure(step: .connect, cause: Errno(code: code))
  }

  /// How a connection ended whose peer has closed the session; nil while it is open. What the peer
  /// sends now is not looked at.
  static func ending(of socket: Int32) -> TransportSender.Ending? {
    var byte: UInt8 = 0
    let count = unsafe recv(socket, &byte, 1, CPOSIX_MSG_PEEK | CPOSIX_MSG_DONTWAIT)
    if count == 0 { return .read }
    let errno = cposix_errno()
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? nil : .abrupt
  }

  /// Binds a new socket to the device and the local address that the remote is to be reached by.
  static func place(
    _ socket: Int32, _ destination: RemoteSettings.Destination
  ) throws(Failure) {
    if let device = destination.device {
      guard unsafe device.withCString({ unsafe cposix_bind_device(socket, $0) }) == 0 else {
        throw Failure(step: .device, cause: .last)
      }
    }
    if let source = destination.source {
      guard bind(socket, to: source) == 0 else { throw Failure(step: .bind, cause: .last) }
    }
  }

  private static func configure(_ socket: Int32, _ delivery: RemoteSettings.Delivery) {
    let tcp = CPOSIX_IPPROTO_TCP
    // Batches are ours to make; Nagle would hold the last one back (RFC 6587 §5, F6).
    set(socket, tcp, TCP_NODELAY, 1)
    set(socket, tcp, TCP_USER_TIMEOUT, Int32(clamping: delivery.userTimeout.milliseconds))
    // A connection that a firewall forgot is noticed while nothing is being logged.
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1)
    // In seconds, at most 32767 (Linux). How many probes there are follows from the time above.
    let idle = min(32_767, max(1, delivery.keepalive.milliseconds / 1000))
    set(socket, tcp, TCP_KEEPIDLE, Int32(clamping: idle))
    set(socket, tcp, TCP_KEEPINTVL, Int32(clamping: min(idle, 10)))
  }

  private static func set(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    // Not every kernel has every option, and none of them is vital.
    _ = unsafe setsockopt(
      socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
