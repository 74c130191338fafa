import CPosix
import TLSBackend

/// A pair of connected stream sockets: the backend holds one end, the test plays the network and
/// the server at the other.
public final class Wire {
  enum Kind {
    /// Moves bytes at once, so that every test sees the same.
    case unix
    /// As a collector's connection is, for what only TCP does: a reset.
    case tcp
  }

  public let clientSocket: Int32
  private let kind: Kind
  private var peerSocket: Int32
  /// What did not fit into the client's socket yet.
  private var unsent: ArraySlice<UInt8> = []
  /// Bytes that the client's end has sent, as its peer received them.
  public private(set) var receivedCount: UInt64 = 0

  init(_ kind: Kind = .unix) throws {
    self.kind = kind
    (clientSocket, peerSocket) = kind == .unix ? try Wire.unixPair() : try Wire.tcpPair()
  }

  deinit {
    close(clientSocket)
    if !isClosed { close(peerSocket) }
  }

  /// Whether poll(2) would wake a loop that waits for `readiness` at the client's end.
  func isReady(_ readiness: Readiness) -> Bool {
    wakes(for: readiness == .readable ? POLLIN : POLLOUT, within: 0)
  }

  /// What has arrived from the client, at most `limit` bytes.
  func receive(limit: Int = .max) -> [UInt8] {
    guard !isClosed else { return [] }
    settle(clientSocket)
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

  /// Sends to the client; what does not fit goes first at the next call.
  func send(_ bytes: [UInt8]) throws {
    unsent += bytes
    while !unsent.isEmpty {
      let count = unsent.withUnsafeBytes {
        CPosix.send(peerSocket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }
      unsent = unsent.dropFirst(count)
    }
    settle(peerSocket)
  }

  /// Sends a record to the client without end, from another thread. To be stopped before the wire
  /// is gone.
  func pour(_ record: [UInt8], limit: Int) -> Flood {
    Flood(record, into: peerSocket, limit: limit)
  }

  /// Whether the peer has closed its end.
  var isClosed: Bool { peerSocket < 0 }

  /// Whether everything that was sent to the client has reached its socket.
  var isFlushed: Bool { unsent.isEmpty }

  /// Bytes that the client has not read.
  var unreadCount: Int {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return max(0, recv(clientSocket, &bytes, bytes.count, Int32(MSG_PEEK)))
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

  /// Waits until a full TCP socket stays full: nothing of it is under way to the peer any more.
  func settleFull() {
    var left = Wire.patience
    var info = tcp_info()
    repeat {
      var length = socklen_t(MemoryLayout<tcp_info>.size)
      getsockopt(clientSocket, Int32(CPOSIX_IPPROTO_TCP), TCP_INFO, &info, &length)
      poll(nil, 0, 1)
      left -= 1
    } while info.tcpi_unacked > 0 && left > 0
  }

  /// The peer's end of the stream (a FIN), the other direction staying open.
  func finishPeer() {
    shutdown(peerSocket, Int32(SHUT_WR))
    _ = wakes(for: POLLRDHUP, within: Wire.patience)
  }

  /// Closes the peer's end: a reset when it has not read everything. Returns when the client's end
  /// knows: a child process that another test starts at this moment holds the end open until it has
  /// executed its program.
  func closePeer() {
    guard !isClosed else { return }
    close(peerSocket)
    peerSocket = -1
    _ = wakes(for: POLLRDHUP, within: Wire.patience)
  }

  /// Closes the peer's end with a RST, whatever it has read (TCP).
  func resetPeer() throws {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(peerSocket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    closePeer()
    try expect(wakes(for: 0, within: Wire.patience), "no reset arrives")
  }
}

// MARK: Making and waiting

extension Wire {
  /// Milliseconds that the kernel has for what it does at once.
  private static let patience: Int32 = 10_000

  /// POLLERR and POLLHUP wake always.
  private func wakes(for events: Int32, within patience: Int32) -> Bool {
    var entry = pollfd(fd: clientSocket, events: Int16(events), revents: 0)
    return poll(&entry, 1, patience) == 1
  }

  /// Waits until what `socket` has sent is in the other's queue. A full one keeps the rest.
  private func settle(_ socket: Int32) {
    guard kind == .tcp else { return }
    var left = Wire.patience
    while left > 0, cposix_unacknowledged(socket) > 0 {
      poll(nil, 0, 1)
      left -= 1
    }
  }

  private static func unixPair() throws -> (Int32, Int32) {
    var pair: [Int32] = [-1, -1]
    let type = CPOSIX_SOCK_STREAM | CPOSIX_SOCK_NONBLOCK | CPOSIX_SOCK_CLOEXEC
    try expect(socketpair(AF_UNIX, type, 0, &pair) == 0, "socketpair failed")
    return (pair[0], pair[1])
  }

  private static func tcpPair() throws -> (Int32, Int32) {
    let listener = socket(AF_INET, CPOSIX_SOCK_STREAM | CPOSIX_SOCK_CLOEXEC, 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { address in
      bind(listener, __CONST_SOCKADDR_ARG(__sockaddr_in__: address), length)
      listen(listener, 1)
      getsockname(listener, __SOCKADDR_ARG(__sockaddr_in__: address), &length)
    }
    let flags = CPOSIX_SOCK_NONBLOCK | CPOSIX_SOCK_CLOEXEC
    let client = socket(AF_INET, CPOSIX_SOCK_STREAM | flags, 0)
    withUnsafePointer(to: address) { address in
      _ = connect(client, __CONST_SOCKADDR_ARG(__sockaddr_in__: address), length)
    }
    let peer = accept4(listener, __SOCKADDR_ARG(__sockaddr__: nil), nil, flags)
    var entry = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
    try expect(peer >= 0 && poll(&entry, 1, patience) == 1, "no TCP connection to 127.0.0.1")
    return (client, peer)
  }
}
