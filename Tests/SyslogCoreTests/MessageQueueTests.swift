import Testing

@testable import SyslogCore

/// What a queue would send, without the limits of a connection.
extension MessageQueue {
  mutating func put(
    _ text: String, _ severity: Severity = .info, _ framing: Framing = .octetCounting
  ) -> Admission {
    append(severity, framing, header: [UInt8]().span, body: Array(text.utf8).span)
  }

  /// The next run as text, accepted at once.
  mutating func takeRun(limit: Int = 16384) -> String? {
    let run = withRun(limit: limit) { span in
      String(decoding: span.copied(), as: UTF8.self)
    }
    if let run { markSent(run.utf8.count) }
    return run
  }

  mutating func takeAll(limit: Int = 16384) -> String {
    var all = ""
    while let run = takeRun(limit: limit) { all += run }
    return all
  }
}

@Suite("Framing") struct FramingTests {
  @Test("octet counting is MSG-LEN SP MSG without leading zeros (RFC 5425 §4.3, T14, F1)")
  func octetCounting() {
    var queue = MessageQueue(capacity: 64 * 1024)
    for length in [1, 9, 10, 99, 100, 999, 1000, 8192] {
      let text = String(repeating: "x", count: length)
      #expect(queue.put(text) == .queued)
      #expect(queue.takeRun() == "\(length) \(text)")
    }
  }

  @Test("the header and the body are one message (T14)")
  func headerAndBody() {
    var queue = MessageQueue(capacity: 64 * 1024)
    _ = queue.append(
      .info, .octetCounting, header: Array("<13>1 ".utf8).span, body: Array("hello".utf8).span)
    #expect(queue.takeRun() == "11 <13>1 hello")
  }

  @Test("an LF ends a message, and an LF or NUL inside becomes a space (RFC 6587 §3.4.2, F2)")
  func lineFeed() {
    var queue = MessageQueue(capacity: 64 * 1024)
    _ = queue.append(
      .info, .lineFeed, header: Array("<13>a\nb".utf8).span, body: Array("c\0d\n\r\te".utf8).span)
    #expect(queue.takeRun() == "<13>a bc d \r\te\n")
  }

  @Test("octet counting leaves every octet as it is (M1)")
  func octetsUnchanged() {
    var queue = MessageQueue(capacity: 64 * 1024)
    let octets = (0...255).map { UInt8($0) }
    _ = queue.append(.info, .octetCounting, header: [UInt8]().span, body: octets.span)
    let seen = queue.withRun(limit: 16384) { span in span.copied() }
    #expect(seen == Array("256 ".utf8) + octets)
  }
}

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

  /// A queue beside the simplest thing that could be right: an array of frames.
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

/// A small deterministic generator: a failing seed fails again.
struct Xorshift {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state >> 1
  }
}
