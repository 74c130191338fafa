import Testing

@testable import SyslogCore

@Suite("TransportSender") struct TransportSenderTests {
  private static func make(
    minimum: Int64 = 1000, maximum: Int64 = 60_000
  ) -> TransportSender {
    TransportSender(
      queueCapacity: 0,
      backoff: Backoff(
        minimum: Interval(milliseconds: minimum), maximum: Interval(milliseconds: maximum)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
  }

  private let begin = Instant(milliseconds: 1_000_000)

  @Test("connects at the start even with nothing to send, later only for a message")
  func lazy() {
    var sender = TransportSenderTests.make()
    #expect(sender.wake(now: begin) == .none)
    #expect(sender.start(now: begin) == .resolve)
    #expect(sender.start(now: begin) == .none)
    sender.failed(now: begin, random: 0)
    #expect(sender.deadlineReached(now: begin + .seconds(2)) == .none)
    #expect(sender.phase == .idle)
    _ = sender.put("m")
    #expect(sender.wake(now: begin) == .resolve)
  }

  @Test("nothing can be written before the policy accepted the peer (RFC 5425 §4.2, T2)")
  func silentUntilSecured() {
    var sender = TransportSenderTests.make()
    _ = sender.put("secret")
    #expect(sender.runLength() == nil)
    #expect(sender.start(now: begin) == .resolve)
    #expect(sender.runLength() == nil)
    #expect(sender.resolved(count: 1, now: begin, random: 0) == .connect(index: 0))
    #expect(sender.runLength() == nil)
    sender.secured(.proven, now: begin)
    #expect(sender.phase != .ready, "a handshake cannot be skipped")
    sender.connected(now: begin)
    #expect(sender.runLength() == nil)
    sender.secured(.proven, now: begin)
    #expect(sender.runLength() == 8)
  }

  @Test("every address of a name is tried before the backoff, that which failed longest ago first")
  func addresses() {
    var sender = TransportSenderTests.make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    #expect(sender.resolved(count: 3, now: begin, random: 0) == .connect(index: 0))
    #expect(sender.connectFailed(now: begin, random: 0) == .connect(index: 1))
    #expect(sender.connectFailed(now: begin, random: 0) == .connect(index: 2))
    #expect(sender.connectFailed(now: begin, random: 0) == .none)
    #expect(sender.phase == .backingOff(until: begin + .seconds(1)))
    #expect(sender.deadlineReached(now: begin + .seconds(1)) == .resolve)
    #expect(sender.resolved(count: 3, now: begin, random: 0) == .connect(index: 0))
    sender.connected(now: begin)
    sender.failed(now: begin, random: 0)
    #expect(sender.deadlineReached(now: begin + .seconds(60)) == .resolve)
    #expect(sender.resolved(count: 3, now: begin, random: 0) == .connect(index: 1))
  }

  @Test("a lookup without an answer is given up after 30 s, and an answer after that is ignored")
  func hungLookup() {
    var sender = TransportSenderTests.make()
    _ = sender.start(now: begin)
    let end = begin + .seconds(30)
    #expect(sender.deadline == end)
    #expect(sender.deadlineReached(now: begin + Interval(milliseconds: 29_999)) == .none)
    #expect(sender.deadlineReached(now: end) == .abandonLookup)
    sender.failed(now: end, random: 0)
    #expect(sender.phase == .backingOff(until: end + .seconds(1)))
    #expect(sender.resolved(count: 1, now: end, random: 0) == .none)
    #expect(sender.phase == .backingOff(until: end + .seconds(1)))
    #expect(sender.consecutiveFailures == 1)
  }

  @Test("a daemon that exits does not wait for a lookup")
  func exitDuringLookup() {
    var sender = TransportSenderTests.make()
    #expect(sender.isLookupSlow(now: begin) == false)
    _ = sender.start(now: begin)
    #expect(sender.isLookupSlow(now: begin + Interval(milliseconds: 299)) == false)
    #expect(sender.isLookupSlow(now: begin + Interval(milliseconds: 300)) == true)
  }

  @Test("a connect and a handshake that take too long are given up, and not before")
  func limits() {
    var sender = TransportSenderTests.make()
    _ = sender.start(now: begin)
    _ = sender.resolved(count: 1, now: begin, random: 0)
    #expect(sender.deadlineReached(now: begin + .seconds(9)) == .none)
    #expect(sender.deadlineReached(now: begin + .seconds(10)) == .abandonConnect)
    sender.connected(now: begin + .seconds(10))
    #expect(sender.deadlineReached(now: begin + .seconds(19)) == .none)
    #expect(sender.deadlineReached(now: begin + .seconds(20)) == .abandonHandshake)
  }

  @Test("a connection that delivered nothing does not reset the backoff")
  func backoffNeedsDelivery() {
    var sender = TransportSenderTests.make()
    var now = begin
    _ = sender.put("m")
    _ = sender.start(now: begin)
    for failures in 1...4 {
      sender.becomeReady(now: now)
      sender.failed(now: now, random: 0)
      #expect(sender.consecutiveFailures == failures)
      now = now + .seconds(60)
      #expect(sender.deadlineReached(now: now) == .resolve)
    }
    sender.becomeReady(now: now)
    let length = sender.runLength() ?? 0
    sender.accepted(length, ciphertext: 1000, now: now)
    sender.acknowledged(ciphertext: 999, now: now)
    #expect(sender.consecutiveFailures == 4)
    sender.acknowledged(ciphertext: 1000, now: now)
    #expect(sender.consecutiveFailures == 0)
    #expect(sender.counters.acknowledged == 1)
  }

  @Test("a failure that holds the backoff is tried again within seconds, and counts like any other")
  func heldBackoff() {
    var sender = TransportSenderTests.make(maximum: 1_500_000)
    _ = sender.put("m")
    _ = sender.start(now: begin)
    var now = begin
    for failures in 1...20 {
      _ = sender.resolved(count: 1, now: now, random: 0)
      sender.connected(now: now)
      sender.failed(now: now, random: .max, .held)
      #expect(sender.consecutiveFailures == failures)
      #expect(sender.counters.failures == UInt64(failures))
      now = now + .seconds(12)
      #expect(sender.deadlineReached(now: now) == .resolve)
    }
  }

  @Test("a clock that jumps back never makes a wait longer than the cap")
  func clockJump() {
    var sender = TransportSenderTests.make(maximum: 2000)
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.failed(now: begin, random: .max)
    let before = Instant(milliseconds: 10)
    #expect(sender.deadlineReached(now: before) == .none)
    #expect(sender.deadlineReached(now: before + .seconds(2)) == .resolve)
  }

  @Test("discarded messages are reported once, when the collector is there again (M16)")
  func discardReport() {
    var sender = TransportSenderTests.make()
    let long = String(repeating: "x", count: 4000)
    while sender.put(long) == .queued {}
    #expect(sender.discardedToReport(now: begin) == 0)
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    #expect(sender.discardedToReport(now: begin) == 1)
    sender.reportedDiscarded(1, now: begin)
    #expect(sender.discardedToReport(now: begin + .seconds(5)) == 0)
    _ = sender.put(long)
    #expect(sender.discardedToReport(now: begin) == 0, "not twice in a moment")
    #expect(sender.discardedToReport(now: begin + .seconds(1)) == 1)
  }

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

  @Test("a server that says something, or nothing for a second, has accepted us")
  func acceptance() {
    for spoke in [true, false] {
      var sender = TransportSenderTests.make()
      _ = sender.put("m")
      _ = sender.start(now: begin)
      sender.becomeReady(.awaited, now: begin)
      let length = sender.runLength() ?? 0
      sender.accepted(length, ciphertext: 100, now: begin)
      if spoke { sender.acceptedByPeer() }
      sender.acknowledged(ciphertext: 100, now: begin + .seconds(spoke ? 0 : 1))
      #expect(sender.queue.count == 0)
    }
  }

  @Test("a new connection knows nothing of what the one before it had sent")
  func newConnection() {
    var sender = TransportSenderTests.make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    sender.accepted(sender.runLength() ?? 0, ciphertext: 40, now: begin)
    sender.failed(now: begin, random: 0)
    #expect(sender.deadlineReached(now: begin + .seconds(60)) == .resolve)
    sender.becomeReady(now: begin)
    sender.acknowledged(ciphertext: .max, now: begin)
    #expect(sender.queue.count == 1)
    #expect(sender.counters.acknowledged == 0)
  }

  @Test("after stop nothing is sent or tried")
  func stopped() {
    var sender = TransportSenderTests.make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    sender.stop()
    #expect(sender.runLength() == nil)
    #expect(sender.wake(now: begin) == .none)
    sender.failed(now: begin, random: 0)
    #expect(sender.phase == .stopped)
    #expect(sender.deadlineReached(now: begin + .seconds(9999)) == .none)
    #expect(sender.queue.count == 1)
  }

  @Test("keeps its promises under 10,000 random schedules", arguments: 0..<100)
  func schedules(block: UInt64) {
    for seed in 0..<100 {
      var world = World(seed: block * 100 + UInt64(seed))
      world.run(steps: 70)
      world.settle()
    }
  }
}

extension TransportSender {
  fileprivate mutating func put(_ text: String) -> MessageQueue.Admission {
    queue(.info, from: 0, .octetCounting, header: [UInt8]().span, body: Array(text.utf8).span)
  }

  fileprivate mutating func runLength(now: Instant = Instant(milliseconds: 0)) -> Int? {
    withRun(limit: 16384, now: now) { $0.count }
  }

  fileprivate mutating func becomeReady(_ acceptance: Acceptance = .proven, now: Instant) {
    _ = resolved(count: 1, now: now, random: 0)
    connected(now: now)
    secured(acceptance, now: now)
  }
}
