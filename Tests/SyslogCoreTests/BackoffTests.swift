import Testing

@testable import SyslogCore

@Suite("Backoff") struct BackoffTests {
  private static let extremes: [UInt32] = [0, 1, .max / 2, .max - 1, .max]

  @Test("doubles from the minimum and stays between minimum and cap", arguments: extremes)
  func bounds(random: UInt32) {
    var backoff = Backoff(minimum: .seconds(4), maximum: .seconds(1500))
    var step: Int64 = 4000
    for _ in 0..<40 {
      let wait = backoff.fail(random: random).milliseconds
      let upper = min(step + step / 2, 1_500_000)
      #expect(wait >= min(step, upper - upper / 3))
      #expect(wait <= upper)
      #expect(wait >= 4000 && wait <= 1_500_000)
      step = min(step * 2, 1_500_000)
    }
  }

  @Test(
    "stays at the minimum while a collector may be restarting: four seconds", arguments: extremes)
  func restart(random: UInt32) {
    var backoff = Backoff(minimum: Interval(milliseconds: 500), maximum: .seconds(1500))
    for _ in 0..<2 {
      var waited: Int64 = 0
      while waited < 4000 {
        let wait = backoff.fail(random: random).milliseconds
        #expect((500...750).contains(wait))
        waited += wait
      }
      #expect((1000...1500).contains(backoff.fail(random: random).milliseconds))
      #expect((2000...3000).contains(backoff.fail(random: random).milliseconds))
      backoff.reset()
    }
  }

  @Test("a changed network cuts a wait short, each time less, until something is delivered")
  func hurry() {
    for random in Self.extremes {
      var backoff = Backoff(minimum: .seconds(1), maximum: .seconds(1500))
      for _ in 0..<2 {
        var step: Int64 = 250
        for _ in 0..<20 {
          #expect(backoff.hurry(Interval(milliseconds: 2 * step), random: random) == nil)
          let pause = backoff.hurry(.seconds(1500), random: random)?.milliseconds ?? 0
          #expect((step..<2 * step).contains(pause))
          step = min(2 * step, 16_000)
        }
        backoff.reset()
      }
    }
  }

  @Test("the seed's schedule 120:1500 begins at 120 s and never exceeds 25 minutes")
  func seedSchedule() {
    var backoff = Backoff(minimum: .seconds(120), maximum: .seconds(1500))
    let waits = (0..<6).map { _ in backoff.fail(random: 0).milliseconds / 1000 }
    #expect(waits == [120, 240, 480, 960, 1000, 1000])
  }

  @Test("two routers do not come back in the same second at the cap")
  func spread() {
    var early = Backoff(minimum: .seconds(1), maximum: .seconds(1500))
    var late = early
    for _ in 0..<20 { _ = (early.fail(random: 0), late.fail(random: .max)) }
    let gap = late.fail(random: .max).milliseconds - early.fail(random: 0).milliseconds
    #expect(gap >= 499_000)
  }

  @Test("begins anew after a delivery, and only then")
  func reset() {
    var backoff = Backoff(minimum: .seconds(2), maximum: .seconds(1500))
    for _ in 0..<5 { _ = backoff.fail(random: 0) }
    #expect(backoff.failures == 5)
    backoff.reset()
    #expect(backoff.fail(random: 0) == .seconds(2))
  }

  @Test(
    "held, it climbs to 8 s and the half of it at most, and all failures count",
    arguments: extremes)
  func held(random: UInt32) {
    var backoff = Backoff(minimum: .seconds(4), maximum: .seconds(1500))
    let waits = (0..<60).map { _ in backoff.fail(random: random, .held).milliseconds }
    for (wait, step) in zip(waits, [4000, 8000] as [Int64]) {
      #expect(wait >= step && wait <= step + step / 2)
    }
    #expect(waits.dropFirst().allSatisfy { 8000...12_000 ~= $0 })
    #expect(backoff.failures == 60)
  }

  @Test("after it was held, the wait climbs from there and not from the number of failures")
  func heldThenClimbing() {
    var backoff = Backoff(minimum: .seconds(1), maximum: .seconds(1500))
    for _ in 0..<60 { _ = backoff.fail(random: 0, .held) }
    #expect(backoff.fail(random: 0) == .seconds(8))
    #expect(backoff.fail(random: 0) == .seconds(16))
    #expect(backoff.fail(random: 0, .held) == .seconds(8))
    #expect(backoff.fail(random: 0) == .seconds(32))
    backoff.reset()
    #expect(backoff.fail(random: 0, .held) == .seconds(1))
  }

  @Test("a minimum of no time at all climbs, too")
  func zero() {
    var backoff = Backoff(minimum: Interval(milliseconds: 1), maximum: .seconds(1500))
    let waits = (0..<6000).map { _ in backoff.fail(random: 0).milliseconds }
    #expect(waits.last == 1_000_000)
  }

  @Test(
    "held, it keeps to --retry: never below its minimum, never above its maximum",
    arguments: [(120, 1500), (0, 5), (3, 3), (20, 1)] as [(Int64, Int64)])
  func heldWithin(minimum: Int64, maximum: Int64) {
    for random in BackoffTests.extremes {
      var backoff = Backoff(minimum: .seconds(minimum), maximum: .seconds(maximum))
      let highest = max(minimum, min(maximum, max(12, minimum + minimum / 2)))
      for _ in 0..<20 {
        let wait = backoff.fail(random: random, .held)
        #expect(wait >= .seconds(minimum) && wait <= .seconds(highest))
      }
    }
  }

  @Test("equal minimum and maximum leave no choice; a lower maximum is raised")
  func degenerate() {
    var fixed = Backoff(minimum: .seconds(5), maximum: .seconds(5))
    var inverted = Backoff(minimum: .seconds(5), maximum: .seconds(1))
    for random in BackoffTests.extremes {
      #expect(fixed.fail(random: random) == .seconds(5))
      #expect(inverted.fail(random: random) == .seconds(5))
    }
  }

  @Test("the longest settings do not overflow", arguments: extremes)
  func overflow(random: UInt32) {
    var backoff = Backoff(
      minimum: Interval(milliseconds: .max / 2), maximum: Interval(milliseconds: .max))
    for _ in 0..<100 { #expect(backoff.fail(random: random).milliseconds >= .max / 2) }
  }
}

@Suite("Instant") struct InstantTests {
  @Test("adding and subtracting saturate")
  func saturation() {
    let last = Instant(milliseconds: .max)
    let first = Instant(milliseconds: .min)
    #expect(last + .seconds(1) == last)
    #expect(last.since(first) == Interval(milliseconds: .max))
    #expect(first.since(last) == Interval(milliseconds: 0))
    #expect(Interval.seconds(.max) == Interval(milliseconds: .max))
  }

  @Test("after a connection that had delivered the first attempt comes at once, then as ever")
  func resume() {
    var backoff = Backoff(minimum: .seconds(2), maximum: .seconds(60))
    for random: UInt32 in [0, 1, 12_345, .max] {
      let wait = backoff.resume(random: random).milliseconds
      #expect((0...100).contains(wait))
    }
    #expect(backoff.failures == 4)
    for _ in 0..<2 { #expect(backoff.fail(random: 0) == .seconds(2)) }
    #expect(backoff.fail(random: 0) == .seconds(4))
  }
}
