import Foundation

/// A TCP server inside the test that accepts and then misbehaves.
final class TCPListener: @unchecked Sendable {
  enum Behaviour {
    /// Accepts, keeps the connection, never says a word: a black hole.
    case silent
    /// Closes at once.
    case closing
    /// Resets at once.
    case resetting
    /// Answers with something that is not TLS, then closes.
    case babbling
    /// Reads everything for so many seconds, then closes in order.
    case hasty(Double)
    /// Never accepts: with its backlog full, further connections hang while being made.
    case full
  }

  let port: Int
  private let socket: InetSocket
  private let behaviour: Behaviour
  private let lock = NSLock()
  private var open: [Int32] = []
  private var times: [ContinuousClock.Instant] = []
  private var addresses: [String] = []
  private var ended = false
  private var bytes: [[UInt8]] = []
  private var fillers: [Int32] = []

  init(_ behaviour: Behaviour, port: Int = 0, socket given: InetSocket? = nil) throws {
    socket = try given ?? InetSocket(.stream, boundTo: "127.0.0.1", port: port)
    self.port = socket.port
    self.behaviour = behaviour
    var isFull = false
    if case .full = behaviour { isFull = true }
    guard listen(socket.descriptor, isFull ? 0 : 128) == 0 else {
      throw Failure("listen: \(LibC.lastError)")
    }
    guard !isFull else {
      try fill()
      return
    }
    Thread { [self] in
      while acceptOne() {}
    }.start()
  }

  /// Ends the thread and closes what is open. To be called before the test ends.
  func stop() {
    lock.withLock {
      ended = true
      for descriptor in open + fillers { close(descriptor) }
      open = []
      fillers = []
    }
    shutdown(socket.descriptor, Int32(SHUT_RDWR))
  }

  /// How many connections were accepted so far.
  var accepted: Int { lock.withLock { times.count } }
  /// Seconds between one connection and the next.
  var gaps: [Double] {
    lock.withLock { zip(times, times.dropFirst()).map { ($1 - $0) / .seconds(1) } }
  }
  /// The addresses from which they came.
  var peers: [String] { lock.withLock { addresses } }

  /// What each connection brought; of the hasty one.
  var received: [[UInt8]] { lock.withLock { bytes } }

  private func acceptOne() -> Bool {
    var from = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let connection = withUnsafeMutablePointer(to: &from) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        accept(socket.descriptor, $0, &length)
      }
    }
    guard connection >= 0 else { return false }
    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
    return lock.withLock {
      guard !ended else {
        close(connection)
        return false
      }
      times.append(.now)
      addresses.append(InetSocket.text(from))
      treat(connection)
      return true
    }
  }

  private func treat(_ connection: Int32) {
    switch behaviour {
    case .silent, .full: return open.append(connection)
    case .closing: break
    case .hasty(let seconds):
      bytes.append([])
      let index = bytes.count - 1
      return Thread { [self] in read(connection, index, for: seconds) }.start()
    case .resetting:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection, SOL_SOCKET, SO_LINGER, &linger,
        socklen_t(MemoryLayout.size(ofValue: linger)))
    case .babbling:
      _ = send(connection, "220 mail.example.net ESMTP\r\n", 28, Int32(MSG_NOSIGNAL))
    }
    close(connection)
  }

  private func read(_ connection: Int32, _ index: Int, for seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while ContinuousClock.now < end {
      var waiting = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 10) > 0 else { continue }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      lock.withLock { bytes[index] += buffer[..<count] }
    }
    close(connection)
  }

  /// Takes the places of the backlog.
  private func fill() throws {
    var address = try InetSocket.address("127.0.0.1", port)
    for _ in 0..<4 {
      let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      let filler = Glibc.socket(AF_INET, type | Int32(SOCK_NONBLOCK.rawValue), 0)
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(filler, $0, InetSocket.length(false))
        }
      }
      fillers.append(filler)
    }
  }
}
