import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A TLS remote that connects and sends")
struct StreamTransportTests {
  @Test("is sent nothing before its handshake is complete, and everything after it (T2)")
  func nothingEarly() throws {
    let remote = try RemoteUnderTest()
    remote.library.handshakeAnswers = [.blocked(.writable), .blocked(.readable)]
    remote.queue("<13>early")
    #expect(remote.startHandshake())
    remote.flush()
    let connection = try #require(remote.accept())
    remote.queue("<13>later")
    remote.flush()
    remote.transport.ready(now: remote.now)
    #expect(connection.readAll() == "")
    #expect(remote.library.calls == ["context", "session", "handshake", "handshake"])
    remote.transport.ready(now: remote.now)
    #expect(remote.isReady)
    #expect(connection.read(22) == "9 <13>early9 <13>later")
    #expect(remote.library.calls.suffix(3) == ["handshake", "drain", "write"])
  }

  @Test("says what it waits for: a connection, then what the handshake needs")
  func readinessOfHandshake() throws {
    let remote = try RemoteUnderTest()
    let transport = remote.transport
    #expect(transport.descriptor == -1)
    #expect(!transport.wantsReadable && !transport.wantsWritable)
    remote.library.handshakeAnswers = [.blocked(.readable), .blocked(.writable)]
    _ = remote.start()
    #expect(transport.descriptor >= 0)
    #expect(!transport.wantsReadable && transport.wantsWritable)
    #expect(remote.turn { remote.library.count(of: "handshake") == 1 })
    #expect(transport.wantsReadable && !transport.wantsWritable)
    transport.ready(now: remote.now)
    #expect(transport.wantsReadable && transport.wantsWritable)
    transport.ready(now: remote.now)
    #expect(remote.isReady)
    #expect(transport.wantsReadable && !transport.wantsWritable)
  }

  @Test(
    "a blocked write waits for what the library says, offers the same bytes again, and no more",
    arguments: [Readiness.readable, .writable])
  func blockedWrite(_ readiness: Readiness) throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.library.writeAnswers = [.blocked(readiness)]
    remote.queue("<13>one")
    remote.flush()
    #expect(remote.transport.wantsReadable)
    #expect(remote.transport.wantsWritable == (readiness == .writable))
    remote.queue("<13>two")
    remote.flush()
    #expect(remote.library.count(of: "write") == 1)
    remote.transport.ready(now: remote.now)
    #expect(connection.read(18) == "7 <13>one7 <13>two")
  }

  @Test("a blocked read holds the writing back, because the library has something to send first")
  func blockedDrain() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.library.drainAnswers = [.blocked(.writable)]
    remote.queue("<13>held")
    remote.transport.ready(now: remote.now)
    #expect(remote.transport.wantsWritable)
    remote.flush()
    #expect(remote.library.count(of: "write") == 0)
    remote.transport.ready(now: remote.now)
    #expect(connection.read(10) == "8 <13>held")
  }

  @Test("is always read from, because a sender that never reads learns too late")
  func drained() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    send(connection.socket.rawValue, "ticket", 6, 0)
    remote.library.forget()
    #expect(remote.turn(within: 10_000))
    #expect(remote.library.calls == ["drain"])
    #expect(receive(from: remote.transport.descriptor) == nil)
  }

  @Test("takes whole frames of at most one record, and gives other work its turn in between")
  func records() throws {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = 1 << 20 }
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    // 16 frames of 1,003 bytes fit a record of 16,384.
    for number in 0..<400 {
      remote.queue("<13>\(1000 + number)" + String(repeating: "x", count: 991))
    }
    remote.flush()
    #expect(remote.library.count(of: "write") == 16)
    #expect(remote.library.longestWrite == 16 * 1003)
    #expect(remote.transport.wantsWritable)
    let text = remote.read(400 * 1003, from: connection)
    for number in 0..<400 {
      let frame = text.utf8.dropFirst(number * 1003).prefix(12)
      try #require(String(frame) == "999 <13>\(1000 + number)")
    }
    #expect(remote.acknowledged())
    #expect(remote.transport.sender.counters.acknowledged == 400)
  }

  @Test("ends messages with LF when asked to (F2)")
  func lineFeeds() throws {
    let remote = try RemoteUnderTest { $0.delivery.framing = .lineFeed }
    remote.queue("<13>a\nb")
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    #expect(connection.read(8) == "<13>a b\n")
  }

  @Test("is told who we connected to, how, and by which pin: one line")
  func connectedLine() throws {
    let remote = try RemoteUnderTest {
      $0.trust.pins = [.literal(.pin(0x22)), .literal(.pin(0x11)), .literal(.pin(0x33))]
    }
    #expect(remote.connect())
    let negotiated = TLSNegotiated(version: "FakeTLS", cipherSuite: "NONE")
    #expect(
      remote.said() == [
        .connected(over: negotiated, .pinMatches(1), .octetCounting, .raw)
      ])
    let other = try RemoteUnderTest { $0.delivery.format = nil }
    #expect(other.connect())
    #expect(
      other.said() == [
        .connected(
          over: negotiated, .notAuthenticated(key: .pin(0x11)), .octetCounting, .rfc5424)
      ])
  }

  @Test("the context is made once for all connections, each session ends before its socket")
  func sessions() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    for _ in 0..<3 {
      remote.library.drainAnswers = [.peerClosed]
      remote.now = remote.now + .seconds(1)
      remote.transport.ready(now: remote.now)
      #expect(remote.transport.descriptor == -1)
      remote.queue("<13>again")
      #expect(remote.reconnect())
    }
    #expect(remote.library.count(of: "context") == 1)
    #expect(remote.library.count(of: "session") == 4)
    #expect(remote.library.count(of: "end") == 3)
    #expect(remote.library.count(of: "end after its socket") == 0)
  }
}

extension Text {
  /// The pin that accepts the fake library's server with this key.
  static func pin(_ key: UInt8) -> Text { PinSpelling.spki(.repeating(key)) }
}
