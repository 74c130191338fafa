@testable import SyslogCore

/// A region in memory, which remembers what was written, so that a test can cut the power.
final class MemoryRegion: SpoolRegion {
  var bytes: [UInt8]
  /// What was written, in order; and what was there before.
  private(set) var writes: [(offset: Int, bytes: [UInt8], before: [UInt8])] = []
  var isRecording = false
  var isReadable = true
  /// Bytes that are still taken; nil: all.
  var room: Int?

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  convenience init(size: Int) {
    self.init([UInt8](repeating: 0, count: size))
  }

  func read(_ target: inout [UInt8], at index: Int, count: Int, from offset: Int) -> Bool {
    guard isReadable, offset + count <= bytes.count else { return false }
    for place in 0..<count { target[index + place] = bytes[offset + place] }
    return true
  }

  func write(_ span: Span<UInt8>, to offset: Int) -> Bool {
    guard offset + span.count <= bytes.count else { return false }
    let count = min(span.count, room ?? span.count)
    let new = Array(span.copied()[..<count])
    if isRecording {
      writes.append((offset, new, Array(bytes[offset..<offset + count])))
    }
    bytes.replaceSubrange(offset..<offset + count, with: new)
    if let room { self.room = room - count }
    return count == span.count
  }
}

/// A sender and a spool behind its queue, and a collector that takes what it is given.
final class SpooledRemote {
  var sender: TransportSender
  var spool: Spool<MemoryRegion>
  var now = Instant(milliseconds: 1_000_000)
  private(set) var ciphertext: UInt64 = 0
  private var stream: [UInt8] = []
  var framing = Framing.octetCounting

  static let size = 64 * 1024
  /// For tests that open it again and again.
  static let smallest = 24 * 1024

  init?(
    _ region: MemoryRegion, queue: Int = MessageQueue.minimumCapacity, daily: Int = 1 << 30,
    replay: Int = 0
  ) {
    guard
      let spool = Spool.open(
        region, size: region.bytes.count, dailyLimit: daily, salt: 0x1234_5678,
        now: Instant(milliseconds: 1_000_000))
    else { return nil }
    self.spool = spool
    sender = TransportSender(
      queueCapacity: queue, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: TransportSender.Limits(connect: .seconds(5), handshake: .seconds(5)))
    sender.setReplayLimit(replay)
    _ = sender.start(now: now)
    turn()
  }

  @discardableResult
  func put(
    _ text: String, _ severity: Severity = .info, from uid: UInt32 = 0
  ) -> MessageQueue.Admission {
    let bytes = Array(text.utf8)
    return spool.put(
      severity, from: uid, framing, header: bytes.span.extracting(first: min(3, bytes.count)),
      body: bytes.span.extracting(droppingFirst: min(3, bytes.count)), into: &sender, now: now)
  }

  func turn() {
    spool.turn(&sender, framing, now: now)
  }

  func connect() {
    guard sender.phase != .ready else { return }
    if case .backingOff(let until) = sender.phase {
      now = max(now, until)
      _ = sender.deadlineReached(now: now)
    }
    _ = sender.wake(now: now)
    sender.becomeReady(now: now)
    stream = []
    ciphertext = 0
  }

  func disconnect() {
    sender.failed(now: now, random: 0)
  }

  /// Sends one run. Returns what arrived as a whole.
  func send(limit: Int = 16_384) -> [String] {
    guard let run = sender.withRun(limit: limit, now: now, { $0.copied() }) else { return [] }
    stream += run
    ciphertext += UInt64(run.count)
    sender.accepted(run.count, ciphertext: ciphertext, now: now)
    return takeMessages()
  }

  func acknowledge() {
    now = now + Interval(milliseconds: 100)
    sender.acknowledged(ciphertext: ciphertext, now: now)
  }

  /// Everything that there is, as it arrives.
  func deliverAll() -> [String] {
    connect()
    var texts: [String] = []
    for _ in 0..<100_000 where !(spool.isDrained && sender.queue.isEmpty) {
      turn()
      texts += send()
      acknowledge()
    }
    turn()
    return texts
  }

  /// A clean end. Returns how many messages are lost by it.
  func stop() -> Int {
    sender.stop()
    return sender.queue.count - spool.keep(sender, framing, now: now)
  }

  private func takeMessages() -> [String] {
    var texts: [String] = []
    var position = 0
    while let space = stream[position...].firstIndex(of: UInt8(ascii: " ")),
      let length = Int(String(decoding: stream[position..<space], as: UTF8.self)),
      space + 1 + length <= stream.count
    {
      texts.append(String(decoding: stream[space + 1..<space + 1 + length], as: UTF8.self))
      position = space + 1 + length
    }
    stream.removeFirst(position)
    return texts
  }
}

/// Messages that are told apart by their number, some long, some short.
func spoolText(_ number: Int, _ length: Int = 200) -> String {
  "\(number):" + String(repeating: "x", count: length)
}
