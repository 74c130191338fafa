import Testing

@testable import SyslogCore

@Suite("MessageQueue") struct MessageQueueTests {
  @Test("a run holds whole frames only, as many as fit")
  func wholeFrames() {
    var queue = MessageQueue(capacity: 64 * 1024)
    for index in 0..<10 { _ = queue.put("message \(index)") }
    // A frame is "9 message N": 11 bytes.
    #expect(queue.takeRun(limit: 35) == "9 message 09 message 19 message 2")
    #expect(queue.takeRun(limit: 11) == "9 message 3")
    // A frame longer than the limit is cut, or nothing would ever be sent.
    #expect(queue.takeRun(limit: 4) == "9 me")
    #expect(queue.takeRun(limit: 16384)?.hasPrefix("ssage 49 message 5") == true)
    #expect(queue.takeRun() == nil)
  }

  @Test("what was offered is offered again unchanged until it is accepted")
  func repeatedOffer() {
    var queue = MessageQueue(capacity: 64 * 1024)
    _ = queue.put("first")
    let offered = queue.withRun(limit: 16384) { $0.count }
    _ = queue.put("second", .emergency)
    #expect(queue.withRun(limit: 16384) { $0.count } == offered)
    #expect(queue.takeRun() == "5 first")
    #expect(queue.takeRun() == "6 second")
  }

  @Test("an entry leaves when all of it is acknowledged, and not before")
  func acknowledge() {
    var queue = MessageQueue(capacity: 64 * 1024)
    _ = queue.put("first")
    _ = queue.put("second")
    #expect(queue.takeRun() == "5 first6 second")
    #expect(queue.acknowledge(6) == 0)
    #expect(queue.count == 2)
    #expect(queue.acknowledge(1) == 1)
    #expect(queue.acknowledge(8) == 1)
    #expect(queue.count == 0 && queue.queuedBytes == 0)
  }

  @Test("after a lost connection everything unacknowledged comes again, from a frame boundary")
  func rewind() {
    var queue = MessageQueue(capacity: 64 * 1024)
    for text in ["first", "second", "third", "fourth"] { _ = queue.put(text) }
    #expect(queue.takeRun(limit: 16) == "5 first6 second")
    #expect(queue.acknowledge(9) == 1)
    #expect(queue.rewind() == 1)
    #expect(queue.takeAll() == "6 second5 third6 fourth")
  }

  @Test("a run accepted in part goes on where it was cut")
  func partial() {
    var queue = MessageQueue(capacity: 64 * 1024)
    for text in ["first", "second", "third"] { _ = queue.put(text, .debug) }
    _ = queue.withRun(limit: 16384) { $0.count }
    queue.markSent(9)
    #expect(queue.takeAll() == "second5 third")
    #expect(queue.acknowledge(22) == 3)
  }

  @Test("a frame over the end of the ring arrives whole, in two runs")
  func wrapping() {
    var queue = MessageQueue(capacity: 0)
    var expected = ""
    var seen = ""
    for index in 0..<200 {
      let text = "\(index)-" + String(repeating: "y", count: index * 7 % 900)
      #expect(queue.put(text) == .queued)
      expected += "\(text.utf8.count) \(text)"
      if index % 3 == 2 {
        let run = queue.takeAll()
        seen += run
        _ = queue.acknowledge(run.utf8.count)
      }
    }
    seen += queue.takeAll()
    #expect(seen == expected)
  }

  @Test("a full ring refuses what is not more severe than anything in it (M17)")
  func fullRefuses() {
    var queue = MessageQueue(capacity: 0)
    var accepted = 0
    while queue.put(String(repeating: "z", count: 1000)) == .queued { accepted += 1 }
    #expect(accepted == queue.capacity / 1005)
    #expect(queue.discarded[.info] == 1)
    #expect(queue.put("more", .debug) == .discarded || queue.queuedBytes <= queue.capacity)
    #expect(queue.count >= accepted)
  }

  @Test("in a full ring the least severe give way first, the newest of them first (M17)")
  func leastSevereFirst() {
    var queue = MessageQueue(capacity: 0)
    let filler = String(repeating: "-", count: 990)
    var index = 0
    while queue.put("\(index)d\(filler)", .debug) == .queued { index += 1 }
    let debugs = index
    #expect(queue.put("error \(filler)", .error) == .queued)
    #expect(queue.discarded[.debug] > 1)
    let all = queue.takeAll()
    #expect(all.contains("error "))
    #expect(all.contains(" 0d-"))
    #expect(!all.contains(" \(debugs - 1)d-"))
  }

  @Test("what was sent or offered never gives way")
  func protectsSent() {
    var queue = MessageQueue(capacity: 0)
    let filler = String(repeating: "-", count: 990)
    while queue.put("d\(filler)", .debug) == .queued {}
    let before = queue.count
    let discarded = queue.discarded.total
    _ = queue.withRun(limit: 16384) { $0.count }
    #expect(queue.put("severe \(filler)", .emergency) == .discarded)
    #expect(queue.count == before)
    #expect(queue.discarded.total == discarded + 1)
  }

  @Test("an empty queue has no run, and a message larger than the ring is refused")
  func edges() {
    var queue = MessageQueue(capacity: 0)
    #expect(queue.takeRun() == nil)
    #expect(queue.put(String(repeating: "x", count: queue.capacity)) == .discarded)
    #expect(queue.count == 0)
    #expect(queue.rewind() == 0)
  }
}
