@testable import SyslogCore

/// The writes of a remote with a spool, and what was known of each message when: cut at any byte, the
/// region must have what had reached it, in order.
struct SpoolHistory {
  private let begin: [UInt8]
  private(set) var writes: [(offset: Int, bytes: [UInt8], before: [UInt8])] = []
  /// By message: after how many bytes written it was in the spool.
  private(set) var spooled: [Int: Int] = [:]
  /// After how many bytes written it was known to be delivered.
  private var delivered: [Int: Int] = [:]

  init(seed: UInt64, rounds: Int) {
    var random = Xorshift(seed: seed)
    let region = MemoryRegion(size: SpooledRemote.smallest)
    let remote = SpooledRemote(region)
    begin = region.bytes
    guard let remote else { return }
    region.isRecording = true
    var written = 0
    var next = 0
    var acknowledged = 0
    for round in 0..<rounds {
      let head = remote.spool.header.head
      for _ in 0..<Int(random.next() % (round % 100 < 50 ? 8 : 2)) {
        if remote.put(spoolText(next, Int(random.next() % 700))) == .queued { next += 1 }
      }
      if round % 100 > 40, random.next() % 3 == 0 {
        remote.connect()
        _ = remote.send(limit: Int(random.next() % 9000) + 700)
        remote.acknowledge()
      } else if random.next() % 8 == 0 {
        if remote.sender.phase == .ready { remote.disconnect() }
      }
      while acknowledged < Int(remote.sender.counters.acknowledged) {
        delivered[acknowledged] = written
        acknowledged += 1
      }
      remote.turn()
      written = region.writes.reduce(0) { $0 + $1.bytes.count }
      guard remote.spool.header.head != head else { continue }
      // What the ring has is read as a stranger would.
      for number in SpoolHistory.content(region.bytes) where spooled[number] == nil {
        spooled[number] = written
      }
    }
    writes = region.writes
  }

  /// The numbers of the messages in a ring, as whoever opens it next reads it.
  static func content(_ bytes: [UInt8]) -> [Int] {
    guard
      let spool = Spool.open(
        MemoryRegion(bytes), size: bytes.count, dailyLimit: 0, salt: 0,
        now: Instant(milliseconds: 0))
    else { return [-2] }
    var numbers: [Int] = []
    var effort = 1_000_000
    while spool.findNext(&effort) {
      var number = 0
      for index in spool.found.message {
        let byte = spool.window[index]
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
        number = 10 * number + Int(byte - UInt8(ascii: "0"))
      }
      numbers.append(number)
      spool.advance(by: spool.found.size)
    }
    return numbers
  }

  /// `bytes`: the region when the power was cut behind so many bytes written. `sure`: so many of them
  /// were on the flash.
  private func expect(_ bytes: [UInt8], _ written: Int, sure: Int? = nil, _ what: String) {
    let found = SpoolHistory.content(bytes)
    check(zip(found, found.dropFirst()).allSatisfy { $0 < $1 }, "\(what) \(written): in order")
    let present = Set(found)
    var lost: [Int] = []
    for (number, place) in spooled
    where place <= sure ?? written && (delivered[number] ?? .max) > written
      && !present.contains(number)
    {
      lost.append(number)
    }
    check(lost.isEmpty, "\(what) \(written): lost \(lost.sorted().prefix(9))")
    check(present.allSatisfy { spooled[$0] != nil }, "\(what) \(written): nothing is made up")
  }

  /// Cuts the power behind every byte of which the number leaves this rest.
  func cut(every stride: Int, rest: Int) {
    var bytes = begin
    var written = 0
    for write in writes {
      for (index, byte) in write.bytes.enumerated() {
        bytes[write.offset + index] = byte
        written += 1
        if written % stride == rest { expect(bytes, written, "cut") }
      }
    }
  }

  /// Leaves garbage in the sector that was being written, neither the old nor the new.
  func tear(every stride: Int, rest: Int) {
    var random = Xorshift(seed: UInt64(rest) + 77)
    var bytes = begin
    var (written, count) = (0, 0)
    for write in writes {
      for begin in Swift.stride(from: 0, to: write.bytes.count, by: 512) {
        let end = min(begin + 512, write.bytes.count)
        count += 1
        if count % stride == rest || write.offset < SpoolHeader.ring {
          var torn = bytes
          for index in begin..<end {
            torn[write.offset + index] = UInt8(truncatingIfNeeded: random.next() >> 7)
          }
          expect(torn, written, "torn")
        }
        for index in begin..<end { bytes[write.offset + index] = write.bytes[index] }
        written += end - begin
      }
    }
  }

  /// Of the last writes, some pages had not reached the flash, whatever the order of writing.
  func losePages(seed: UInt64) {
    var random = Xorshift(seed: seed)
    let count = Int(random.next() % UInt64(max(1, writes.count)))
    var bytes = begin
    var (written, sure) = (0, 0)
    for (number, write) in writes[..<count].enumerated() {
      written += write.bytes.count
      if number < count - 4 { sure = written }
      for (index, byte) in write.bytes.enumerated() {
        var page = Xorshift(seed: seed &* 1000 &+ UInt64((write.offset + index) / 4096) &+ 1)
        _ = page.next()
        if number < count - 4 || page.next() >> 5 % 2 == 0 { bytes[write.offset + index] = byte }
      }
    }
    expect(bytes, written, sure: sure, "pages")
  }
}
