import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("A TLS remote whose queue is full")
struct TLSDiscardTests {
  @Test("is told once how many of its messages were discarded, when it is connected again (M16)")
  func discarded() throws {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = MessageQueue.minimumCapacity }
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

  @Test("is told on an idle connection as soon as there is room, without a new message")
  func discardedWhileIdle() throws {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = MessageQueue.minimumCapacity }
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.library.writeAnswers = Array(repeating: .blocked(.writable), count: 60)
    for _ in 0..<20 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
    remote.flush()
    remote.library.writeAnswers = []
    // Nothing is logged any more; the loop goes on with the socket and its deadlines.
    var text = ""
    let isTold = eventually {
      remote.turn()
      remote.flush()
      text += connection.readAll()
      if let deadline = remote.transport.deadline { remote.now = max(remote.now, deadline) }
      _ = remote.deadlineReached()
      return text.contains("4 messages for this collector discarded")
    }
    #expect(isTold)
    #expect(text.hasPrefix("999 <13>x"))
  }

  @Test("is reported in the log while it is connected but accepts nothing")
  func discardingStuck() throws {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = MessageQueue.minimumCapacity }
    #expect(remote.connect())
    _ = remote.said()
    remote.library.writeAnswers = Array(repeating: .blocked(.writable), count: 100)
    for _ in 0..<3 {
      for _ in 0..<20 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
      remote.flush()
    }
    #expect(remote.said() == [.discarding(capacity: 16400)])
  }

  @Test("is reported in the log once while it is not connected")
  func discardingAway() throws {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = MessageQueue.minimumCapacity }
    remote.library.handshakeAnswers = [.blocked(.readable)]
    #expect(remote.startHandshake())
    for _ in 0..<3 {
      for _ in 0..<20 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
      remote.flush()
    }
    #expect(remote.said() == [.discarding(capacity: 16400)])
  }
}
