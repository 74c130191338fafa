internal import Bytes
internal import CPosix
internal import Features

/// The service manager that waits to hear that this daemon is ready, as sd_notify(3) tells it: one
/// datagram to the socket that `NOTIFY_SOCKET` names, a path or, behind `@`, an abstract name.
struct ServiceManager {
  enum State {
    /// The log socket is read; also what ends `reloading`.
    case ready
    /// SIGHUP has come (`Type=notify-reload`).
    case reloading
    case stopping
  }

  /// Nil when nobody waits.
  private let address: SocketAddress?
  /// The process that the daemon has detached into, to be told when it is ready; nil when it is
  /// still the one that was started. Not always told: seen from another process namespace the
  /// number would be wrong.
  var detachedProcess: pid_t?

  init() {
    guard Feature.systemd.isBuilt else {
      address = nil
      return
    }
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

  /// Notifies the service manager, if there is one. A datagram that its socket has no room for is
  /// lost: the log comes first, and waiting would delay it.
  func notify(_ state: State) {
    guard Feature.systemd.isBuilt else { return }
    switch state {
    case .ready:
      guard let detachedProcess else { return send("READY=1") }
      send("READY=1\nMAINPID=", UInt64(clamping: detachedProcess))
    case .reloading:
      var time = timespec()
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
      let microseconds =
        UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec) / 1000
      send("RELOADING=1\nMONOTONIC_USEC=", microseconds)
    case .stopping: send("STOPPING=1")
    }
  }

  @inline(never)
  private func send(_ state: Literal, _ number: UInt64? = nil) {
    guard var address else { return }
    var text = Text(state)
    if let number { text += Text(number) }
    let socket = CPosix.socket(AF_UNIX, CPOSIX_SOCK_DGRAM | CPOSIX_SOCK_CLOEXEC, 0)
    _ = unsafe text.bytes.withUnsafeBytes { bytes in
      unsafe cposix_sendto(
        socket, bytes.baseAddress, bytes.count, CPOSIX_MSG_DONTWAIT | CPOSIX_MSG_NOSIGNAL,
        &address.storage, address.length)
    }
    close(socket)
  }
}
