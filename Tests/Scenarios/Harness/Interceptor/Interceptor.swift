import Foundation

/// A man in the middle of TCP on loopback, between syslogd and a real server: one connection at a
/// time, each with the attack that was planned for it, and everything that the client says kept.
final class Interceptor: @unchecked Sendable {
  /// How long both sides may be silent after a byte was changed before the connection is ended: a
  /// length that was changed has them wait for each other.
  private static let patience: Int32 = 150

  let host: String
  let port: Int
  private let socket: InetSocket
  private let server: Int
  private let lock = NSLock()
  private var planned: [InterceptorAttack] = []
  private var afterwards = InterceptorAttack.none
  private var connections: [InterceptorSeen] = []
  private var ended = false

  /// Listens at `host` and passes on to `server`, a port of 127.0.0.1.
  init(at host: String, port: Int = 0, to server: Int) throws {
    socket = try InetSocket(.stream, boundTo: host, port: port)
    self.host = host
    self.port = socket.port
    self.server = server
    guard listen(socket.descriptor, 128) == 0 else { throw Failure("listen: \(LibC.lastError)") }
    Thread { [self] in
      while serveOne() {}
    }.start()
  }

  /// Ends the thread. To be called before the test ends.
  func stop() {
    lock.withLock { ended = true }
    shutdown(socket.descriptor, Int32(SHUT_RDWR))
  }

  /// One attack for each of the next connections, and one for all that follow.
  func plan(_ attacks: [InterceptorAttack], then following: InterceptorAttack) {
    lock.withLock { (planned, afterwards) = (attacks, following) }
  }

  /// Every connection so far, the last of which may be open.
  var seen: [InterceptorSeen] { lock.withLock { connections } }
  /// How many connections have ended.
  var ends: Int { lock.withLock { connections.count { $0.isOver } } }

  private var isEnded: Bool { lock.withLock { ended } }

  private func serveOne() -> Bool {
    let client = accept(socket.descriptor, nil, nil)
    guard client >= 0 else { return false }
    defer { close(client) }
    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
    let attack = lock.withLock {
      connections.append(InterceptorSeen())
      return planned.isEmpty ? afterwards : planned.removeFirst()
    }
    defer { lock.withLock { connections[connections.count - 1].isOver = true } }
    if case .answer(let bytes) = attack {
      answer(bytes, to: client)
    } else if let server = connect(attack) {
      defer { close(server) }
      relay(client, server, attack)
    }
    return !isEnded
  }

  // MARK: Attacks

  private func answer(_ bytes: [UInt8], to client: Int32) {
    guard receive(from: client) != nil else { return }
    forward(bytes, to: client)
    bidFarewell(to: client)
  }

  private func relay(_ client: Int32, _ server: Int32, _ attack: InterceptorAttack) {
    var stream = Stream(attack: attack)
    while let ready = wait(client, server, patient: !stream.hasChanged) {
      if ready.client {
        guard let bytes = receive(from: client) else { return }
        guard send(stream.fromClient(bytes), to: server) else { return bidFarewell(to: client) }
      }
      if ready.server {
        guard let bytes = read(server) else { return bidFarewell(to: client) }
        for piece in stream.fromServer(bytes) {
          if stream.pause > 0 { usleep(stream.pause * 1_000) }
          guard pass(client, server, &stream) else { return }
          forward(piece, to: client)
        }
        if let reset = stream.isCut {
          return reset ? endByReset(client) : bidFarewell(to: client)
        }
      }
    }
    bidFarewell(to: client)
  }

  /// Passes on what the client has said until now, so that what comes next is kept as later.
  /// Returns whether it is still there.
  private func pass(_ client: Int32, _ server: Int32, _ stream: inout Stream) -> Bool {
    var entry = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 0) > 0 else { return true }
    guard let bytes = receive(from: client) else { return false }
    return send(stream.fromClient(bytes), to: server)
  }

  /// Says no more, and hears what the client still says.
  private func bidFarewell(to client: Int32) {
    shutdown(client, Int32(SHUT_WR))
    while !isEnded {
      var entry = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, 100) > 0, receive(from: client) == nil { return }
    }
  }

  private func endByReset(_ client: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
  }

  // MARK: Sockets

  private func connect(_ attack: InterceptorAttack) -> Int32? {
    var port = server
    if case .redirect(let other) = attack { port = other }
    guard var address = try? InetSocket.address("127.0.0.1", port) else { return nil }
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = Glibc.socket(AF_INET, type, 0)
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, InetSocket.length(false))
      }
    }
    if connected == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  /// Which of the two has something to read; nil when it is over.
  private func wait(
    _ client: Int32, _ server: Int32, patient: Bool
  ) -> (client: Bool, server: Bool)? {
    var entries = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while !isEnded {
      if poll(&entries, 2, patient ? 500 : Interceptor.patience) > 0 {
        return (entries[0].revents != 0, entries[1].revents != 0)
      }
      if !patient { return nil }
    }
    return nil
  }

  private func receive(from client: Int32) -> [UInt8]? {
    guard let bytes = read(client) else { return nil }
    lock.withLock { connections[connections.count - 1].add(bytes, fromClient: true) }
    return bytes
  }

  private func forward(_ bytes: [UInt8], to client: Int32) {
    guard !bytes.isEmpty, send(bytes, to: client) else { return }
    lock.withLock { connections[connections.count - 1].add(bytes, fromClient: false) }
  }

  private func read(_ descriptor: Int32) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: 32_768) { buffer, count in
      count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
    }
    return bytes.isEmpty ? nil : bytes
  }

  private func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
