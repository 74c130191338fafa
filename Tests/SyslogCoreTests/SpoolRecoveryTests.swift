import Testing

@testable import SyslogCore

/// What a spool finds after the process or the power went away, with any content of the file.
@Suite("A spool that is opened again") struct SpoolRecoveryTests {
  private func numbers(_ texts: [String]) -> [Int] {
    texts.map { Int($0.prefix { $0 != ":" }) ?? -1 }
  }

  /// What arrives of a region that somebody else left.
  private func content(_ bytes: [UInt8]) -> [Int]? {
    guard let remote = SpooledRemote(MemoryRegion(bytes)) else { return nil }
    return numbers(remote.deliverAll())
  }

  @Test("has everything that was written when the process was killed, in order, behind it the new")
  func killed() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<200 { remote.put(spoolText(number)) }
    remote.turn()
    let inQueue = remote.sender.queue.count
    let again = try #require(SpooledRemote(MemoryRegion(region.bytes)))
    #expect(again.spool.damaged == 0)
    #expect(!again.spool.isTorn)
    again.put("200:new")
    #expect(again.spool.unread + again.sender.queue.count == 201 - inQueue)
    #expect(numbers(again.deliverAll()) == Array(inQueue..<201))
  }

  @Test("after a clean end also has what was in the queue, in order, and that again and again")
  func clean() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    var begin = 0
    var next = 0
    for round in 0..<40 {
      let remote = try #require(SpooledRemote(region))
      if round > 0 { #expect(remote.spool.damaged == 0) }
      let wanted = [60, 10, 0, 30, 3][round % 5]
      for _ in 0..<wanted {
        #expect(remote.put(spoolText(next, 30 + next % 200)) == .queued)
        next += 1
        if next % 20 == 0 { remote.turn() }
      }
      remote.turn()
      if round % 3 == 2 {
        remote.connect()
        for _ in 0..<round % 7 {
          let arrived = numbers(remote.send(limit: 3000))
          #expect(arrived == Array(begin..<begin + arrived.count), "round \(round)")
          begin += arrived.count
          remote.acknowledge()
          remote.turn()
        }
      }
      if round % 10 == 9 {
        let arrived = numbers(remote.deliverAll())
        #expect(arrived == Array(begin..<next), "round \(round)")
        begin = next
        // A queue that has messages behind those that came from the spool.
        for _ in 0..<30 {
          #expect(remote.put(spoolText(next)) == .queued)
          next += 1
        }
      }
      #expect(remote.stop() == 0, "round \(round)")
    }
    #expect(content(region.bytes) == Array(begin..<next))
  }

  @Test("keeps the order of a queue that has both what was moved into it and what came after")
  func mixed() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region, queue: 20_000))
    var next = 0
    func put(_ count: Int) {
      for _ in 0..<count {
        #expect(remote.put(spoolText(next)) == .queued)
        next += 1
      }
      remote.turn()
    }
    put(120)
    remote.connect()
    var arrived: [Int] = []
    // Everything is in the queue, and new messages go there directly.
    while !remote.spool.isDrained {
      arrived += numbers(remote.send(limit: 1000))
      remote.acknowledge()
      remote.turn()
    }
    #expect(remote.spool.used > 0)
    arrived += numbers(remote.send(limit: 4000))
    remote.acknowledge()
    remote.turn()
    put(60)
    #expect(!remote.spool.isDrained)
    #expect(remote.stop() == 0)
    let again = try #require(content(region.bytes))
    #expect(arrived == Array(0..<arrived.count))
    #expect(again == Array(again[0]..<next))
    #expect(again[0] <= arrived.count)
  }

  @Test("what a collector died with unread is kept with the queue, and comes first")
  func copies() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region, replay: 8_000))
    func put(_ numbers: Range<Int>) { for number in numbers { remote.put(spoolText(number)) } }
    put(0..<30)
    remote.connect()
    while !remote.send().isEmpty { remote.acknowledge() }
    let waiting = remote.sender.queue.count
    #expect(waiting == 0)
    remote.disconnect()
    put(30..<200)
    remote.turn()
    #expect(!remote.spool.isDrained)
    #expect(remote.stop() == 0)
    // Frames of 208 bytes, as many as `--replay` keeps.
    #expect(content(region.bytes) == [Int](0..<30) + Array(30..<200))
    let again = try #require(SpooledRemote(region))
    #expect(numbers(again.deliverAll()) == Array(0..<200))
  }

  @Test("what was overwritten in part when the daemon was killed is no damage")
  func overwritten() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    var next = 0
    while remote.put(spoolText(next)) == .queued { next += 1 }
    remote.turn()
    remote.connect()
    // Less than what is noted.
    for _ in 0..<100 where remote.spool.header.tail == remote.spool.savedTail {
      _ = remote.send(limit: 1000)
      remote.acknowledge()
      remote.turn()
    }
    while remote.put(spoolText(next)) == .queued { next += 1 }
    remote.turn()
    #expect(remote.spool.header.head - remote.spool.savedTail > remote.spool.capacity)
    let again = try #require(SpooledRemote(MemoryRegion(region.bytes), queue: 1_000_000))
    #expect(again.spool.damaged == 0)
    let arrived = numbers(again.deliverAll())
    #expect(arrived == Array(next - arrived.count..<next) && arrived.count > 200)
  }

  @Test("when there is no room for the queue, what is there stays, and the rest is counted")
  func noRoom() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    var taken: [Int] = []
    for number in 0..<500 where remote.put(spoolText(number)) == .queued { taken.append(number) }
    remote.turn()
    let inQueue = remote.sender.queue.count
    let lost = remote.stop()
    #expect(lost > 0 && lost <= inQueue)
    let again = try #require(content(region.bytes))
    #expect(again == Array(taken[..<(inQueue - lost)]) + Array(taken[inQueue...]))
  }

  @Test(
    "a message is sent again only if its delivery was not noted, and at most an eighth of the ring is"
  )
  func repeated() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<250 { remote.put(spoolText(number)) }
    remote.turn()
    let inQueue = remote.sender.queue.count
    remote.connect()
    var arrived: [Int] = []
    while !(remote.spool.isDrained && remote.sender.queue.isEmpty) {
      arrived += numbers(remote.send(limit: 2000))
      remote.acknowledge()
      remote.turn()
      let again = content(region.bytes) ?? []
      let first = again.first ?? 250
      #expect(first <= max(arrived.count, inQueue))
      // An eighth of the ring, and what one turn sends.
      #expect(arrived.count - first < 50, "\(arrived.count) arrived, \(first) is the first")
    }
    remote.now = remote.now + .seconds(10)
    remote.turn()
    #expect(content(region.bytes) == [])
  }

  @Test("a record of an earlier life is never read, whatever was there")
  func salt() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<250 { remote.put(spoolText(number)) }
    remote.turn()
    // Both headers are lost: another ring begins in the same bytes.
    for slot in 0..<2 { region.bytes[slot * SpoolHeader.block + 90] ^= 1 }
    let spool = try #require(
      Spool.open(
        region, size: region.bytes.count, dailyLimit: 1 << 20, salt: 99,
        now: Instant(milliseconds: 0)))
    #expect(spool.damaged == region.bytes.count)
    spool.append(.info, from: 0, header: [UInt8]().span, body: Array("1:new".utf8).span)
    #expect(spool.flush(now: Instant(milliseconds: 0)))
    #expect(content(region.bytes) == [1])
  }

  @Test("a file that is something else is not touched")
  func foreign() {
    for text in ["root:x:0:0", String(repeating: "log line\n", count: 2000)] {
      let region = MemoryRegion(Array(text.utf8))
      #expect(SpooledRemote(region) == nil)
      #expect(region.bytes == Array(text.utf8))
    }
  }

  @Test("a header in a file without a ring is none")
  func noRing() {
    for capacity in [UInt64(0), 1, 4095] {
      let region = MemoryRegion(size: SpoolHeader.ring + Int(capacity))
      #expect(SpoolHeader(capacity: capacity, salt: 1).write(to: region))
      let spool = Spool.open(
        region, size: region.bytes.count, dailyLimit: 1 << 20, salt: 2,
        now: Instant(milliseconds: 0))
      #expect(spool?.damaged == region.bytes.count)
      var effort = 1000
      #expect(spool?.findNext(&effort) == false)
    }
  }

  @Test("begins of records without an end do not keep us busy, at the start or later")
  func busywork() throws {
    let capacity = 256 * 1024
    let region = MemoryRegion(size: SpoolHeader.ring + capacity)
    let header = SpoolHeader(capacity: UInt64(capacity), salt: 1)
    header.head += UInt64(capacity)
    for begin in stride(from: 0, to: capacity - 20, by: 20) {
      let lap = UInt64(capacity)
      let place = header.tail + (UInt64(begin) &- header.tail % lap) % lap
      let length = UInt64(Spool<MemoryRegion>.longest)
      region.bytes.put(length, at: SpoolHeader.ring + begin + 4, bytes: 3)
      region.bytes.put(place, at: SpoolHeader.ring + begin + 12, bytes: 8)
    }
    #expect(header.write(to: region))
    func open() throws -> Spool<MemoryRegion> {
      try #require(
        Spool.open(
          region, size: region.bytes.count, dailyLimit: 1 << 20, salt: 2,
          now: Instant(milliseconds: 0)))
    }
    let copy = region.bytes
    #expect(try open().damaged == region.bytes.count, "it begins anew")
    // After an orderly end the ring is not looked at before it is read.
    region.bytes = copy
    header.isClosed = true
    #expect(header.write(to: region))
    let spool = try open()
    var effort = 100_000
    #expect(!spool.findNext(&effort))
    #expect(effort > -20_000)
    #expect(spool.damaged < 1000)
  }

  @Test("a page that was lost costs its messages, and not those behind it")
  func hole() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<250 { remote.put(spoolText(number)) }
    remote.turn()
    let all = try #require(content(region.bytes))
    for page in 3..<8 {
      var bytes = region.bytes
      for index in page * 4096..<(page + 1) * 4096 { bytes[index] = 0 }
      let again = try #require(content(bytes))
      #expect(all.count - again.count <= 4096 / 220 + 2)
      #expect(again == again.sorted() && Set(again).isSubset(of: all) && again.last == all.last)
    }
  }

  @Test("any content is read in bounded time, and in order", arguments: 0..<60)
  func random(seed: UInt64) throws {
    var random = Xorshift(seed: seed + 1)
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<Int(random.next() % 250) {
      remote.put(spoolText(number, Int(random.next() % 400)))
    }
    remote.turn()
    for _ in 0..<Int(random.next() % 200) {
      let place = Int(random.next() % UInt64(region.bytes.count))
      region.bytes[place] = UInt8(truncatingIfNeeded: random.next())
    }
    let again = content(region.bytes) ?? []
    #expect(again == again.sorted())
    for index in region.bytes.indices where index >= SpoolHeader.ring || seed % 2 == 0 {
      region.bytes[index] = UInt8(truncatingIfNeeded: random.next() >> 9)
    }
    #expect((content(region.bytes) ?? []).isEmpty)
  }
}
