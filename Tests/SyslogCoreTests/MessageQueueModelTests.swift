import Testing

@testable import SyslogCore

@Suite("MessageQueue compared with a list of frames")
struct MessageQueueModelTests {
  /// Compares the queue with the simplest possible implementation: an array of frames.
  @Test("agrees with a plain list of frames under 100 random histories", arguments: 0..<100)
  func model(seed: UInt64) {
    var random = Xorshift(seed: seed)
    var queue = MessageQueue(capacity: MessageQueue.minimumCapacity + Int(random.next() % 5000))
    var model = QueueModel()
    for step in 0..<400 {
      switch random.next() % 8 {
      case 0...3:
        let severity = Severity(rawValue: UInt8(random.next() % 8)) ?? .debug
        let length = Int(random.next() % (random.next() % 8 == 0 ? 8192 : 300))
        let text = "\(step):" + String(repeating: "m", count: length)
        let before = queue.discarded.total
        let admission = queue.put(text, severity)
        model.put(text, severity, admission, removed: queue.discarded.total - before)
      case 4, 5:
        let limit = Int(random.next() % 16384) + 1
        let run = queue.withRun(limit: limit) { span in span.copied() }
        guard let run else { continue }
        model.offered(run)
        guard random.next() % 3 > 0 else { continue }
        let accepted = random.next() % 4 == 0 ? Int(random.next()) % run.count : run.count
        queue.markSent(accepted)
        model.accepted(accepted)
      case 6:
        let unacknowledged = model.sent - model.acknowledged
        let count = unacknowledged > 0 ? Int(random.next()) % (unacknowledged + 1) : 0
        check(queue.acknowledge(count) == model.acknowledge(count), "the same frames leave")
      default:
        _ = queue.rewind()
        model.rewind()
      }
      check(queue.queuedBytes <= queue.capacity, "the ring is bounded")
      check(queue.queuedBytes == model.byteCount, "the same bytes are in the ring")
      check(queue.count == model.frames.count, "the same frames are in the ring")
    }
    _ = queue.rewind()
    model.rewind()
    #expect(Array(queue.takeAll().utf8) == model.stream)
  }
}

/// Frames in order; a discarded one is found by comparing with what the queue has left.
private struct QueueModel {
  struct Frame {
    let bytes: [UInt8]
    let severity: Severity
  }
  var frames: [Frame] = []
  var acknowledged = 0
  var sent = 0
  var offeredEnd = 0

  var stream: [UInt8] { frames.flatMap(\.bytes) }
  var byteCount: Int { frames.reduce(0) { $0 + $1.bytes.count } }

  mutating func put(
    _ text: String, _ severity: Severity, _ admission: MessageQueue.Admission, removed: UInt64
  ) {
    guard admission == .queued else { return check(removed == 1, "a refusal is counted") }
    var left = removed
    // Least severe first, newest first, never what was offered.
    for rank in stride(from: UInt8(7), to: severity.rawValue, by: -1) {
      while left > 0, let victim = lastUnoffered(rank) {
        frames.remove(at: victim)
        left -= 1
      }
    }
    check(left == 0, "neither the more severe nor the offered is discarded")
    frames.append(
      Frame(bytes: Array("\(text.utf8.count) \(text)".utf8), severity: severity))
  }

  private func lastUnoffered(_ rank: UInt8) -> Int? {
    var offset = 0
    var found: Int?
    for (index, frame) in frames.enumerated() {
      if offset >= max(sent, offeredEnd), frame.severity.rawValue == rank { found = index }
      offset += frame.bytes.count
    }
    return found
  }

  mutating func offered(_ run: [UInt8]) {
    check(run == Array(stream[sent..<sent + run.count]), "the same bytes are sent")
    offeredEnd = sent + run.count
  }

  mutating func accepted(_ count: Int) {
    sent += count
    offeredEnd = sent
  }

  mutating func acknowledge(_ count: Int) -> Int {
    acknowledged += count
    var released = 0
    while let first = frames.first, first.bytes.count <= acknowledged {
      acknowledged -= first.bytes.count
      sent -= first.bytes.count
      offeredEnd -= first.bytes.count
      frames.removeFirst()
      released += 1
    }
    return released
  }

  mutating func rewind() {
    acknowledged = 0
    sent = 0
    offeredEnd = 0
  }
}
