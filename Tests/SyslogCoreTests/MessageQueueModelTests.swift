import Testing

@testable import SyslogCore

@Suite("MessageQueue compared with a list of frames")
struct MessageQueueModelTests {
  /// Compares the queue with the simplest possible implementation: an array of frames.
  @Test("agrees with a plain list of frames under 150 random histories", arguments: 0..<150)
  func model(seed: UInt64) {
    var random = Xorshift(seed: seed)
    var queue = MessageQueue(capacity: MessageQueue.minimumCapacity + Int(random.next() % 5000))
    var model = QueueModel()
    model.limit = seed % 3 == 0 ? 0 : Int(random.next() % (seed % 3 == 1 ? 3000 : 150_000))
    queue.setReplayLimit(model.limit)
    for step in 0..<400 {
      switch random.next() % 9 {
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
      case 7:
        _ = queue.rewind()
        model.rewind()
        if random.next() % 4 == 0 {
          queue.removeOldest()
          model.removeOldest()
        }
        guard random.next() % 2 == 0 else { continue }
        queue.replayKept()
        model.replay()
      default:
        queue.trim()
        guard model.limit > 0, random.next() % 8 == 0 else { continue }
        model.setLimit(Int(random.next() % 20_000) + 1)
        queue.setReplayLimit(model.limit)
      }
      model.compare(queue)
    }
    _ = queue.rewind()
    model.rewind()
    queue.replayKept()
    model.replay()
    #expect(Array(queue.takeAll().utf8) == model.stream)
  }
}

/// Frames in order; a discarded one is found by comparing with what the queue has left.
private struct QueueModel {
  struct Frame {
    let bytes: [UInt8]
    let severity: Severity
    var replays = 0
  }
  var frames: [Frame] = []
  /// Acknowledged, oldest first.
  var kept: [Frame] = []
  var limit = 0
  var replayed = 0
  var acknowledged = 0
  var sent = 0
  var offeredEnd = 0

  var stream: [UInt8] { frames.flatMap(\.bytes) }
  var own: [Frame] { frames.filter { $0.replays == 0 } }

  private func bytes(of frames: [Frame]) -> Int { frames.reduce(0) { $0 + $1.bytes.count } }

  func compare(_ queue: borrowing MessageQueue) {
    check(queue.ownBytes <= queue.capacity, "the ring is bounded")
    check(queue.queuedBytes == bytes(of: frames), "the same bytes are in the ring")
    check(queue.ownBytes == bytes(of: own), "the same of them were never acknowledged")
    check(queue.count == own.count, "the same frames are in the ring")
    check(queue.keptBytes == bytes(of: kept), "the same bytes are kept")
    check(queue.keptBytes <= limit, "what is kept is bounded")
    check(queue.replayed == UInt64(replayed), "each that was replayed is counted")
    let most = queue.capacity + max(limit, 150_000) + 8300
    check(queue.storage.count <= most, "the memory is bounded")
  }

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
      if offset >= max(sent, offeredEnd), frame.severity.rawValue == rank,
        frame.replays == 0
      {
        found = index
      }
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
      keep(frames.removeFirst())
      released += 1
    }
    return released
  }

  private mutating func keep(_ frame: Frame) {
    if frame.replays > 0 { replayed += 1 }
    kept.append(frame)
    setLimit(limit)
  }

  mutating func setLimit(_ limit: Int) {
    self.limit = limit
    while bytes(of: kept) > limit { kept.removeFirst() }
  }

  mutating func removeOldest() {
    guard !frames.isEmpty else { return }
    frames.removeFirst()
    kept = []
  }

  /// Three times at the most.
  mutating func replay() {
    for var frame in kept.reversed() where frame.replays < 3 {
      frame.replays += 1
      frames.insert(frame, at: 0)
    }
    kept = []
  }

  mutating func rewind() {
    acknowledged = 0
    sent = 0
    offeredEnd = 0
  }
}
