import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A remote over plain TCP")
struct PlainStreamTests {
  private func remote(
    receiveBuffer: Int32? = nil, _ change: (inout RemoteSettings) -> Void = { _ in }
  ) throws -> RemoteUnderTest {
    try RemoteUnderTest(receiveBuffer: receiveBuffer) {
      $0.destination.transport = .tcp
      change(&$0)
    }
  }

  /// The second in which what takes connections may still drop what came over them.
  private func wait(_ remote: RemoteUnderTest) { remote.now = remote.now + .seconds(1) }

  @Test("is sent octet-counted frames as soon as it is connected, and asks TLS for nothing (F1)")
  func octetCounting() throws {
    let remote = try remote { $0.trust.pins = [.file("/nonexistent/pin")] }
    remote.queue("<13>early")
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.queue("<13>later\n")
    remote.flush()
    #expect(connection.read(24) == "9 <13>early10 <13>later\n")
    #expect(remote.library.calls == [])
  }

  @Test("is sent lines when asked to (F2)")
  func lines() throws {
    let remote = try remote { $0.delivery.framing = .lineFeed }
    remote.queue("<13>a\nb")
    remote.queue("<13>c")
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    #expect(connection.read(14) == "<13>a b\n<13>c\n")
  }

  @Test("is said to be connected in clear, in one line")
  func connectedLine() throws {
    let remote = try remote { $0.delivery.format = nil }
    #expect(remote.connect())
    #expect(
      remote.said() == [
        .connected(over: nil, .notAuthenticated, .octetCounting, .rfc5424)
      ])
  }

  @Test("is sent again, in order and from a frame's beginning, all that it had not acknowledged")
  func resent() throws {
    // A collector that does not read: its kernel takes a part.
    let remote = try remote(receiveBuffer: 65536) { $0.delivery.queueCapacity = 8 << 20 }
    #expect(remote.connect())
    let first = try #require(remote.accept())
    wait(remote)
    let count = 7000
    let length = 1003
    for number in 0..<count {
      remote.queue("<13>\(1000 + number)" + String(repeating: "x", count: 991))
    }
    remote.flush()
    #expect(eventually { !remote.turn(within: 100) }, "until its kernel takes no more")
    #expect(remote.transport.wantsWritable)
    #expect(remote.transport.sender.queue.unsentBytes > 0)
    first.reset()
    #expect(remote.turn { remote.isBackingOff })
    let acknowledged = Int(remote.transport.sender.counters.acknowledged)
    try #require((1..<count).contains(acknowledged), "a part, but not all")
    #expect(remote.transport.sender.queue.count == count - acknowledged)

    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    let expected = (count - acknowledged) * length
    // One message first, until it is seen that this connection lives on.
    var text = remote.read(length, from: second)
    #expect(text.utf8.count == length)
    remote.now = remote.now + Interval(milliseconds: 50)
    remote.transport.noteAcknowledged(now: remote.now)
    remote.flush()
    text += remote.read(expected - length, from: second)
    #expect(text.utf8.count == expected)
    for number in acknowledged..<count {
      let frame = text.utf8.dropFirst((number - acknowledged) * length).prefix(12)
      try #require(String(frame) == "999 <13>\(1000 + number)")
    }
  }

  @Test("is sent nothing twice that it had acknowledged")
  func notResent() throws {
    let remote = try remote()
    #expect(remote.connect())
    let first = try #require(remote.accept())
    remote.queue("<13>one")
    remote.flush()
    #expect(first.read(9) == "7 <13>one")
    wait(remote)
    #expect(remote.acknowledged())
    first.reset()
    #expect(remote.turn { remote.isBackingOff })
    remote.queue("<13>two")
    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    #expect(second.read(9) == "7 <13>two")
    #expect(remote.transport.sender.counters.requeued == 0)
  }

  @Test("loses nothing to what takes connections in front of a dead collector, and waits longer")
  func proxy() throws {
    let remote = try remote {
      $0.delivery.retry = Backoff(minimum: .seconds(1), maximum: .seconds(100))
    }
    remote.queue("<13>one")
    _ = remote.start()
    for failures in 1...3 {
      #expect(remote.turn { remote.isReady })
      let connection = try #require(remote.accept())
      #expect(connection.read(9) == "7 <13>one")
      shutdown(connection.socket.rawValue, Int32(SHUT_WR))
      #expect(remote.turn { remote.isBackingOff })
      #expect(remote.transport.sender.consecutiveFailures == failures)
      #expect(
        remote.said().last?.string.hasPrefix("the server closed the connection; next") == true)
      remote.now = remote.now + .seconds(20)
      _ = remote.deadlineReached()
    }
    #expect(remote.transport.sender.counters.acknowledged == 0)
  }

  @Test("may say what it likes: it is read and thrown away, a flood of it in turns")
  func babbling() throws {
    let remote = try remote()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    let flood = [UInt8](repeating: 1, count: 100_000)
    let sent = send(connection.socket.rawValue, flood, flood.count, CPOSIX_MSG_DONTWAIT)
    #expect(sent > 40_000)
    #expect(remote.turn(within: 10_000))
    #expect(receive(from: remote.transport.descriptor)?.isEmpty == false, "not all in one turn")
    #expect(remote.turn { receive(from: remote.transport.descriptor) == nil })
    remote.queue("<13>one")
    remote.flush()
    #expect(connection.read(9) == "7 <13>one")
  }

  @Test("gets everything before the end of the stream at the end, though it has spoken itself")
  func stopped() throws {
    let remote = try remote()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.queue("<13>one")
    remote.flush()
    #expect(!remote.transport.isFinished(now: remote.now))
    wait(remote)
    #expect(eventually { remote.transport.isFinished(now: remote.now) })
    send(connection.socket.rawValue, "hello", 5, 0)
    #expect(remote.transport.stop(now: remote.now) == 0)
    #expect(connection.read(9) == "7 <13>one")
    #expect(receive(from: connection.socket.rawValue, within: 10_000) == [], "no reset")
    #expect(remote.transport.descriptor == -1)
  }

  @Test("that refuses the connection is said to, and is tried again")
  func refused() throws {
    let deaf = try Sink(CPOSIX_SOCK_STREAM, backlog: nil)
    defer { withExtendedLifetime(deaf) {} }
    let remote = try remote { $0.destination.port = deaf.port }
    _ = remote.start()
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.said() == [remote.retry(.failed(.connect, Errno(code: ECONNREFUSED)))])
  }
}

@Suite("A remote that asked for TLS is never sent a message without it")
struct NeverInClearTests {
  enum Obstacle: CaseIterable {
    case context, session, handshake, wrongPin, handshakeThatHangs, plainServer
  }

  @Test("whatever fails, as often as it fails (T2, T17)", arguments: Obstacle.allCases)
  func nothingInClear(_ obstacle: Obstacle) throws {
    let failure = TLSError(.library, Sentence("no"))
    let attempts = 3
    let remote = try RemoteUnderTest {
      if obstacle == .wrongPin { $0.trust.pins = [.literal(.pin(0x22))] }
    }
    let failures = [FakeLibrary.Answer](repeating: .fail(failure), count: attempts)
    switch obstacle {
    case .context: remote.library.contextAnswers = failures
    case .session: remote.library.sessionAnswers = failures
    case .handshake, .plainServer: remote.library.handshakeAnswers = failures
    case .handshakeThatHangs:
      remote.library.handshakeAnswers = Array(repeating: .blocked(.readable), count: 100)
    case .wrongPin: break
    }
    remote.queue("<13>secret")
    _ = remote.start()
    for _ in 0..<attempts {
      let connection = obstacle == .context ? nil : remote.accept()
      if obstacle == .plainServer, let connection {
        send(connection.socket.rawValue, "220 ready", 9, 0)
      }
      if obstacle == .handshakeThatHangs {
        #expect(remote.turn { remote.library.calls.contains("handshake") })
        remote.flush()
        remote.now = remote.now + .seconds(10)
        _ = remote.deadlineReached()
      }
      #expect(remote.turn { remote.isBackingOff })
      remote.flush()
      if let connection { #expect(connection.readAll() == "") }
      remote.attempt()
    }
    #expect(remote.library.count(of: "write") == 0)
    #expect(remote.transport.sender.counters.connections == 0)
    #expect(remote.transport.sender.queue.count == 1)
  }
}
