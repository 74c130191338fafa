import Testing

@testable import SyslogCore

/// The power is cut at every byte of a history of writes: what had reached the region before is there,
/// in order, and nothing else is. `Scripts/simulate` does the same with more histories, and every byte.
@Suite("A spool whose power is cut") struct SpoolPowerTests {
  private let history = SpoolHistory(seed: 3, rounds: 230)

  @Test("at any byte loses nothing that was written before, and invents nothing")
  func anyByte() {
    #expect(history.spooled.count > 100 && history.writes.count > 20)
    #expect(history.writes.count { $0.offset < SpoolHeader.ring } > 3)
    history.cut(every: 97, rest: 5)
  }

  @Test("in the middle of a sector leaves any garbage in it, and in a header")
  func tornSector() {
    history.tear(every: 3, rest: 1)
  }

  @Test("loses of the last writes those pages that were not flushed, and of the others nothing")
  func lostPages() {
    for seed in UInt64(1)..<60 { history.losePages(seed: seed) }
  }

  @Test("and other ends and beginnings keep every promise", arguments: 0..<10)
  func lives(block: UInt64) throws {
    for seed in 0..<5 {
      var world = try #require(SpoolWorld(seed: block * 1000 + UInt64(seed) + 1))
      world.run(steps: 150)
    }
  }
}
