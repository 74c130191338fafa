import Testing

@testable import SyslogCore

@Suite("InputPacing") struct InputPacingTests {
  private let begin = Instant(milliseconds: 1000)

  @Test("the socket is read as long as nobody would gain by waiting")
  func idle() {
    var pacing = InputPacing(now: begin)
    for second in 0..<10 {
      #expect(pacing.holds(isWanted: false, now: begin + .seconds(Int64(second))) == false)
    }
  }

  @Test("a collector that is always behind holds the socket for a fifth of the time at the most")
  func fifth() {
    var pacing = InputPacing(now: begin)
    var held: Int64 = 0
    var longest: Int64 = 0
    var run: Int64 = 0
    for millisecond in 0..<60_000 as Range<Int64> {
      let now = begin + Interval(milliseconds: millisecond)
      run = pacing.holds(isWanted: true, now: now) ? run + 1 : 0
      held += run > 0 ? 1 : 0
      longest = max(longest, run)
    }
    #expect(held <= 12_000 + 2000)
    #expect(held >= 10_000)
    #expect(longest <= 2001)
  }

  @Test("what was earned while reading is there for the next burst, up to two seconds of it")
  func credit() {
    var pacing = InputPacing(now: begin)
    _ = pacing.holds(isWanted: false, now: begin + .seconds(3600))
    let burst = begin + .seconds(3600)
    #expect(pacing.holds(isWanted: true, now: burst) == true)
    #expect(pacing.holds(isWanted: true, now: burst + .seconds(1)) == true)
    #expect(pacing.holds(isWanted: true, now: burst + .seconds(2)) == false)
  }

  @Test("a collector is momentarily full only while it takes something")
  func momentarilyFull() {
    var sender = TransportSender(
      queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(2)),
      limits: TransportSender.Limits(connect: .seconds(1), handshake: .seconds(1)))
    let text = Array(repeating: UInt8(ascii: "x"), count: 4000)
    for _ in 0..<4 {
      _ = sender.queue(.info, from: 0, .octetCounting, header: [UInt8]().span, body: text.span)
    }
    #expect(sender.isMomentarilyFull(now: begin) == false, "not connected")
    _ = sender.start(now: begin)
    _ = sender.resolved(count: 1, now: begin, random: 0)
    sender.connected(now: begin)
    sender.secured(.proven, now: begin)
    #expect(sender.isMomentarilyFull(now: begin) == false, "has taken nothing yet")
    let length = sender.withRun(limit: 13_000, now: begin) { $0.count } ?? 0
    sender.accepted(length, ciphertext: 5000, now: begin)
    #expect(sender.isMomentarilyFull(now: begin + Interval(milliseconds: 49)) == true)
    #expect(sender.isMomentarilyFull(now: begin + Interval(milliseconds: 50)) == false)
    #expect(sender.isStuck(now: begin + Interval(milliseconds: 999)) == false)
    #expect(sender.isStuck(now: begin + .seconds(1)) == true)
    sender.acknowledged(ciphertext: 5000, now: begin + .seconds(1))
    #expect(sender.isMomentarilyFull(now: begin + .seconds(1)) == false, "has room again")
    #expect(sender.isStuck(now: begin + .seconds(3600)) == false, "has room")
  }
}
