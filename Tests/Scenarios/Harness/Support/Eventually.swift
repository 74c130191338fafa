import Foundation

/// Waits until `condition` holds, asking again and again; fails with `what` at the deadline.
///
/// Tests never sleep for a guessed time: the deadline is only how long a broken program may hang.
func eventually(
  _ what: @autoclosure () -> String, within deadline: Double = 15,
  _ condition: () throws -> Bool
) throws {
  if try holds(within: deadline, condition) { return }
  throw Failure("\(what()): still not so after \(deadline) s")
}

/// Whether `condition` comes true before the deadline.
func holds(within deadline: Double, _ condition: () throws -> Bool) rethrows -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(deadline)
  var pause: UInt32 = 2_000
  while true {
    if try condition() { return true }
    if clock.now >= end { return false }
    usleep(pause)
    pause = min(pause * 2, 50_000)
  }
}

/// Watches for a time that `condition` keeps holding: the proof that something does not happen.
func always(
  _ what: @autoclosure () -> String, during time: Double, _ condition: () throws -> Bool
) throws {
  if try holds(within: time, { try !condition() }) { throw Failure("\(what()): not kept") }
}
