internal import Bytes
internal import CPosix

/// The service manager that waits to hear that this daemon is ready, as sd_notify(3) tells it: one
/// datagram to the socket that `NOTIFY_SOCKET` names, a path or, behind `@`, an abstract name.
///
/// Made before the daemon detaches: what is told afterwards then says which process goes on.
struct ServiceManager {
  enum State {
    /// The log socket is read; also what ends `reloading`.
    case ready
    /// SIGHUP was taken (`Type=notify-reload`).
    case reloading
    case stopping
  }

  /// Nil when nobody waits.
  private let address: SocketAddress?
  private let maker: pid_t

  /// `maker` is the process that is asked to start, another one than ours in tests.
  init(maker: pid_t = getpid()) {
    self.maker = maker
    var name = Environment.text("NOTIFY_SOCKET")?.bytes ?? []
    switch name.first {
    case UInt8(ascii: "/"): break
    case UInt8(ascii: "@"): name[0] = 0
    default:
      address = nil
      return
    }
    address = SocketAddress(unix: name)
  }

  /// Tells the service manager, if there is one. A datagram that its socket has no room for is
  /// lost: the log comes first, and waiting would hold it.
  func notify(_ state: State) {
    switch state {
    case .ready:
      // MAINPID only when it is news: seen from another process namespace it would be wrong.
      let pid = getpid()
      pid == maker ? send("READY=1") : send("READY=1\nMAINPID=", UInt64(clamping: pid))
    case .reloading:
      var time = timespec()
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
      let microseconds =
        UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec) / 1000
      send("RELOADING=1\nMONOTONIC_USEC=", microseconds)
    case .stopping: send("STOPPING=1")
    }
  }

  private func send(_ words: StaticString, _ number: UInt64? = nil) {
    guard var address else { return }
    var text = Text(stringLiteral: words)
    if let number { text += "\(number)" }
    let socket = CPosix.socket(AF_UNIX, CPOSIX_SOCK_DGRAM | CPOSIX_SOCK_CLOEXEC, 0)
    _ = unsafe text.bytes.withUnsafeBytes { bytes in
      unsafe cposix_sendto(
        socket, bytes.baseAddress, bytes.count, CPOSIX_MSG_DONTWAIT | CPOSIX_MSG_NOSIGNAL,
        &address.storage, address.length)
    }
    close(socket)
  }
}
