import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A connected remote that gets other settings")
struct StreamAdoptionTests {
  private func settings(
    of remote: RemoteUnderTest, _ change: (inout RemoteSettings) -> Void
  ) -> RemoteSettings {
    var settings = remote.transport.settings.copy()
    change(&settings)
    return settings
  }

  @Test("is connected to anew, and what is queued arrives in order, framed as the new stream is")
  func framing() throws {
    let remote = try RemoteUnderTest()
    let first = try remote.deliverOne()
    remote.library.writeAnswers = [.blocked(.writable)]
    remote.queue("<13>t\nwo")
    remote.flush()
    remote.queue("<13>three")
    let new = settings(of: remote) { $0.delivery.framing = .lineFeed }
    #expect(!remote.changeSettings(to: new))
    remote.queue("<13>four")
    #expect(remote.turn { remote.isReady })
    let second = try #require(remote.accept())
    #expect(second.read(28) == "<13>t wo\n<13>three\n<13>four\n")
    #expect(first.readAll() == "")
    #expect(remote.library.calls.contains("shutdown"))
    #expect(remote.said().last?.string.contains("framing line feed") == true)
  }

  @Test("is sent new messages in the new format, and queued ones as they were queued")
  func format() throws {
    let remote = try RemoteUnderTest()
    remote.queue("<13>old")
    let new = settings(of: remote) { $0.delivery.format = .rfc3164 }
    #expect(!remote.changeSettings(to: new))
    remote.queue("<13>Jan  2 03:04:05 app: new")
    #expect(remote.turn { remote.isReady })
    let connection = try #require(remote.accept())
    let expected = "7 <13>old35 <13>Jan  2 03:04:05 router app: new"
    #expect(connection.read(expected.utf8.count) == expected)
    #expect(remote.transport.settings.unit == .message)
  }

  @Test("has room for as much as is said now, and loses nothing by having less")
  func capacity() throws {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = 100_000 }
    for number in 10..<60 { remote.queue("<13>\(number)" + String(repeating: "x", count: 993)) }
    let less = settings(of: remote) { $0.delivery.queueCapacity = MessageQueue.minimumCapacity }
    #expect(!remote.changeSettings(to: less))
    #expect(remote.transport.sender.queue.count == 50)
    #expect(remote.turn { remote.isReady })
    let connection = try #require(remote.accept())
    let text = remote.read(50 * 1003, from: connection)
    for number in 10..<60 {
      let frame = text.utf8.dropFirst((number - 10) * 1003).prefix(10)
      try #require(String(frame) == "999 <13>\(number)")
    }
    let more = settings(of: remote) { $0.delivery.queueCapacity = 200_000 }
    #expect(!remote.changeSettings(to: more))
    #expect(remote.transport.sender.queue.capacity == 200_000)
  }

  @Test("is judged by its new pins, and by the new parameters of TLS")
  func pins() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let first = try #require(remote.accept())
    let new = settings(of: remote) { $0.trust.pins = [.literal(.pin(0x22))] }
    remote.library.forget()
    #expect(!remote.changeSettings(to: new))
    remote.queue("<13>secret")
    remote.flush()
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.library.calls == ["shutdown", "end", "context", "session", "handshake", "end"])
    #expect(first.readAll() == "")
    #expect(try #require(remote.accept()).readAll() == "")
  }

  @Test("waits as its new settings say, and is tried at once")
  func waits() throws {
    let remote = try RemoteUnderTest()
    let failure = TLSError(.negotiation, Sentence("no"))
    remote.library.handshakeAnswers = [.fail(failure), .fail(failure)]
    #expect(remote.startHandshake())
    #expect(remote.isBackingOff)
    let new = settings(of: remote) {
      $0.delivery.retry = Backoff(minimum: .seconds(7), maximum: .seconds(7))
      $0.delivery.connectTimeout = .seconds(3)
    }
    #expect(!remote.changeSettings(to: new))
    #expect(remote.transport.deadline == remote.now + .seconds(3))
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.transport.deadline == remote.now + .seconds(7))
  }

  @Test("is looked up anew, and the answer to the old question serves")
  func name() throws {
    let remote = try RemoteUnderTest { $0.destination.host = "collector.example.net" }
    #expect(remote.start())
    let new = settings(of: remote) { $0.delivery.format = .rfc5424 }
    #expect(remote.changeSettings(to: new))
    remote.transport.resolved([remote.collector.address], nil, now: remote.now)
    #expect(remote.turn { remote.isReady })
    remote.transport.lookup?.answer([], LookupError(code: EAI_AGAIN))
    remote.transport.takeAnswer(now: remote.now)
    #expect(remote.isReady)
    #expect(remote.transport.lookup === nil)
  }
}

@Suite("A connected remote that is no longer configured")
struct StreamRetirementTests {
  @Test("delivers what it has, takes nothing more, and is left in order")
  func delivers() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.library.writeAnswers = [.blocked(.writable)]
    remote.queue("<13>one")
    remote.queue("<13>two")
    remote.flush()
    _ = remote.said()
    #expect(!remote.transport.isRetired(now: remote.now))
    remote.transport.retire(now: remote.now)
    remote.queue("<13>late")
    #expect(!remote.transport.isRetired(now: remote.now))
    #expect(remote.read(18, from: connection) == "7 <13>one7 <13>two")
    #expect(eventually { remote.transport.isRetired(now: remote.now) })
    #expect(remote.library.calls.suffix(2) == ["shutdown", "end"])
    #expect(receive(from: connection.socket.rawValue, within: 10_000) == [])
    #expect(remote.said() == [.removed])
    #expect(remote.transport.descriptor == -1)
  }

  @Test("with nothing to deliver is left at once")
  func nothing() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    remote.transport.retire(now: remote.now)
    #expect(remote.transport.isRetired(now: remote.now))
    #expect(remote.library.calls.suffix(2) == ["shutdown", "end"])
  }

  @Test("that cannot be connected to is tried once more, at once, and its messages are counted")
  func away() throws {
    let remote = try RemoteUnderTest {
      $0.delivery.retry = Backoff(minimum: .seconds(30), maximum: .seconds(30))
    }
    let failure = TLSError(.negotiation, Sentence("no"))
    remote.library.handshakeAnswers = Array(repeating: .fail(failure), count: 5)
    for number in 1...3 { remote.queue("<13>\(number)") }
    #expect(remote.startHandshake())
    #expect(remote.isBackingOff)
    _ = remote.said()
    remote.transport.retire(now: remote.now)
    #expect(remote.transport.deadline == remote.now)
    #expect(!remote.deadlineReached())
    #expect(!remote.transport.isRetired(now: remote.now))
    #expect(remote.turn { remote.transport.isRetired(now: remote.now) })
    #expect(remote.library.count(of: "session") == 2)
    #expect(
      remote.said() == [
        .failed(failure.reason, next: nil, failures: 2, waiting: 3), .removed,
        .notDelivered(3, .removal),
      ])
  }

  @Test("that takes nothing is left after a minute, and its messages are counted")
  func stuck() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    remote.library.writeAnswers = Array(repeating: .blocked(.readable), count: 1000)
    remote.queue("<13>one")
    remote.flush()
    _ = remote.said()
    remote.transport.retire(now: remote.now)
    for _ in 0..<60 {
      #expect(!remote.transport.isRetired(now: remote.now))
      _ = remote.deadlineReached()
      #expect(remote.transport.deadline == remote.now + .seconds(1))
      remote.now = remote.now + .seconds(1)
    }
    #expect(remote.transport.isRetired(now: remote.now))
    #expect(remote.said().last == .notDelivered(1, .removal))
  }

  @Test("stays when it is configured again")
  func back() throws {
    let remote = try RemoteUnderTest()
    remote.queue("<13>one")
    remote.transport.retire(now: remote.now)
    #expect(!remote.changeSettings(to: remote.transport.settings))
    #expect(!remote.transport.isRetiring)
    remote.queue("<13>two")
    #expect(remote.turn { remote.isReady })
    #expect(try #require(remote.accept()).read(18) == "7 <13>one7 <13>two")
    #expect(!remote.transport.isRetired(now: remote.now + .seconds(3600)))
  }
}
