import Testing

@testable import SyslogCore

@Suite("Failover") struct FailoverTests {
  private static let start = Instant(milliseconds: 100_000)

  private static func works(since: Int64 = 0, hasSent: Bool = false) -> Failover.Member {
    Failover.Member(
      readySince: start + .seconds(since), isDown: false, hasSent: hasSent)
  }
  private static let down = Failover.Member(readySince: nil, isDown: true, isIdle: true)
  private static let tried = Failover.Member(readySince: nil, isDown: false, isIdle: true)

  private static func step(
    _ failover: inout Failover, _ members: [Failover.Member], after seconds: Int64 = 0
  ) -> Bool {
    for index in members.indices { failover.members[index] = members[index] }
    return failover.step(now: start + .seconds(seconds))
  }

  @Test("nothing is lost between collectors that come and go, and each keeps the order")
  func worlds() {
    for seed in 1...60 {
      var world = FailoverWorld(seed: UInt64(seed))
      world.run(steps: 1500)
    }
  }

  private static func needs(
    _ active: Int, _ members: [Failover.Member]
  ) -> [Failover.Need] {
    var failover = Failover(of: members.count, active: active)
    for index in members.indices { failover.members[index] = members[index] }
    return members.indices.map { failover.need(of: $0) }
  }

  @Test("the second is connected only when the first has failed, the third when both have")
  func needs() {
    let (works, down, tried) = (Self.works(), Self.down, Self.tried)
    #expect(Self.needs(0, [tried, tried, tried]) == [.nothing, .nothing, .nothing])
    #expect(Self.needs(0, [down, tried, tried]) == [.nothing, .connect, .nothing])
    #expect(Self.needs(0, [down, down, tried]) == [.nothing, .connect, .connect])
    #expect(Self.needs(0, [down, works, tried]) == [.nothing, .nothing, .nothing])
    #expect(Self.needs(0, [works, works, works]) == [.nothing, .rest, .rest])
    #expect(Self.needs(1, [down, works, works]) == [.connect, .nothing, .rest])
    #expect(Self.needs(2, [down, tried, works]) == [.connect, .connect, .nothing])
  }

  @Test("one that still has messages is not disconnected")
  func messagesOfItsOwn() {
    let busy = Failover.Member(readySince: Self.start, isDown: false, isEmpty: false)
    #expect(Self.needs(0, [Self.works(), busy]) == [.nothing, .nothing])
  }

  @Test("the first that is connected takes over at once from one that is not")
  func takesOver() {
    var failover = Failover(of: 3)
    #expect(!Self.step(&failover, [Self.down, Self.tried, Self.tried]))
    #expect(Self.step(&failover, [Self.down, Self.tried, Self.works()]))
    #expect(failover.active == 2)
    #expect(Self.step(&failover, [Self.works(), Self.works(), Self.down]))
    #expect(failover.active == 0)
  }

  @Test("one that is back has to stay for half a minute, and nothing new is sent meanwhile")
  func returns() {
    var failover = Failover(of: 2, active: 1)
    let before = [Self.works(), Self.works(hasSent: true)]
    #expect(!Self.step(&failover, before, after: 29))
    #expect(failover.deadline == Self.start + Failover.stay)
    #expect(!failover.isHolding)
    #expect(!Self.step(&failover, before, after: 30))
    #expect(failover.isHolding)
    #expect(
      failover.deadline == Self.start + .seconds(30) + Interval(milliseconds: 50))
    #expect(!Self.step(&failover, [Self.down, Self.works(hasSent: true)], after: 31))
    #expect(!failover.isHolding, "it has not stayed")
    #expect(!Self.step(&failover, before, after: 32))
    #expect(Self.step(&failover, [Self.works(), Self.works()], after: 33))
    #expect(failover.active == 0)
    #expect(!failover.isHolding)
  }

  @Test("one that does not acknowledge what it was sent is waited for ten seconds")
  func drainLimit() {
    var failover = Failover(of: 2, active: 1)
    let stuck = [Self.works(), Self.works(hasSent: true)]
    #expect(!Self.step(&failover, stuck, after: 30))
    #expect(!Self.step(&failover, stuck, after: 39))
    #expect(Self.step(&failover, stuck, after: 40))
    #expect(failover.active == 0)
  }

  private static func sender(_ capacity: Int) -> TransportSender {
    TransportSender(
      queueCapacity: capacity, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(60)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
  }

  @Test("messages move with the room for them, what was counted stays")
  func exchange() {
    var first = Self.sender(20_000)
    var second = Self.sender(16_400)
    let long = String(repeating: "x", count: 4000)
    for _ in 0..<6 { _ = first.put(long) }
    let discarded = first.discardedUnreported
    #expect(discarded > 0)
    let highest = first.queue.highestBytes
    second.exchangeMessages(with: &first, framing: .octetCounting, .lineFeed)
    #expect(first.queue.count == 0)
    #expect(second.queue.count == 6 - Int(discarded))
    #expect(second.queue.capacity == 20_000)
    #expect(first.queue.discarded.total == discarded)
    #expect(second.queue.discarded.total == 0)
    #expect(first.discardedUnreported == 0)
    #expect(second.discardedUnreported == discarded)
    #expect(first.queue.highestBytes == highest)
    #expect((second.queue.queuedBytes...20_000).contains(second.queue.highestBytes))
    _ = second.start(now: Self.start)
    second.becomeReady(now: Self.start)
    let sent = second.withRun(limit: 16384, now: Self.start) { $0.copied() }
    #expect(sent?.prefix(4001) == Array((long + "\n").utf8)[...], "framed as for the second")
  }

  @Test("nothing moves while something is on its way, nor after a message was sent in part")
  func onItsWay() {
    var first = Self.sender(20_000)
    var second = Self.sender(20_000)
    _ = first.put("one")
    _ = first.start(now: Self.start)
    first.becomeReady(now: Self.start)
    _ = first.runLength(now: Self.start)
    first.accepted(2, ciphertext: 2, now: Self.start)
    second.exchangeMessages(with: &first, framing: .octetCounting, .octetCounting)
    #expect(first.queue.count == 1)
    first.isHeld = true
    check(first.wantsToWrite, "the message is sent to its end")
    #expect(first.runLength(now: Self.start) == 3)
    first.accepted(3, ciphertext: 5, now: Self.start)
    _ = first.put("two")
    check(!first.wantsToWrite, "nothing new")
    #expect(first.runLength(now: Self.start) == nil)
    first.rest()
    #expect(first.phase == .idle)
    second.exchangeMessages(with: &first, framing: .octetCounting, .octetCounting)
    #expect(second.queue.count == 2)
  }
}
