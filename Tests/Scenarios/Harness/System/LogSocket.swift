import Foundation

/// A client of the unix datagram socket that syslogd reads, as `syslog(3)` is one.
final class LogSocket {
  let path: String
  private let descriptor: Int32

  /// Connects; fails when nobody listens at `path`.
  init(_ path: String) throws {
    self.path = path
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    descriptor = socket(AF_UNIX, type, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      close(descriptor)
      throw Failure("\(path) is too long for a unix socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    // A daemon that has stopped reading fails the test instead of hanging it.
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard connected == 0 else {
      let reason = LibC.lastError
      close(descriptor)
      throw Failure("connect \(path): \(reason)")
    }
  }

  deinit { close(descriptor) }

  /// Sends one datagram; blocks while syslogd's queue is full, as most programs do.
  func send(_ datagram: [UInt8]) throws {
    while Glibc.send(descriptor, datagram, datagram.count, Int32(MSG_NOSIGNAL)) < 0 {
      guard errno == EINTR else { throw Failure("send to \(path): \(LibC.lastError)") }
    }
  }

  func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  func send(_ texts: [String]) throws {
    for text in texts { try send(text) }
  }

  /// Bytes of sent datagrams that syslogd has not taken yet, with the kernel's overhead.
  func unread() throws -> Int32 {
    var bytes: Int32 = 0
    guard ioctl(descriptor, UInt(TIOCOUTQ), &bytes) == 0 else {
      throw Failure("TIOCOUTQ \(path): \(LibC.lastError)")
    }
    return bytes
  }

  /// Sends one datagram without blocking. False when it was refused because the queue is full.
  ///
  /// With `patience` it first waits so long for room: then a refusal says that syslogd did not
  /// read for that time, and not that this sender is faster.
  func offer(_ text: String, patience: Double = 0) throws -> Bool {
    if patience > 0 {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&entry, 1, Int32(patience * 1000))
    }
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    let datagram = Array(text.utf8)
    if Glibc.send(descriptor, datagram, datagram.count, flags) >= 0 { return true }
    guard errno == EAGAIN else { throw Failure("send to \(path): \(LibC.lastError)") }
    return false
  }
}
