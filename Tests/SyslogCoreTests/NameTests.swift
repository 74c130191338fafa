import Testing

@testable import SyslogCore

@Suite("A name with several addresses") struct NameTests {
  @Test(
    "leads to the one that works, whatever the others do and in whatever order they come",
    arguments: NameWorld.Order.allCases, [1, 2, 3, 8, 9, 20, 64])
  func found(order: NameWorld.Order, addresses: Int) {
    for seed in 0..<50 {
      var world = NameWorld(order, addresses: addresses, seed: UInt64(seed) + 1)
      world.run()
    }
  }

  @Test("leads to the second address when the first accepts connections and then closes them")
  func terminator() {
    let begin = Instant(milliseconds: 1000)
    var sender = TransportSender(
      queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
    _ = sender.start(now: begin)
    #expect(sender.resolved(count: 2, now: begin, random: 0) == .connect(index: 0))
    sender.connected(now: begin)
    sender.secured(.awaited, now: begin)
    sender.failed(now: begin + Interval(milliseconds: 500), random: 0)
    #expect(sender.filesReread(.none, now: begin + .seconds(1)) == .resolve)
    let again = sender.resolved([1, 0], now: begin + .seconds(1), random: 0)
    #expect(again == .connect(index: 0), "the second address, which is now the first")
  }
}
