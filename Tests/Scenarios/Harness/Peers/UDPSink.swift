import Foundation

/// A UDP collector inside the test: keeps every datagram as it came.
final class UDPSink {
  private let socket: InetSocket
  /// Every datagram so far, in order.
  private(set) var datagrams: [[UInt8]] = []
  /// Where they came from, in the same order.
  private(set) var senders: [String] = []

  var port: Int { socket.port }

  init(_ host: String = "127.0.0.1", port: Int = 0) throws {
    socket = try InetSocket(.datagram, boundTo: host, port: port)
    grow()
  }

  /// Takes a bound socket, made in another network namespace.
  init(owning socket: InetSocket) {
    self.socket = socket
    grow()
  }

  /// Reads what has arrived; returns how many datagrams there are now.
  @discardableResult
  func collect() -> Int {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      var from = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let count = withUnsafeMutablePointer(to: &from) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(
            socket.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT), $0, &length)
        }
      }
      guard count >= 0 else { return datagrams.count }
      datagrams.append(Array(buffer[..<count]))
      senders.append(InetSocket.text(from))
    }
  }

  /// Waits until a datagram that contains `text` has come.
  func wait(for text: String, within deadline: Double = 10) throws {
    try eventually("a datagram with \(text) at port \(port)", within: deadline) {
      collect()
      return datagrams.contains { String(decoding: $0, as: UTF8.self).contains(text) }
    }
  }

  private func grow() {
    var size: Int32 = 4 << 20
    setsockopt(
      socket.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
  }
}
