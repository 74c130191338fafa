import Foundation

/// Ports that nothing listens on, below the range from which the kernel takes its own, so that no
/// outgoing connection can get one between our look and the peer's bind.
enum FreePort {
  private static let lock = NSLock()
  nonisolated(unsafe) private static var last = 20_000 + Int(getpid()) % 400 * 20

  /// A port that is free on 127.0.0.1 and ::1, for TCP and for UDP.
  static func next() throws -> Int {
    try lock.withLock {
      for _ in 0..<2_000 {
        last = last >= 31_000 ? 20_000 : last + 1
        if isFree(last) { return last }
      }
      throw Failure("no port is free")
    }
  }

  private static func isFree(_ port: Int) -> Bool {
    ["127.0.0.1", "::1"].allSatisfy { host in
      [SocketKind.stream, .datagram].allSatisfy { kind in
        (try? InetSocket(kind, boundTo: host, port: port)) != nil
      }
    }
  }
}
