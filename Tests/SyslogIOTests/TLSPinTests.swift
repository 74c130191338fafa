import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO
@testable import TLSBackend

@Suite("A TLS remote that is pinned")
struct TLSPinTests {
  @Test("is sent nothing when its key is another, and the fingerprint that was seen is said (T17)")
  func wrongPin() throws {
    let remote = try RemoteUnderTest { $0.pins = [.literal(.pin(0x22))] }
    remote.queue("<13>secret")
    #expect(remote.startHandshake())
    #expect(remote.turn { remote.isBackingOff })
    let connection = try #require(remote.accept())
    #expect(connection.readAll() == "")
    #expect(remote.library.count(of: "write") == 0)
    #expect(
      remote.said() == [
        remote.retry(
          .pinMismatch(.serverKey(.pin(0x11)), pins: 1, in: Sentence.configuration.text),
          waiting: 1)
      ])
  }

  @Test("has its pin file read again at each attempt, and is not connected to without a pin")
  func rereadFile() throws {
    let workspace = try Workspace()
    let path = workspace.file("pin")
    let remote = try RemoteUnderTest { $0.pins = [.file(Text(of: path))] }
    remote.queue("<13>one")
    _ = remote.start()
    #expect(
      remote.said() == [
        remote.retry(.pinFile(Text(of: path), Errno(code: ENOENT)), waiting: 1)
      ])
    try workspace.write("# nothing yet\nrubbish\n", to: "pin")
    remote.attempt()
    #expect(
      remote.said() == [
        remote.retry(.pinFile(Text(of: path), .notAPin(line: 2)), failures: 2, waiting: 1)
      ])
    #expect(remote.accept(within: 0) == nil)
    #expect(remote.library.calls == ["context"])

    try workspace.write(Text.pin(0x22).string + "\n", to: "pin")
    #expect(!remote.reconnect())
    let refusal: Sentence = .pinMismatch(.serverKey(.pin(0x11)), pins: 1, in: Text(of: path))
    #expect(remote.said() == [remote.retry(refusal, failures: 3, waiting: 1)])
    try workspace.write(Text.pin(0x22).string + "\n" + Text.pin(0x11).string + "\n", to: "pin")
    #expect(remote.reconnect())
    #expect(remote.said().first?.string.contains("pin 2 matches") == true)
    // What had been accepted before is refused once its pin is gone.
    try workspace.write(Text.pin(0x22).string + "\n", to: "pin")
    remote.library.drainAnswers = [.peerClosed]
    remote.transport.ready(now: remote.now)
    remote.queue("<13>two")
    #expect(!remote.reconnect())
  }

  @Test("whose library refuses the context or the session fails, and is tried again")
  func refusedByLibrary() throws {
    let remote = try RemoteUnderTest()
    remote.library.contextAnswers = [.fail(TLSError(.configuration, Sentence("no such suite")))]
    remote.library.sessionAnswers = [.fail(TLSError(.library, Sentence("no memory")))]
    remote.queue("<13>one")
    _ = remote.start()
    #expect(remote.said() == [remote.retry(Sentence("no such suite"), waiting: 1)])
    #expect(!remote.reconnect())
    #expect(remote.said() == [remote.retry(Sentence("no memory"), failures: 2, waiting: 1)])
    #expect(remote.reconnect())
  }
}

@Suite("A TLS remote that cannot keep up, or is left")
struct TLSLimitTests {
  @Test("is told once how many of its messages were discarded, when it is back (M16)")
  func discarded() throws {
    let remote = try RemoteUnderTest { $0.queueCapacity = MessageQueue.minimumCapacity }
    // 16 frames of 1,003 bytes fit.
    for _ in 0..<50 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    #expect(remote.acknowledged())
    _ = remote.said()
    remote.flush()
    let notice = Sentence.discardedForCollector(34, capacity: 16400, process: getpid()).string
    #expect(
      notice == "<44>syslogd[\(getpid())]: 34 messages for this collector discarded: its queue of "
        + "16400 bytes was full")
    let expected = "\(notice.utf8.count) \(notice)"
    #expect(
      connection.read(16 * 1003 + expected.utf8.count).dropFirst(16 * 1003) == expected)
    #expect(remote.said() == [.discarded(34)])
    for _ in 0..<3 {
      remote.now = remote.now + .seconds(2)
      remote.flush()
    }
    #expect(remote.acknowledged())
    #expect(connection.readAll() == "")
    #expect(remote.said() == [])
  }

  @Test("is said to lose messages while it is connected and takes nothing")
  func discardingStuck() throws {
    let remote = try RemoteUnderTest { $0.queueCapacity = MessageQueue.minimumCapacity }
    #expect(remote.connect())
    _ = remote.said()
    remote.library.writeAnswers = Array(repeating: .blocked(.writable), count: 100)
    for _ in 0..<3 {
      for _ in 0..<20 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
      remote.flush()
    }
    #expect(remote.said() == [.discarding(capacity: 16400)])
  }

  @Test("is said to lose messages while it is away, once for as long as that lasts")
  func discardingAway() throws {
    let remote = try RemoteUnderTest { $0.queueCapacity = MessageQueue.minimumCapacity }
    remote.library.handshakeAnswers = [.blocked(.readable)]
    #expect(remote.startHandshake())
    for _ in 0..<3 {
      for _ in 0..<20 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
      remote.flush()
    }
    #expect(remote.said() == [.discarding(capacity: 16400)])
  }

  @Test("has what its kernel acknowledged sent again, while it may still refuse us as a client")
  func notYetAccepted() throws {
    let remote = try RemoteUnderTest()
    remote.library.acceptsClient = false
    remote.queue("<13>one")
    #expect(remote.connect())
    let first = try #require(remote.accept())
    #expect(first.read(9) == "7 <13>one")
    #expect(eventually { cposix_unacknowledged(remote.transport.descriptor) == 0 })
    remote.library.drainAnswers = [.fail(TLSError(.authentication, Sentence("alert")))]
    remote.transport.ready(now: remote.now)
    #expect(remote.transport.sender.counters.acknowledged == 0)
    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    #expect(second.read(9) == "7 <13>one")
    // It says something: that is no refusal.
    remote.library.acceptsClient = true
    remote.transport.ready(now: remote.now)
    #expect(remote.acknowledged())
    #expect(remote.transport.sender.counters.acknowledged == 1)
  }

  @Test("that looks at our certificate after the handshake has said nothing by its tickets (T4)")
  func looksLater() throws {
    let workspace = try Workspace()
    let certificate = try workspace.write(
      "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n", to: "cert")
    let key = try workspace.write(
      "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n", to: "key")
    let remote = try RemoteUnderTest {
      $0.certificate = Text(of: certificate)
      $0.key = Text(of: key)
    }
    remote.queue("<13>one")
    #expect(remote.connect())
    let first = try #require(remote.accept())
    #expect(first.read(9) == "7 <13>one")
    #expect(eventually { cposix_unacknowledged(remote.transport.descriptor) == 0 })
    remote.transport.ready(now: remote.now)
    remote.library.drainAnswers = [.peerClosed]
    remote.transport.ready(now: remote.now)
    #expect(remote.transport.sender.counters.acknowledged == 0)
    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    #expect(second.read(9) == "7 <13>one")
  }

  @Test("is sent close_notify at the end, and what it has is not counted as lost (T16)")
  func stopped() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.queue("<13>one")
    remote.flush()
    #expect(remote.acknowledged())
    #expect(remote.transport.isFinished(now: remote.now))
    #expect(remote.transport.stop(now: remote.now) == 0)
    #expect(remote.library.calls.suffix(2) == ["shutdown", "end"])
    #expect(connection.read(100) == "7 <13>one")
    #expect(remote.phase == .stopped)
    #expect(remote.transport.descriptor == -1)
  }

  @Test("that takes nothing more is not finished, and what is left is counted at the end")
  func stoppedBehind() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    remote.library.writeAnswers = [.blocked(.writable)]
    remote.library.shutdownAnswers = [.blocked(.writable)]
    for number in 1...3 { remote.queue("<13>\(number)") }
    remote.flush()
    #expect(!remote.transport.isFinished(now: remote.now))
    #expect(remote.transport.stop(now: remote.now) == 3)
    #expect(remote.library.count(of: "shutdown") == 1)
    // Neither messages nor deadlines bring it back.
    remote.queue("<13>late")
    #expect(!remote.flush())
    #expect(!remote.deadlineReached(after: .seconds(3600)))
    #expect(remote.transport.descriptor == -1)
  }

  @Test("that is away at the end is not waited for, and gets no close_notify")
  func stoppedAway() throws {
    let remote = try RemoteUnderTest()
    remote.library.handshakeAnswers = [.fail(TLSError(.negotiation, Sentence("no")))]
    remote.queue("<13>one")
    #expect(remote.startHandshake())
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.transport.isFinished(now: remote.now))
    #expect(remote.transport.stop(now: remote.now) == 1)
    #expect(remote.library.count(of: "shutdown") == 0)
  }
}
