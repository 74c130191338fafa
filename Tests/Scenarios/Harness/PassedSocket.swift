import Foundation

/// A bound unix datagram socket of the test: to be passed to syslogd, or left in its way.
final class PassedSocket {
  private(set) var descriptor: Int32

  init(boundTo path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0 else { throw Failure("bind \(path): \(LibC.lastError)") }
  }

  deinit { abandon() }

  /// Closes it and leaves its node behind, as a daemon that was killed does.
  func abandon() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// Whether a datagram waits.
  var hasDatagram: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT)) >= 0
  }
}
