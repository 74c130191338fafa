import Bytes
import CPosix
import Features
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("A TLS remote whose queue is full")
struct TLSDiscardTests {
  @Test(
    "is told once how many of its messages were discarded, and when, once it is connected (M16)")
  func discarded() throws {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = MessageQueue.minimumCapacity }
    let begin = SystemClock.seconds
    // 16 frames of 1,003 bytes fit.
    for _ in 0..<50 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
    remote.flush()
    let lost = try #require(remote.transport.lost.value)
    #expect(lost.count == 34)
    #expect(begin <= lost.first && lost.first <= lost.last && lost.last <= SystemClock.seconds)
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    #expect(remote.acknowledged())
    _ = remote.said()
    remote.flush()
    let said = Sentence.discarded(34, lost, capacity: 16400)
    let notice = Sentence.notice(said, process: getpid()).string
    let (first, last) = (Text(utc: lost.first).string, Text(utc: lost.last).string)
    #expect(
      notice == "<44>syslogd[\(getpid())]: 34 messages for this collector discarded between "
        + "\(first) and \(last): its queue of 16400 bytes was full")
    let expected = "\(notice.utf8.count) \(notice)"
    #expect(
      connection.read(16 * 1003 + expected.utf8.count).dropFirst(16 * 1003) == expected)
    #expect(remote.said() == [said])
    #expect(remote.transport.lost.value == nil)
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
      return text.contains("4 messages for this collector discarded between ")
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

  /// One that is not connected yet, and whose queue has overflowed in three turns.
  private func remoteThatDiscards() throws -> RemoteUnderTest {
    let remote = try RemoteUnderTest { $0.delivery.queueCapacity = MessageQueue.minimumCapacity }
    remote.library.handshakeAnswers = [.blocked(.readable)]
    #expect(remote.startHandshake())
    for _ in 0..<3 {
      for _ in 0..<20 { remote.queue("<13>" + String(repeating: "x", count: 995)) }
      remote.flush()
    }
    return remote
  }

  @Test("has its first and its last loss told, whatever was discarded between them")
  func period() throws {
    let remote = try remoteThatDiscards()
    _ = remote.said()
    var lost = try #require(remote.transport.lost.value)
    #expect(lost.count == remote.transport.sender.discardedUnreported)
    // As if this had been going on for a while.
    var longer = WithLosses<LossPeriod>()
    longer.add(1, at: 1_795_478_400)
    let count = lost.count
    longer.add(count - 1, at: lost.last)
    remote.transport.lost = longer
    remote.queue("<15>" + String(repeating: "x", count: 995))
    remote.transport.stopAndReport(.exit, now: remote.now)
    lost = try #require(remote.transport.lost.value)
    #expect(lost.first == 1_795_478_400 && lost.count == count + 1)
    #expect(
      remote.said() == [.notDelivered(16, .exit), .discardedUnreported(lost.count, lost)])
  }

  @Test("is reported in the log once while it is not connected")
  func discardingAway() throws {
    let remote = try remoteThatDiscards()
    #expect(remote.said() == [.discarding(capacity: 16400)])
  }
}
