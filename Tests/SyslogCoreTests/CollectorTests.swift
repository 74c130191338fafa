import Testing

@testable import SyslogCore

/// What a remote owes to collectors of every habit (docs/decisions/0012).
@Suite("Collectors that end connections early") struct CollectorTests {
  @Test(
    "whatever its habit, every message gets through, is set aside and counted, or is kept for it",
    arguments: CollectorWorld.Habit.allCases, 0..<10)
  func habits(habit: CollectorWorld.Habit, block: UInt64) {
    for seed in 0..<20 {
      var world = CollectorWorld(habit, seed: block * 1000 + UInt64(seed) + 1)
      world.run()
    }
  }
}
