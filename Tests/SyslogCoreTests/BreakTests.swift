import Testing

@testable import SyslogCore

@Suite("Connections that break again and again") struct BreakTests {
  private let begin = Instant(milliseconds: 1_000_000)

  @Test(
    "what comes twice had not been acknowledged, over TLS and over TCP in clear; nothing is lost",
    arguments: BreakWorld.Transport.allCases)
  func copies(transport: BreakWorld.Transport) {
    for seed in 1...20 {
      var world = BreakWorld(transport, seed: UInt64(seed))
      world.run()
    }
  }

  @Test("a collector that now refuses late is trusted sixteen times, then for nothing")
  func patience() {
    var sender = TransportSenderTests.make()
    var now = begin
    var ciphertext: UInt64 = 0

    /// One connection over which each message is acknowledged at once. How many were delivered.
    func connect(lasting life: Int64) -> Int {
      ciphertext = 0
      _ = sender.put("message")
      _ = sender.deadlineReached(now: now)
      sender.becomeReady(.presumed, now: now)
      let before = sender.counters.acknowledged
      for _ in 0..<life / 50 {
        _ = sender.put("message")
        while let length = sender.runLength(now: now) {
          ciphertext += UInt64(length)
          sender.accepted(length, ciphertext: ciphertext, now: now)
        }
        now = now + Interval(milliseconds: 50)
        sender.acknowledged(ciphertext: ciphertext, now: now)
      }
      sender.failed(now: now, random: 0)
      now = now + .seconds(4000)
      return Int(sender.counters.acknowledged - before)
    }

    _ = sender.start(now: now)
    #expect(connect(lasting: 900) == 0, "an unknown collector may still refuse us")
    #expect(connect(lasting: 3000) > 0)
    for _ in 0..<Trust.patience { #expect(connect(lasting: 900) > 0) }
    for _ in 0..<4 { #expect(connect(lasting: 900) == 0) }
    #expect(connect(lasting: 3000) > 0)
    #expect(connect(lasting: 900) > 0, "it has accepted us again")
  }

  @Test("another address of the same name is not trusted for what the first one did")
  func anotherAddress() {
    for address: UInt64 in [7, 8] {
      var sender = TransportSenderTests.make()
      _ = sender.put("one")
      _ = sender.start(now: begin)
      _ = sender.resolved([7], now: begin, random: 0)
      sender.connected(now: begin)
      sender.secured(.presumed, now: begin)
      sender.accepted(sender.runLength(now: begin) ?? 0, ciphertext: 9, now: begin)
      let broken = begin + .seconds(2)
      sender.acknowledged(ciphertext: 9, now: broken)
      sender.failed(now: broken, random: 0)
      _ = sender.put("two")
      _ = sender.put("three")
      var now = broken + .seconds(1)
      _ = sender.wake(now: now)
      _ = sender.deadlineReached(now: now)
      _ = sender.resolved([address], now: now, random: 0)
      sender.connected(now: now)
      sender.secured(.presumed, now: now)
      let first = sender.runLength(now: now) ?? 0
      #expect(first == (address == 7 ? 5 : 12), "with trust, one message goes first")
      sender.accepted(first, ciphertext: UInt64(first), now: now)
      for _ in 0..<3 {
        now = now + Interval(milliseconds: 50)
        sender.acknowledged(ciphertext: UInt64(first), now: now)
      }
      #expect(sender.counters.acknowledged == (address == 7 ? 2 : 1))
    }
  }
}
