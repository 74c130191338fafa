import Testing

@testable import SyslogCore

@Suite("MessageQueue under other settings") struct MessageQueueRebuildingTests {
  /// Frames of all lengths that change the length of their own prefix, and over the ring's end.
  private static let lengths = [1, 8, 9, 10, 98, 99, 100, 101, 999, 1000, 1001, 3000]

  private static func text(_ length: Int) -> String { String(repeating: "m", count: length) }

  /// A queue whose oldest entry begins where the ring is `filled` bytes in.
  private static func make(_ framing: Framing, from filled: Int) -> MessageQueue {
    var queue = MessageQueue(capacity: 0)
    while queue.queuedBytes < filled, queue.put(text(40), .info, framing) == .queued {}
    let all = queue.takeAll()
    _ = queue.acknowledge(all.utf8.count)
    return queue
  }

  @Test(
    "every message is framed anew, in order, wherever the ring ends",
    arguments: [0, 8000, 12_000, 14_000, 15_000, 16_000, 16_300])
  func reframed(filled: Int) {
    for (old, new) in [(Framing.octetCounting, Framing.lineFeed), (.lineFeed, .octetCounting)] {
      var queue = Self.make(old, from: filled)
      for length in Self.lengths { #expect(queue.put(Self.text(length), .info, old) == .queued) }
      queue.rebuild(capacity: 0, from: old, to: new)
      let expected = Self.lengths.map { length in
        new == .octetCounting
          ? "\(length) " + Self.text(length) : Self.text(length) + "\n"
      }
      #expect(queue.count == Self.lengths.count)
      #expect(queue.queuedBytes == expected.joined().utf8.count)
      #expect(queue.takeAll() == expected.joined())
      #expect(queue.acknowledge(expected.joined().utf8.count) == Self.lengths.count)
    }
  }

  @Test("a message that is a frame to look at is still one message")
  func deceptive() {
    var queue = MessageQueue(capacity: 0)
    for text in ["12 ", "5 <13>", "", "0", "\n", "a\nb\n"] { _ = queue.put(text) }
    queue.rebuild(capacity: 0, from: .octetCounting, to: .lineFeed)
    #expect(queue.takeAll() == "12 \n5 <13>\n\n0\n \na b \n")
  }

  @Test("the same framing leaves the frames as they are", arguments: [0, 12_000, 16_000])
  func sameFraming(filled: Int) {
    for framing in [Framing.octetCounting, .lineFeed] {
      var queue = Self.make(framing, from: filled)
      for length in Self.lengths { _ = queue.put(Self.text(length), .info, framing) }
      let before = queue.takeAll()
      _ = queue.rewind()
      queue.rebuild(capacity: 100_000, from: framing, to: framing)
      #expect(queue.capacity == 100_000)
      #expect(queue.takeAll() == before)
    }
  }

  @Test("a capacity below what is queued becomes that much, and nothing is lost")
  func smaller() {
    var queue = MessageQueue(capacity: 100_000)
    // One byte each, so that there are more entries than a small ring has places.
    for _ in 0..<3000 { _ = queue.put("m", .info, .lineFeed) }
    for _ in 0..<40 { _ = queue.put(Self.text(1000), .info, .lineFeed) }
    let (count, bytes) = (queue.count, queue.queuedBytes)
    queue.rebuild(capacity: 0, from: .lineFeed, to: .lineFeed)
    #expect(queue.count == count)
    #expect(queue.capacity == bytes)
    #expect(queue.discarded.total == 0)
    #expect(queue.put("no room", .debug) == .discarded)
    let all = queue.takeAll()
    #expect(all.utf8.count == bytes)
    #expect(queue.acknowledge(bytes) == count)
    #expect(queue.put("room", .debug) == .queued)
  }

  @Test("severities and the count of what was discarded stay, so that the right ones give way")
  func severities() {
    var queue = MessageQueue(capacity: 0)
    while queue.put(Self.text(990), .debug) == .queued {}
    let discarded = queue.discarded.total
    queue.rebuild(capacity: 0, from: .octetCounting, to: .octetCounting)
    #expect(queue.discarded.total == discarded)
    #expect(queue.put("error" + Self.text(990), .error) == .queued)
    #expect(queue.discarded[.debug] > discarded)
  }
}
