import Glibc

/// Runs the worlds of Tests/SyslogCoreTests; see Scripts/simulate.
@main struct Simulation {
  /// What is running, for a promise that is broken.
  nonisolated(unsafe) static var history = ""
  nonisolated(unsafe) static var brokenPromises = 0

  static func main() {
    let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    guard arguments.count == 2 else { return }
    let seeds = arguments[1]..<arguments[1] + arguments[0]
    for seed in seeds { run(seed) }
    print("\(arguments[0]) histories simulated, \(brokenPromises) promises broken")
    if brokenPromises > 0 { exit(1) }
  }

  /// Of ten histories, four are of collectors with habits, one of connections that break, three of a
  /// network that does anything, and one each of a collector that dies with data unread and of a name
  /// with several addresses. In their place, some are long ones: every 60th of collectors that take over
  /// from one another, every 90th of a spool over many lives. Every 3,000th cuts the power of a spool.
  private static func run(_ seed: UInt64) {
    if seed % 3000 == 0 { cutPower(seed / 3) }
    switch seed % 10 {
    case 4 where seed / 10 % 9 == 0:
      history = "seed \(seed), spool"
      guard var world = SpoolWorld(seed: seed) else { return check(false, "it begins") }
      world.run(steps: 150)
    case 0..<4:
      let habit = CollectorWorld.Habit.allCases[Int(seed / 10 % 7)]
      history = "seed \(seed), collector that \(habit)"
      var world = CollectorWorld(habit, seed: seed)
      world.run()
    case 4:
      let transport = BreakWorld.Transport.allCases[Int(seed / 10 % 2)]
      history = "seed \(seed), \(transport) that breaks"
      var world = BreakWorld(transport, seed: seed)
      world.run()
    case 5 where seed / 10 % 6 == 0:
      history = "seed \(seed), failover"
      var world = FailoverWorld(seed: seed)
      world.run(steps: 600)
    case 5..<8:
      history = "seed \(seed), network"
      var world = World(seed: seed)
      world.run(steps: 70)
      world.settle()
    case 8:
      history = "seed \(seed), collector that dies with data unread"
      var world = ReplayWorld(seed: seed)
      world.run()
    default:
      let order = NameWorld.Order.allCases[Int(seed / 10 % 3)]
      let addresses = [1, 2, 3, 8, 9, 20, 64][Int(seed / 10 % 7)]
      history = "seed \(seed), name with \(addresses) addresses, \(order)"
      var world = NameWorld(order, addresses: addresses, seed: seed)
      world.run()
    }
    history = ""
  }
}

extension Simulation {
  /// Ten in a row cut it at every byte of as many histories, each at another tenth of them.
  fileprivate static func cutPower(_ seed: UInt64) {
    history = "seed \(seed), cuts of the power"
    let spool = SpoolHistory(seed: seed / 10_000 + 1, rounds: 260)
    let part = Int(seed / 1000 % 10)
    spool.cut(every: 10, rest: part)
    spool.tear(every: 10, rest: part)
    for number in UInt64(0)..<20 { spool.losePages(seed: seed + number) }
  }
}

func check(_ condition: Bool, _ promise: @autoclosure () -> String) {
  guard !condition else { return }
  Simulation.brokenPromises += 1
  if Simulation.brokenPromises <= 20 {
    print("simulate: \(Simulation.history): \(promise())")
  }
}
