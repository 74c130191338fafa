import Testing

@testable import SyslogCore

@Suite("The memory of a queue") struct MessageQueueMemoryTests {
  private static let text = String(repeating: "x", count: 700)

  @Test("grows with what is queued, and is given back when that has left")
  func growsAndShrinks() {
    var queue = MessageQueue(capacity: 4 << 20)
    #expect(queue.storage.count == MessageQueue.minimumCapacity)
    var count = 0
    while queue.put("\(count) " + Self.text) == .queued { count += 1 }
    #expect(queue.storage.count == 4 << 20)
    var all = ""
    while let run = queue.takeRun() {
      all += run
      _ = queue.acknowledge(run.utf8.count)
    }
    #expect(all.utf8.count > 4 << 20 - 800)
    queue.trim()
    #expect(queue.storage.count == 4 << 20, "it was full a moment ago")
    for _ in 0..<4 { queue.trim() }
    #expect(queue.highestBytes > 4 << 20 - 800, "it is remembered how full it was")
    #expect(queue.storage.count <= 64 * 1024)
    #expect(queue.put("again") == .queued)
    #expect(queue.takeAll() == "5 again")
  }

  @Test("grows and shrinks around what is on its way", arguments: 0..<50)
  func inTransit(seed: UInt64) {
    var random = Xorshift(seed: seed)
    var queue = MessageQueue(capacity: 1 << 20)
    var (queued, taken) = ("", "")
    var unacknowledged = 0
    for step in 0..<3000 {
      let isFilling = step / 500 % 2 == 0
      if random.next() % 4 < (isFilling ? 3 : 1) {
        let text = "\(step):" + String(repeating: "m", count: Int(random.next() % 1200))
        if queue.put(text) == .queued { queued += "\(text.utf8.count) \(text)" }
      } else {
        let run = queue.withRun(limit: Int(random.next() % 16384) + 1) { $0.copied() } ?? []
        let accepted = run.isEmpty ? 0 : Int(random.next() % UInt64(run.count + 1))
        taken += String(decoding: run.prefix(accepted), as: UTF8.self)
        queue.markSent(accepted)
        unacknowledged += accepted
        let acknowledged = Int(random.next() % UInt64(unacknowledged + 1))
        _ = queue.acknowledge(acknowledged)
        unacknowledged -= acknowledged
        if random.next() % 100 == 0 { queue.trim() }
      }
      check(queue.storage.count <= 1 << 20, "the ring is bounded")
    }
    taken += queue.takeAll()
    #expect(taken == queued)
  }

  @Test("another capacity applies at once, and what is queued stays")
  func capacity() {
    var queue = MessageQueue(capacity: 100_000)
    while queue.put(Self.text) == .queued {}
    let (count, bytes) = (queue.count, queue.queuedBytes)
    queue.setCapacity(1 << 20)
    #expect(queue.put(Self.text) == .queued)
    queue.setCapacity(0)
    #expect(queue.count == count + 1)
    #expect(queue.capacity > bytes)
    #expect(queue.put(Self.text) == .discarded)
  }
}
