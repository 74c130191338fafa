/// How long to wait before a remote is tried again: doubling, capped, with jitter.
///
/// For the first seconds the wait stays at `minimum`: a collector that restarts is soon back. From
/// then on it doubles each time. It lies between its step and one and a half times that, and never
/// outside `minimum … maximum`. At the cap it is spread over the last third, so that a fleet of
/// routers does not come back in the same second.
public struct Backoff: Equatable, Sendable {
  public let minimum: Interval
  public let maximum: Interval
  /// Attempts that failed since something was last delivered.
  public private(set) var failures = 0
  /// How far the wait has climbed.
  private var doublings = 0

  /// How often a wait was cut short since something was last delivered, up to the highest that counts.
  private var hurries = 0

  /// What a failure means for the attempts after it.
  public enum Pace: Equatable, Sendable {
    case climbing
    /// Something is expected to be mended soon, and without anybody's doing: the wait stays at its
    /// first steps. A router without a clock of its own gets the time with its first minutes of
    /// network, and must not sit out 25 minutes then.
    case held
  }

  /// Where a held wait stops growing.
  private static let held = Interval.seconds(8)
  /// How long a collector is expected to take for a restart.
  private static let restart: Int64 = 4000
  /// All waits since something was last delivered, in milliseconds, up to that.
  private var waited: Int64 = 0

  /// `maximum` is raised to `minimum` when it is lower.
  public init(minimum: Interval, maximum: Interval) {
    self.minimum = minimum
    self.maximum = max(minimum, maximum)
  }

  /// Counts a failure and says how long to wait; `random` is uniform over its whole range.
  public mutating func fail(random: UInt32, _ pace: Pace = .climbing) -> Interval {
    var step = doubled(minimum.milliseconds, times: doublings)
    let held = max(minimum.milliseconds, min(Backoff.held.milliseconds, maximum.milliseconds))
    if failures < Int.max { failures += 1 }
    let isSoon = step < Backoff.restart - waited
    if pace == .held, step >= held {
      step = held
    } else if !isSoon, doublings < Int.max {
      doublings += 1
    }
    let upper = min(step.saturatingHalfAgain, maximum.milliseconds)
    let lower = max(minimum.milliseconds, min(step, upper - upper / 3))
    let spread = UInt64(upper - lower)
    let jitter = Int64(spread.multipliedFullWidth(by: UInt64(random) << 32).high)
    let wait = lower + jitter
    waited = min(waited + min(wait, Backoff.restart), Backoff.restart)
    return Interval(milliseconds: wait)
  }

  /// A connection that had delivered ended: the first attempt after it comes at once, spread over a
  /// tenth of a second, and the waits after that are as after any failure.
  public mutating func resume(random: UInt32) -> Interval {
    if failures < Int.max { failures += 1 }
    return Interval(milliseconds: Int64(random % 101))
  }

  /// The network has changed: the next attempt comes within this time, unless it comes sooner anyway;
  /// nil if it does. Each time that this cuts a wait short, the time doubles, up to half a minute, so
  /// that a network that changes without end does not cause attempts without end.
  public mutating func hurry(_ wait: Interval, random: UInt32) -> Interval? {
    let step = Int64(250) << Int64(hurries)
    guard wait.milliseconds > 2 * step else { return nil }
    if hurries < 6 { hurries += 1 }
    return Interval(milliseconds: step + Int64(random) % step)
  }

  /// Something was delivered. A mere connection is not a reason to call this.
  public mutating func reset() {
    failures = 0
    doublings = 0
    waited = 0
    hurries = 0
  }

  private func doubled(_ value: Int64, times: Int) -> Int64 {
    var result = value
    for _ in 0..<min(times, 62) {
      if result >= maximum.milliseconds / 2 { return maximum.milliseconds }
      result *= 2
    }
    return result
  }
}

extension Int64 {
  fileprivate var saturatingHalfAgain: Int64 {
    let (sum, overflow) = addingReportingOverflow(self / 2)
    return overflow ? .max : sum
  }
}
