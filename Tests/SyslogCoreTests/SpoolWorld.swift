@testable import SyslogCore

/// A remote with a spool over many lives: a network that comes and goes, orderly ends and kills; in
/// every second one with `--replay`, and a collector that dies with data unread. What each step does is
/// drawn from a seed.
struct SpoolWorld {
  private var random: Xorshift
  private let region: MemoryRegion
  private var remote: SpooledRemote
  private var next = 0
  /// What was queued and may not have been lost.
  private var wanted: Set<Int> = []
  private var arrived: Set<Int> = []
  private var newest = -1
  /// What `--replay` keeps; 0 without it.
  private let limit: Int
  /// What the collector's kernel has and the collector has not read.
  private var unread: [String] = []
  /// The bytes that the connection had when it last read.
  private var readBytes: UInt64 = 0
  /// How often each message was lost with a collector.
  private var losses: [Int: Int] = [:]

  init?(seed: UInt64) {
    random = Xorshift(seed: seed)
    region = MemoryRegion(size: SpooledRemote.size)
    limit = random.next() % 2 == 0 ? 0 : SpoolWorld.longest + Int(random.next() % 12_000)
    let queue = 16_400 + Int(random.next() % 30_000)
    guard let remote = SpooledRemote(region, queue: queue, replay: limit) else { return nil }
    self.remote = remote
  }

  /// Of a message with its frame.
  private static let longest = 8_100

  mutating func run(steps: Int) {
    for _ in 0..<steps {
      switch random.next() % 16 {
      case 0..<6: put()
      case 6..<12: exchange()
      case 12: endConnection()
      case 13: remote.now = remote.now + Interval(milliseconds: Int64(random.next() % 20_000))
      case 14 where random.next() % 4 == 0: restart()
      case 15 where random.next() % 4 == 0: kill()
      default: break
      }
      remote.turn()
      check(remote.spool.used <= SpooledRemote.size, "the ring is bounded")
      check(remote.spool.damaged == 0, "nothing is damaged by itself")
      check(remote.sender.isReplayBounded, "copies are bounded")
    }
    read()
    take(remote.deliverAll())
    let lost = wanted.subtracting(arrived).filter { losses[$0, default: 0] <= Entry.mostReplays }
    check(lost.isEmpty, "lost: \(lost.sorted().prefix(9))")
    check(remote.spool.used == 0, "what was delivered has left the ring")
  }

  private mutating func put() {
    for _ in 0..<Int(random.next() % 20) {
      let isLong = random.next() % 30 == 0
      let before = remote.sender.queue.discarded.total
      let text = spoolText(next, Int(random.next() % (isLong ? 8000 : 300)))
      if remote.put(text) == .queued {
        wanted.insert(next)
      } else {
        check(remote.spool.refusal == .full, "only a full spool refuses")
        check(remote.sender.queue.discarded.total == before + 1, "a refusal is counted")
      }
      next += 1
    }
  }

  private mutating func exchange() {
    if remote.sender.phase != .ready { readBytes = 0 }
    remote.connect()
    for _ in 0..<Int(random.next() % 4) {
      var most = Int(random.next() % 16_000) + 1
      if limit == 0 || random.next() % 3 == 0 { read() }
      // The begin of a message may have been there when it read.
      let room = limit - SpoolWorld.longest - Int(remote.ciphertext - readBytes)
      if limit > 0 { most = min(most, room) }
      if most > 0 { unread += remote.send(limit: most) }
      if random.next() % 2 == 0 { remote.acknowledge() }
    }
    if limit == 0 { read() }
  }

  /// The collector reads what its kernel has.
  private mutating func read() {
    take(unread)
    unread = []
    readBytes = remote.ciphertext
  }

  /// The network breaks the connection, or the collector dies with what it has not read.
  private mutating func endConnection() {
    if limit > 0, random.next() % 2 == 0 {
      for text in unread { losses[SpoolWorld.number(text), default: 0] += 1 }
      unread = []
    }
    read()
    if limit == 0 || remote.sender.phase == .ready { remote.disconnect() }
  }

  private static func number(_ text: String) -> Int { Int(text.prefix { $0 != ":" }) ?? -1 }

  private mutating func take(_ texts: [String]) {
    for text in texts {
      let number = SpoolWorld.number(text)
      check(number >= 0 && number < next, "nothing is made up")
      check(arrived.contains(number) || number > newest, "order is kept")
      arrived.insert(number)
      newest = max(newest, number)
    }
  }

  /// What is in the spool is kept, and what fits of the queue; also what is to be sent again.
  private mutating func restart() {
    read()
    let queue = remote.sender.queue.count
    let copies = remote.sender.queue.entries.count - queue
    let needed = remote.sender.queue.queuedBytes + (queue + copies) * Record.overhead
    let isRoom = remote.spool.used + needed <= Int(remote.spool.capacity)
    let lost = remote.stop()
    check(!isRoom || lost == 0, "\(lost) lost although there was room")
    forgetQueue(atMost: isRoom ? lost : lost + copies)
    reopen()
  }

  private mutating func kill() {
    read()
    // All that had not been written.
    forgetQueue(atMost: .max)
    reopen()
  }

  /// Messages in the queue are lost by this end, unless they are in the spool.
  private mutating func forgetQueue(atMost count: Int) {
    var kept: Set<Int> = []
    if let reader = SpooledRemote(MemoryRegion(region.bytes), queue: 1_000_000) {
      for text in reader.deliverAll() { kept.insert(SpoolWorld.number(text)) }
    }
    let lost = wanted.subtracting(arrived).subtracting(kept)
    check(lost.count <= max(count, 0), "\(lost.count) lost, \(count) were said to be")
    check(lost.count <= remote.sender.queue.entries.count, "only what is in memory alone is lost")
    wanted.subtract(lost)
  }

  private mutating func reopen() {
    readBytes = 0
    let queue = 16_400 + Int(random.next() % 30_000)
    guard let again = SpooledRemote(region, queue: queue, replay: limit) else {
      return check(false, "a ring is always one")
    }
    remote = again
    check(!again.spool.isTorn && again.spool.damaged == 0, "an end damages nothing")
  }
}
