@testable import SyslogCore

/// A collector whose kernel acknowledges what the collector reads later, and that dies again and
/// again with data unread: what it has read in the end is compared with what was logged, by the
/// numbers in the messages.
struct ReplayWorld: ~Copyable {
  private struct Frame {
    let number: Int
    let text: String
    let length: Int
  }

  private static let tick: Int64 = 5
  private var random: Xorshift
  private var sender: TransportSender
  private var encoder = MessageEncoder(
    format: .rfc5424,
    Originator(hostname: [UInt8(ascii: "h")].span, timestamps: .client, utcOffset: { _ in 0 }))
  private var now = Instant(milliseconds: 1000)
  private let begin = Instant(milliseconds: 1000)
  private let isPlain: Bool
  /// What the collector's kernel takes before the collector reads.
  private let window: Int
  private let limit: Int
  private let messages: Int
  private var queued = 0

  // The present connection.
  private var isOpen = false
  private var diesAt = Instant(milliseconds: 0)
  /// Until when the collector hangs.
  private var wakesAt = Instant(milliseconds: 0)
  private var stream = FrameReader()
  private var frames: [Frame] = []
  private var readBytes = 0
  private var readFrames = 0
  /// Messages that were acknowledged before this connection.
  private var acknowledgedBefore = 0

  /// The text of each message as it came first, by its number.
  private var originals: [String?]
  private var firsts: [Int] = []
  /// How often each message was lost with a collector.
  private var losses: [Int]
  private var deaths = 0
  private var copies = 0

  init(seed: UInt64) {
    random = Xorshift(seed: seed)
    isPlain = random.next() % 2 == 0
    window = Int(random.next() % 12_000) + 500
    // The last message may be acknowledged in part.
    limit = window + 600
    messages = Int(random.next() % 800) + 200
    originals = [String?](repeating: nil, count: messages + 1)
    losses = [Int](repeating: 0, count: messages + 1)
    encoder.isNumbered = true
    sender = TransportSender(
      queueCapacity: 2_000_000,
      backoff: Backoff(minimum: Interval(milliseconds: 400), maximum: .seconds(60)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
    sender.setReplayLimit(limit)
  }

  mutating func run() {
    perform(sender.start(now: now))
    let end = begin + .seconds(7200)
    while now < end, queued < messages || !sender.queue.isEmpty || readFrames < frames.count {
      step()
    }
    verify()
  }

  private mutating func step() {
    now = now + Interval(milliseconds: ReplayWorld.tick)
    if queued < messages, random.next() % 3 == 0 { log() }
    if isOpen, now >= diesAt { die() }
    if let deadline = sender.deadline, deadline <= now { reachDeadline() }
    pump()
    // The kernel is not asked all the time.
    if random.next() % 4 == 0 { acknowledge() }
    read()
  }

  private mutating func log() {
    let length = Int(random.next() % 300)
    let piece = Array(("<13>app: \(queued + 1):" + String(repeating: "p", count: length)).utf8)
    let time = CalendarTime(
      year: 2025, month: 11, day: 24, hour: 7, minute: 30, second: 1, microsecond: 42,
      utcOffsetMinutes: 0, isSynchronized: true)
    let encoded = encoder.encode(piece.span, Message(piece.span), at: time)
    let header = Array(encoder.header[..<encoder.headerCount])
    let admission = sender.queue(
      encoded.severity, from: 0, .octetCounting, header: header.span,
      body: piece.span.extracting(encoded.body))
    check(admission == .queued, "the queue is large enough")
    queued += 1
    perform(sender.wake(now: now))
  }

  private mutating func reachDeadline() {
    let action = sender.due(now: now)
    if action == .resolve { perform(.resolve) }
    if action == .proceed { acknowledge() }
  }

  private mutating func perform(_ action: TransportSender.WakeAction) {
    guard action == .resolve else { return }
    _ = sender.resolved(count: 1, now: now, random: bits())
    sender.connected(now: now)
    (isOpen, stream, frames, readBytes, readFrames) = (true, FrameReader(), [], 0, 0)
    acknowledgedBefore = Int(sender.counters.acknowledged)
    let isMended = now.since(begin) > .seconds(120)
    let life = isMended ? 1_000_000_000 : Int64(random.next() % 6000)
    diesAt = now + Interval(milliseconds: life)
    wakesAt = now
    sender.secured(isPlain ? .presumed : .proven, now: now)
  }

  private mutating func pump() {
    while isOpen, stream.count - readBytes < window {
      let room = window - (stream.count - readBytes)
      guard let bytes = sender.withRun(limit: min(room, 16_384), now: now, { $0.copied() })
      else { return }
      let count = min(bytes.count, room)
      stream.append(bytes[..<count])
      sender.accepted(count, ciphertext: UInt64(stream.count), now: now)
      while let frame = nextFrame() { frames.append(frame) }
      if sender.wantsAcknowledgement { acknowledge() }
    }
  }

  private mutating func nextFrame() -> Frame? {
    let begin = stream.position
    guard let text = stream.next() else { return nil }
    let parts = text.split(separator: "\"", maxSplits: 2)
    return Frame(number: Int(parts[1]) ?? 0, text: text, length: stream.position - begin)
  }

  private mutating func acknowledge() {
    guard isOpen else { return }
    sender.acknowledged(ciphertext: UInt64(stream.count), now: now)
  }

  /// The collector reads what its kernel has, unless it hangs.
  private mutating func read() {
    guard isOpen, now >= wakesAt else { return }
    if random.next() % 40 == 0 {
      wakesAt = now + Interval(milliseconds: Int64(random.next() % 1500))
      return
    }
    readBytes = stream.count
    while readFrames < frames.count {
      let frame = frames[readFrames]
      readFrames += 1
      guard (1...messages).contains(frame.number) else {
        check(false, "no message has the number \(frame.number)")
        continue
      }
      if let original = originals[frame.number] {
        check(frame.text == original, "a copy is the original, with its number")
        copies += 1
      } else {
        originals[frame.number] = frame.text
        firsts.append(frame.number)
      }
    }
  }

  private mutating func die() {
    deaths += 1
    acknowledge()
    for frame in frames[readFrames...] where originals[frame.number] == nil {
      losses[frame.number] += 1
    }
    // Of what came on this connection, that was replayed which had been acknowledged before it.
    var replayed = 0
    for frame in frames where frame.number <= acknowledgedBefore { replayed += frame.length }
    check(replayed <= limit, "\(replayed) bytes of copies, the limit is \(limit)")
    isOpen = false
    sender.failed(now: now, random: bits())
  }

  private mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }

  private func verify() {
    check(sender.queue.isEmpty && queued == messages, "every message gets through")
    for number in 1...messages where originals[number] == nil {
      check(losses[number] > Entry.mostReplays, "\(number) lost after \(losses[number]) deaths")
    }
    var newest = 0
    for number in firsts {
      check(number > newest, "order is kept")
      newest = number
    }
    check(sender.counters.acknowledged == UInt64(messages), "nothing is acknowledged twice")
    check(sender.counters.setAside == 0, "\(sender.counters.setAside) set aside")
    check(deaths == 0 || copies <= messages * (deaths + 1), "copies are bounded")
  }
}
