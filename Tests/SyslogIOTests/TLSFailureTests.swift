import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A TLS remote that fails")
struct TLSFailureTests {
  private static let lost = TLSError(
    .connection(errno: ECONNRESET), Sentence("the connection was lost"))

  @Test("is sent again, in order and from a frame's beginning, all that it had not acknowledged")
  func resent() throws {
    // A collector that does not read: its kernel takes a part.
    let remote = try RemoteUnderTest(receiveBuffer: 65536) { $0.delivery.queueCapacity = 4 << 20 }
    #expect(remote.connect())
    let first = try #require(remote.accept())
    let length = 1003
    for number in 0..<2000 {
      remote.queue("<13>\(1000 + number)" + String(repeating: "x", count: 991))
    }
    remote.flush()
    #expect(eventually { !remote.turn(within: 100) }, "until its kernel takes no more")
    remote.library.drainAnswers = [.fail(Self.lost)]
    remote.transport.ready(now: remote.now)
    #expect(remote.isBackingOff)
    let acknowledged = Int(remote.transport.sender.counters.acknowledged)
    try #require((1..<2000).contains(acknowledged), "a part, but not all")
    #expect(remote.transport.sender.counters.requeued > 0)
    #expect(remote.transport.sender.queue.count == 2000 - acknowledged)
    // Nothing was counted as acknowledged that the collector's kernel did not have.
    #expect(first.readAll().utf8.count >= acknowledged * length)

    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    let expected = (2000 - acknowledged) * length
    let text = remote.read(expected, from: second)
    #expect(text.utf8.count == expected)
    for number in acknowledged..<2000 {
      let frame = text.utf8.dropFirst((number - acknowledged) * length).prefix(12)
      try #require(String(frame) == "999 <13>\(1000 + number)")
    }
  }

  @Test("is sent nothing twice that it had acknowledged")
  func notResent() throws {
    let remote = try RemoteUnderTest()
    _ = try remote.deliverOne()
    remote.library.drainAnswers = [.fail(Self.lost)]
    remote.transport.ready(now: remote.now)
    remote.queue("<13>two")
    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    #expect(second.read(9) == "7 <13>two")
    #expect(remote.transport.sender.counters.requeued == 0)
  }

  @Test("says why, when it is tried again, for how many failures, and how many messages wait")
  func words() throws {
    let remote = try RemoteUnderTest()
    let failure = TLSError(.negotiation, Sentence("no common cipher suite"))
    remote.library.handshakeAnswers = [.fail(failure), .fail(failure)]
    #expect(remote.startHandshake())
    #expect(remote.said() == [remote.retry(failure.reason)])
    remote.queue("<13>one")
    remote.queue("<13>two")
    remote.attempt()
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.said() == [remote.retry(failure.reason, failures: 2, waiting: 2)])
  }

  @Test("is not tried before the backoff has passed, whatever is queued")
  func patience() throws {
    let remote = try RemoteUnderTest()
    remote.library.handshakeAnswers = [.fail(Self.lost)]
    #expect(remote.startHandshake())
    #expect(remote.isBackingOff)
    remote.queue("<13>one")
    remote.flush()
    #expect(remote.transport.sender.deadline == remote.now + .seconds(1))
    remote.now = remote.now + Interval(milliseconds: 999)
    #expect(!remote.deadlineReached())
    #expect(remote.isBackingOff)
    #expect(remote.transport.descriptor == -1)
  }

  @Test(
    "that closes the session right behind the handshake loses nothing, whatever its kernel took",
    arguments: [false, true])
  func closedAtOnce(isRead: Bool) throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let text = "7 <13>one"
    do {
      let connection = try #require(remote.accept())
      for _ in 0..<8 { remote.queue("<13>one") }
      remote.flush()
      #expect(remote.turn { cposix_unacknowledged(remote.transport.descriptor) == 0 })
      if isRead { #expect(connection.read(8 * text.utf8.count).count == 8 * text.utf8.count) }
      remote.library.drainAnswers = [.peerClosed]
      remote.transport.ready(now: remote.now)
      #expect(remote.isReady, "how the connection ends tells whether it was read")
      remote.queue("<13>two")
      remote.flush()
      if isRead { #expect(connection.readAll() == "", "nothing more is sent") }
    }
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.transport.sender.queue.count == (isRead ? 1 : 9))
  }

  @Test("with nothing to send is left alone, until there is something")
  func idle() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    remote.library.drainAnswers = [.peerClosed]
    remote.transport.ready(now: remote.now)
    _ = remote.said()
    remote.attempt()
    remote.flush()
    #expect(remote.phase == .idle)
    #expect(remote.transport.descriptor == -1)
    remote.queue("<13>one")
    remote.flush()
    #expect(remote.turn { remote.isReady })
  }

  @Test("that closes the connection is said to have done so")
  func closed() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    do { _ = try #require(remote.accept()) }
    _ = remote.said()
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.said() == [remote.retry(.closedByServer)])
  }

  @Test("whose handshake takes too long is given up, with these words")
  func handshakeTimeout() throws {
    let remote = try RemoteUnderTest { $0.delivery.handshakeTimeout = .seconds(3) }
    remote.library.handshakeAnswers = [.blocked(.readable)]
    #expect(remote.startHandshake())
    #expect(remote.transport.sender.deadline == remote.now + .seconds(3))
    remote.now = remote.now + Interval(milliseconds: 2999)
    _ = remote.deadlineReached()
    #expect(remote.said() == [])
    remote.now = remote.now + Interval(milliseconds: 1)
    _ = remote.deadlineReached()
    #expect(remote.said() == [remote.retry(.handshakeTimedOut(after: .seconds(3)))])
    #expect(remote.transport.descriptor == -1)
    #expect(remote.library.calls.last == "end")
  }

  @Test("that does not answer is given up, with these words")
  func connectTimeout() throws {
    let remote = try RemoteUnderTest { $0.delivery.connectTimeout = .seconds(3) }
    _ = remote.start()
    remote.now = remote.now + .seconds(3)
    _ = remote.deadlineReached()
    #expect(remote.said() == [remote.retry(.failed(.connect, Errno(code: ETIMEDOUT)))])
    #expect(remote.transport.descriptor == -1)
  }

  @Test("that refuses the connection is said to")
  func refused() throws {
    let deaf = try Sink(CPOSIX_SOCK_STREAM, backlog: nil)
    defer { withExtendedLifetime(deaf) {} }
    let remote = try RemoteUnderTest { $0.destination.port = deaf.port }
    _ = remote.start()
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.said() == [remote.retry(.failed(.connect, Errno(code: ECONNREFUSED)))])
  }

  @Test("whose local address is not ours is said to be")
  func wrongSource() throws {
    let remote = try RemoteUnderTest {
      $0.destination.source = SocketAddress(literal: "203.0.113.9", port: 0)
    }
    _ = remote.start()
    #expect(remote.said() == [remote.retry(.failed(.bind, Errno(code: EADDRNOTAVAIL)))])
  }

  @Test("with several addresses is tried at each, and fails when the last has failed")
  func addresses() throws {
    // Nobody listens there at the collector's port.
    let dead = try #require(SocketAddress(literal: "127.0.0.2", port: 0))
    let remote = try RemoteUnderTest { $0.destination.host = "collector.example.net" }
    #expect(remote.start())
    remote.transport.resolved([dead, dead, remote.collector.address], nil, now: remote.now)
    #expect(remote.turn { remote.isReady || remote.isBackingOff })
    #expect(remote.isReady)
    remote.library.drainAnswers = [.peerClosed]
    remote.transport.ready(now: remote.now)
    _ = remote.said()
    remote.queue("<13>one")
    remote.now = remote.now + .seconds(1)
    #expect(remote.deadlineReached())
    remote.transport.resolved([dead, dead], nil, now: remote.now)
    #expect(remote.turn { remote.isBackingOff })
    #expect(
      remote.said() == [
        remote.retry(.failed(.connect, Errno(code: ECONNREFUSED)), failures: 2, waiting: 1)
      ])
  }

  @Test("whose name has no address says why, and is looked up again")
  func unresolved() throws {
    let remote = try RemoteUnderTest { $0.destination.host = "collector.example.net" }
    #expect(remote.start())
    remote.transport.resolved([], LookupError(code: EAI_NONAME), now: remote.now)
    #expect(remote.said() == [remote.retry(.notResolved(LookupError(code: EAI_NONAME)))])
    remote.queue("<13>one")
    remote.now = remote.now + .seconds(1)
    #expect(remote.deadlineReached())
    remote.transport.resolved([], nil, now: remote.now)
    #expect(remote.isBackingOff)
    #expect(remote.said().count == 1)
  }
}
