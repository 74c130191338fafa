import Foundation

/// A bound unix datagram socket of the test: to be passed to syslogd, left in its way, or told what
/// a service manager is told.
final class PassedSocket {
  private(set) var descriptor: Int32

  /// `@name` is in the abstract namespace.
  init(boundTo path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    // An abstract name has no end of its own.
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
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

  /// The next datagram, waited for.
  func receive(within deadline: Double = 10) throws -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = -1
    try eventually("a datagram at the test's own socket", within: deadline) {
      count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      return count >= 0
    }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
