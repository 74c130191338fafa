import Testing

@testable import SyslogCore

@Suite("A spool behind the queue of a remote") struct SpoolTests {
  private func numbers(_ texts: [String]) -> [Int] {
    texts.map { Int($0.prefix { $0 != ":" }) ?? -1 }
  }

  @Test("CRC-32 is that of IEEE 802.3")
  func crc() {
    #expect(checksum(Array("123456789".utf8), 0..<9, 0) == 0xCBF4_3926)
    #expect(checksum([], 0..<0, 0) == 0)
  }

  @Test("is not written to while the queue has room")
  func unused() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    region.isRecording = true
    for number in 0..<20 { #expect(remote.put(spoolText(number)) == .queued) }
    remote.turn()
    #expect(numbers(remote.deliverAll()) == Array(0..<20))
    #expect(region.writes.isEmpty)
  }

  @Test("takes what the queue does not, and everything arrives in order, once")
  func order() throws {
    for framing in [Framing.octetCounting] {
      let region = MemoryRegion(size: SpooledRemote.size)
      let remote = try #require(SpooledRemote(region))
      remote.framing = framing
      for number in 0..<200 {
        #expect(remote.put(spoolText(number)) == .queued)
        if number % 7 == 0 { remote.turn() }
      }
      #expect(!remote.spool.isDrained)
      #expect(remote.sender.queue.count < 100)
      #expect(numbers(remote.deliverAll()) == Array(0..<200))
      #expect(remote.sender.queue.discarded.total == 0)
      #expect(remote.sender.counters.queued == 200)
      #expect(remote.spool.used == 0)
    }
  }

  @Test("new messages go behind what is in the spool, also when the queue has room again")
  func behind() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    var arrived: [String] = []
    var next = 0
    for round in 0..<400 {
      for _ in 0..<(round < 200 ? 3 : 1) {
        remote.put(spoolText(next, next % 90))
        next += 1
      }
      remote.turn()
      guard round % 5 == 0 else { continue }
      remote.connect()
      arrived += remote.send(limit: 1000)
      remote.acknowledge()
    }
    arrived += remote.deliverAll()
    #expect(remote.sender.queue.discarded.total == 0)
    #expect(numbers(arrived) == Array(0..<next))
  }

  @Test("laps of the ring are not mixed up")
  func laps() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    var next = 0
    for lap in 0..<30 {
      let begin = next
      for _ in 0..<220 {
        #expect(remote.put(spoolText(next, 100 + next * 37 % 200)) == .queued)
        next += 1
        if next % 10 == 0 { remote.turn() }
      }
      remote.disconnect()
      #expect(numbers(remote.deliverAll()) == Array(begin..<next), "lap \(lap)")
      #expect(remote.spool.damaged == 0)
    }
  }

  @Test("when it is full, messages are refused and counted by severity, and none overtakes another")
  func full() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    var taken: [Int] = []
    for number in 0..<1000 {
      if remote.put(spoolText(number), .warning) == .queued { taken.append(number) }
      remote.turn()
    }
    #expect(taken.count < 400 && taken.count > 300)
    #expect(remote.spool.refusal == .full)
    #expect(remote.sender.queue.discarded[.warning] == UInt64(1000 - taken.count))
    #expect(remote.spool.used <= SpooledRemote.size)
    #expect(numbers(remote.deliverAll()) == taken)
  }

  @Test(
    "writes no more in a day than it may, and goes on the next day; a clock that is set back is none"
  )
  func daily() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region, daily: 20_000))
    remote.spool.count(on: 20_000, now: remote.now)
    func fill(_ remote: SpooledRemote) -> Int {
      var count = 0
      for number in 0..<300 {
        if remote.put(spoolText(number)) == .queued { count += 1 }
        remote.turn()
      }
      return count
    }
    let first = fill(remote)
    #expect(remote.spool.refusal == .spent)
    #expect((100..<170).contains(first))
    #expect(remote.sender.queue.discarded.total == UInt64(300 - first))
    remote.spool.count(on: 0, now: remote.now + .seconds(3600))
    #expect(fill(remote) == 0)
    // What was written is remembered.
    _ = remote.stop()
    let again = try #require(SpooledRemote(MemoryRegion(region.bytes), daily: 20_000))
    again.spool.count(on: 20_000, now: again.now)
    // What was moved into the queue leaves it a little room.
    #expect(fill(again) < 20)
    again.spool.count(on: 20_001, now: again.now)
    #expect(fill(again) > 20)
    again.spool.count(on: 20_001, now: again.now + .seconds(86_401))
    #expect(fill(again) > 20)
  }

  @Test("no other user than root has more than half of it")
  func users() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<1000 {
      remote.put(spoolText(number), from: 1000)
      remote.turn()
    }
    #expect(remote.spool.used <= SpooledRemote.size / 2)
    #expect(remote.put(spoolText(1000), .emergency, from: 1000) == .discarded)
    for number in 1001..<1050 { #expect(remote.put(spoolText(number)) == .queued) }
    let arrived = numbers(remote.deliverAll())
    #expect(arrived.suffix(49) == Array(1001..<1050)[...])
    #expect(arrived == arrived.sorted())
  }

  @Test("a queue that is full for a moment costs no write")
  func moment() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    region.isRecording = true
    remote.connect()
    var arrived: [String] = []
    for number in 0..<300 {
      #expect(remote.put(spoolText(number)) == .queued)
      guard number % 85 == 84 else { continue }
      #expect(!remote.spool.isDrained)
      arrived += remote.send()
      remote.acknowledge()
      remote.turn()
      arrived += remote.send()
      remote.acknowledge()
    }
    arrived += remote.deliverAll()
    #expect(numbers(arrived) == Array(0..<300))
    #expect(region.writes.isEmpty)
  }

  @Test("a region that takes nothing more refuses messages, and what waits is written later")
  func failing() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<100 { remote.put(spoolText(number)) }
    remote.turn()
    region.room = 5000
    var taken = Array(0..<100)
    for number in 100..<200 {
      if remote.put(spoolText(number)) == .queued { taken.append(number) }
      remote.turn()
    }
    #expect(remote.spool.refusal == .failed)
    #expect(taken.count > 110 && taken.count < 140)
    region.room = nil
    remote.now = remote.now + .seconds(61)
    for number in 200..<210 {
      #expect(remote.put(spoolText(number)) == .queued)
      taken.append(number)
    }
    #expect(numbers(remote.deliverAll()) == taken)
  }

  @Test("a region that takes nothing for good does not hold back what is new")
  func readOnly() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    region.room = 0
    var taken: [Int] = []
    for number in 0..<100 {
      if remote.put(spoolText(number)) == .queued { taken.append(number) }
      remote.turn()
    }
    #expect(taken.count < 100)
    #expect(numbers(remote.deliverAll()) == taken)
    for number in 100..<150 { #expect(remote.put(spoolText(number)) == .queued) }
    #expect(numbers(remote.deliverAll()) == Array(100..<150))
  }

  @Test("a header that is not taken is tried again later, and wakes nobody meanwhile")
  func headerNotTaken() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<200 { remote.put(spoolText(number)) }
    remote.turn()
    let spent = remote.spool.spent
    region.room = 0
    #expect(numbers(remote.deliverAll()) == Array(0..<200))
    for _ in 0..<5 {
      let deadline = try #require(remote.spool.deadline)
      #expect(deadline >= remote.now)
      remote.now = deadline
      remote.turn()
      #expect(try #require(remote.spool.deadline) >= remote.now + .seconds(10))
    }
    #expect(remote.spool.spent == spent)
    region.room = nil
    remote.now = try #require(remote.spool.deadline)
    remote.turn()
    #expect(remote.spool.deadline == nil)
    #expect(try #require(SpooledRemote(MemoryRegion(region.bytes))).spool.unread == 0)
  }

  @Test("what cannot be read is skipped, and is no obstacle for what is new")
  func unreadable() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<200 { remote.put(spoolText(number)) }
    remote.turn()
    region.isReadable = false
    let arrived = numbers(remote.deliverAll())
    #expect(arrived == Array(0..<arrived.count))
    #expect(remote.spool.damaged > 10_000)
    #expect(remote.spool.unread == 0 && remote.spool.count == 0, "nobody waits for what is gone")
    #expect(remote.put(spoolText(200)) == .queued)
    #expect(numbers(remote.deliverAll()) == [200])
  }

  @Test("keeps severities and users")
  func owners() throws {
    let region = MemoryRegion(size: SpooledRemote.size)
    let remote = try #require(SpooledRemote(region))
    for number in 0..<150 { remote.put(spoolText(number), .critical, from: number < 100 ? 0 : 7) }
    remote.turn()
    let again = try #require(SpooledRemote(MemoryRegion(region.bytes)))
    let count = again.sender.queue.count
    let (first, last) = (again.sender.queue.entries[0], again.sender.queue.entries[count - 1])
    #expect(first.severity == .critical)
    let owners = again.sender.queue.owners
    #expect(owners.uid(in: first.owner) == 0)
    #expect(owners.uid(in: last.owner) == 7)
    #expect(again.spool.isDrained)
    #expect(again.deliverAll().count == count)
  }
}
