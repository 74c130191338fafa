import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A remote with --replay") struct ReplayTests {
  private static let lost = TLSError(
    .connection(errno: ECONNRESET), Sentence("the connection was lost"))

  private func remote(_ transport: RemoteSettings.Transport) throws -> RemoteUnderTest {
    try RemoteUnderTest {
      $0.destination.transport = transport
      $0.delivery.format = nil
      $0.delivery.replay = 65_536
    }
  }

  private static func frame(_ number: Int, _ text: String) -> String {
    let message =
      "<13>1 2025-11-24T07:30:01.000042+01:00 router app - - "
      + "[meta sequenceId=\"\(number)\"] \(text)"
    return "\(message.utf8.count) \(message)"
  }

  /// Connects, and has the collector read and acknowledge one message.
  private func deliverOne(to remote: RemoteUnderTest) throws -> Connection {
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.queue("<13>app: one")
    remote.flush()
    let frame = Self.frame(1, "one")
    #expect(connection.read(frame.utf8.count) == frame)
    remote.now = remote.now + .seconds(1)
    #expect(remote.acknowledged())
    return connection
  }

  /// What comes over the next connection, once a second message was logged.
  private func afterwards(_ remote: RemoteUnderTest, expect frames: [String]) throws {
    remote.queue("<13>app: two")
    #expect(remote.reconnect())
    let connection = try #require(remote.accept())
    let expected = frames.joined()
    var text = ""
    _ = eventually {
      remote.now = remote.now + Interval(milliseconds: 50)
      remote.transport.noteAcknowledged(now: remote.now)
      remote.flush()
      text += connection.readAll()
      return text.utf8.count >= expected.utf8.count
    }
    #expect(text == expected)
    #expect(remote.acknowledged())
    #expect(remote.transport.sender.counters.acknowledged == 2)
    #expect(remote.transport.sender.queue.replayed == UInt64(frames.count - 1))
  }

  private static let both = [frame(1, "one"), frame(2, "two")]

  @Test("sends again what was acknowledged, with its number, when the connection breaks")
  func broken() throws {
    let remote = try remote(.tls)
    _ = try deliverOne(to: remote)
    remote.library.drainAnswers = [.fail(Self.lost)]
    remote.transport.ready(now: remote.now)
    #expect(remote.isBackingOff)
    try afterwards(remote, expect: Self.both)
  }

  @Test("does not after a close_notify of a collector that has read everything; else it does")
  func closed() throws {
    for isRead in [true, false] {
      let remote = try remote(.tls)
      do {
        let connection = try deliverOne(to: remote)
        remote.library.drainAnswers = [.peerClosed]
        remote.transport.ready(now: remote.now)
        #expect(remote.isReady, "how the connection ends tells whether it was read")
        if !isRead { connection.reset() }
      }
      #expect(remote.turn { remote.isBackingOff })
      try afterwards(remote, expect: isRead ? [Self.both[1]] : Self.both)
    }
  }

  @Test("over plain TCP takes every end for a break, because a dying collector ends it alike")
  func plain() throws {
    for isReset in [true, false] {
      let remote = try remote(.tcp)
      do {
        let connection = try deliverOne(to: remote)
        if isReset { connection.reset() }
      }
      #expect(remote.turn { remote.isBackingOff })
      try afterwards(remote, expect: Self.both)
    }
  }

  @Test("ends a connection itself at SIGHUP: nothing is sent again, and numbers go on")
  func reload() throws {
    let remote = try remote(.tls)
    _ = try deliverOne(to: remote)
    let settings = remote.transport.settings.copy()
    settings.delivery.keepalive = .seconds(9)
    _ = remote.changeSettings(to: settings)
    try afterwards(remote, expect: [Self.both[1]])
    // Other files, of which one cannot be read.
    let unreadable = remote.transport.settings.copy()
    unreadable.trust.pins = [.file("/nonexistent/pin")]
    remote.transport.settings = unreadable
    _ = remote.rereadFiles()
    #expect(remote.isBackingOff)
    #expect(remote.transport.sender.queue.isEmpty == true)
    #expect(remote.transport.sender.queue.keptBytes > 0)
  }

  @Test("without it nothing is kept any more, and messages have no numbers")
  func off() throws {
    let remote = try remote(.tls)
    _ = try deliverOne(to: remote)
    let settings = remote.transport.settings.copy()
    settings.delivery.replay = 0
    _ = remote.changeSettings(to: settings)
    #expect(remote.transport.sender.queue.keptBytes == 0)
    #expect(!remote.transport.encoder.isNumbered)
  }

  @Test("at exit waits for nothing that was acknowledged, and reports none of it as lost")
  func exit() throws {
    let remote = try remote(.tls)
    _ = try deliverOne(to: remote)
    #expect(remote.transport.isFinished(now: remote.now))
    remote.library.drainAnswers = [.fail(Self.lost)]
    remote.transport.ready(now: remote.now)
    remote.attempt()
    #expect(remote.transport.sender.queue.isEmpty == false, "it is to be sent again")
    #expect(remote.transport.isFinished(now: remote.now))
    _ = remote.said()
    remote.transport.stopAndReport(.exit, now: remote.now)
    #expect(remote.said() == [])
  }
}
