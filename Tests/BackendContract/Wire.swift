import CPosix
import TLSBackend

/// A pair of connected stream sockets: the backend holds one end, the test plays the network and
/// the server at the other.
public final class Wire {
  public let clientSocket: Int32
  private var peerSocket: Int32
  /// Bytes that the client's end has sent, as its peer received them.
  public private(set) var receivedCount: UInt64 = 0

  init() throws {
    var pair: [Int32] = [-1, -1]
    let result = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &pair)
    try expect(result == 0, "socketpair failed")
    clientSocket = pair[0]
    peerSocket = pair[1]
  }

  deinit {
    close(clientSocket)
    closePeer()
  }

  /// Whether poll(2) would wake a loop that waits for `readiness` at the client's end.
  func isReady(_ readiness: Readiness) -> Bool {
    let events = Int16(readiness == .readable ? POLLIN : POLLOUT)
    var entry = pollfd(fd: clientSocket, events: events, revents: 0)
    return poll(&entry, 1, 0) == 1
  }

  /// What has arrived from the client, at most `limit` bytes.
  func receive(limit: Int = .max) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < limit {
      var chunk = [UInt8](repeating: 0, count: min(65536, limit - all.count))
      let count = recv(peerSocket, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      all += chunk[..<count]
    }
    receivedCount += UInt64(all.count)
    return all
  }

  func send(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    let count = CPosix.send(peerSocket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    try expectEqual(count, bytes.count, "bytes that fit into the client's socket")
  }

  /// Fills the way from the client to its peer, so that not one more byte fits.
  func fillClientSocket() -> Int {
    var total = 0
    for size in [65536, 1024, 1] {
      let junk = [UInt8](repeating: 0xEE, count: size)
      while true {
        let count = CPosix.send(clientSocket, junk, size, Int32(MSG_NOSIGNAL))
        guard count > 0 else { break }
        total += count
      }
    }
    return total
  }

  /// The peer's end of the stream (a FIN), the other direction staying open.
  func finishPeer() {
    shutdown(peerSocket, Int32(SHUT_WR))
  }

  /// Closes the peer's end: a reset when it has not read everything.
  func closePeer() {
    if peerSocket >= 0 { close(peerSocket) }
    peerSocket = -1
  }
}
