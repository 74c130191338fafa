@testable import SyslogCore

/// A remote with a spool over many lives: a network that comes and goes, orderly ends, kills, and cuts
/// of the power. What each step does is drawn from a seed.
struct SpoolWorld {
  private var random: Xorshift
  private let region: MemoryRegion
  private var remote: SpooledRemote
  private var next = 0
  /// What was queued and may not have been lost.
  private var wanted: Set<Int> = []
  private var arrived: Set<Int> = []
  private var newest = -1
  /// The highest number that may come again, after a kill or a broken connection.
  private var mayRepeat = -1

  init?(seed: UInt64) {
    random = Xorshift(seed: seed)
    region = MemoryRegion(size: SpooledRemote.size)
    guard let remote = SpooledRemote(region, queue: 16_400 + Int(random.next() % 30_000)) else {
      return nil
    }
    self.remote = remote
  }

  mutating func run(steps: Int) {
    for _ in 0..<steps {
      switch random.next() % 16 {
      case 0..<6: put()
      case 6..<12: exchange()
      case 12: remote.disconnect()
      case 13: remote.now = remote.now + Interval(milliseconds: Int64(random.next() % 20_000))
      case 14 where random.next() % 4 == 0: restart()
      case 15 where random.next() % 4 == 0: kill()
      default: break
      }
      remote.turn()
      check(remote.spool.used <= SpooledRemote.size, "the ring is bounded")
      check(remote.spool.damaged == 0, "nothing is damaged by itself")
    }
    take(remote.deliverAll())
    check(wanted.isSubset(of: arrived), "lost: \(wanted.subtracting(arrived).sorted().prefix(9))")
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
    remote.connect()
    for _ in 0..<Int(random.next() % 4) {
      take(remote.send(limit: Int(random.next() % 16_000) + 1))
      if random.next() % 2 == 0 { remote.acknowledge() }
    }
  }

  private mutating func take(_ texts: [String]) {
    for text in texts {
      let number = Int(text.prefix { $0 != ":" }) ?? -1
      check(number >= 0 && number < next, "nothing is made up")
      check(arrived.contains(number) || number > newest, "order is kept")
      arrived.insert(number)
      newest = max(newest, number)
    }
  }

  /// What is in the spool is kept, and what fits of the queue.
  private mutating func restart() {
    forgetQueue(atMost: remote.stop())
    reopen()
  }

  private mutating func kill() {
    // All that had not been written.
    forgetQueue(atMost: .max)
    reopen()
  }

  /// Messages in the queue are lost by this end, unless they are in the spool.
  private mutating func forgetQueue(atMost count: Int) {
    var kept: Set<Int> = []
    if let reader = SpooledRemote(MemoryRegion(region.bytes), queue: 1_000_000) {
      for text in reader.deliverAll() { kept.insert(Int(text.prefix { $0 != ":" }) ?? -1) }
    }
    let lost = wanted.subtracting(arrived).subtracting(kept)
    check(lost.count <= max(count, 0), "\(lost.count) lost, \(count) were said to be")
    check(lost.count <= remote.sender.queue.count, "only what is in the queue alone is lost")
    wanted.subtract(lost)
  }

  private mutating func reopen() {
    guard let again = SpooledRemote(region, queue: 16_400 + Int(random.next() % 30_000)) else {
      return check(false, "a ring is always one")
    }
    remote = again
    check(!again.spool.isTorn && again.spool.damaged == 0, "an end damages nothing")
  }
}
