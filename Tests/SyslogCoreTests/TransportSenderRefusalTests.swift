import Testing

@testable import SyslogCore

@Suite("TransportSender, of a server that may refuse it") struct TransportSenderRefusalTests {
  private let begin = Instant(milliseconds: 1_000_000)

  @Test("what a TLS 1.3 server may still throw away, because it refuses us, is sent again")
  func refusedAfterHandshake() {
    var sender = TransportSenderTests.make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.becomeReady(.awaited, now: begin)
    let length = sender.runLength() ?? 0
    sender.accepted(length, ciphertext: 100, now: begin)
    sender.acknowledged(ciphertext: 100, now: begin + Interval(milliseconds: 999))
    #expect(sender.queue.count == 1)
    sender.failed(now: begin + Interval(milliseconds: 999), random: 0)
    #expect(sender.consecutiveFailures == 1)
    #expect(sender.counters.requeued == 1)
    sender.becomeReady(now: begin)
    #expect(sender.runLength() == nil, "only after the backoff")
  }

  @Test("that holds for a full queue, too, whose messages and backoff stay as they are")
  func refusedWithFullQueue() {
    var sender = TransportSenderTests.make()
    let text = String(repeating: "m", count: 1000)
    while sender.put(text) == .queued {}
    let count = sender.queue.count
    for attempt in 1...3 {
      _ = sender.start(now: begin)
      if attempt > 1 { _ = sender.deadlineReached(now: begin + .seconds(3600)) }
      sender.becomeReady(.awaited, now: begin)
      var ciphertext: UInt64 = 0
      while let length = sender.runLength() {
        ciphertext += UInt64(length)
        sender.accepted(length, ciphertext: ciphertext, now: begin)
      }
      let end = begin + Interval(milliseconds: 999)
      sender.acknowledged(ciphertext: ciphertext, now: end)
      #expect(sender.queue.count == count)
      let isHeld = sender.isMomentarilyFull(now: end)
      #expect(isHeld == (ciphertext > 0), "new messages may wait for its word")
      sender.failed(now: end, random: 0)
      #expect(sender.consecutiveFailures == attempt)
      #expect(sender.counters.acknowledged == 0)
    }
  }

  @Test("a server that closes the session in the first second has not, however long it stays")
  func closedLate() {
    var sender = TransportSenderTests.make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.becomeReady(.awaited, now: begin)
    sender.accepted(sender.runLength() ?? 0, ciphertext: 100, now: begin)
    let closed = begin + Interval(milliseconds: 900)
    sender.acknowledged(ciphertext: 100, now: closed)
    let isAwaited = sender.peerClosed(now: closed)
    #expect(isAwaited, "it matters how the connection ends")
    #expect(sender.runLength() == nil)
    let end = closed + .seconds(1)
    #expect(sender.deadline == end)
    sender.acknowledged(ciphertext: 100, now: end)
    #expect(sender.deadlineReached(now: end) == .abandonConnection)
    sender.failed(now: end, random: 0)
    #expect(sender.queue.count == 1)
    #expect(sender.counters.acknowledged == 0)
    #expect(sender.consecutiveFailures == 1)
  }

  @Test(
    "with care, a message that the connection accepts in part is finished, and not settled before")
  func partOfOneMessage() {
    var sender = TransportSenderTests.make()
    for number in 0..<3 { _ = sender.put("message \(number)") }
    _ = sender.start(now: begin)
    sender.becomeReady(.awaited, now: begin)
    sender.accepted(sender.runLength() ?? 0, ciphertext: 100, now: begin)
    sender.failed(now: begin, random: 0)
    var now = begin + .seconds(60)
    #expect(sender.deadlineReached(now: now) == .resolve)
    sender.becomeReady(.awaited, now: now)
    #expect(sender.runLength(now: now) == 11, "one message")
    sender.accepted(5, ciphertext: 5, now: now)
    #expect(sender.runLength(now: now) == 6, "the rest of it")
    // The socket was full: the same run is asked for again, also when that takes a while.
    for _ in 0..<3 {
      now = now + .seconds(1)
      sender.acknowledged(ciphertext: 5, now: now)
      #expect(sender.runLength(now: now) == 6)
    }
    sender.accepted(6, ciphertext: 11, now: now)
    #expect(sender.runLength(now: now) == nil, "not settled yet")
  }
}
