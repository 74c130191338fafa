/// A point of the monotonic clock. The pure code never reads a clock; it is told the time.
public struct Instant: Comparable, Sendable {
  /// Since an arbitrary origin.
  public let milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  public static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// Saturates instead of overflowing.
  public static func + (left: Instant, right: Interval) -> Instant {
    let (sum, overflow) = left.milliseconds.addingReportingOverflow(right.milliseconds)
    return Instant(milliseconds: overflow ? .max : sum)
  }

  /// The time from `earlier` to this instant, never negative.
  public func since(_ earlier: Instant) -> Interval {
    let (gap, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    if overflow { return Interval(milliseconds: self > earlier ? .max : 0) }
    return Interval(milliseconds: max(0, gap))
  }
}

/// A length of time.
public struct Interval: Comparable, Sendable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  public static func seconds(_ seconds: Int64) -> Interval {
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return Interval(milliseconds: overflow ? .max : milliseconds)
  }

  public static func < (left: Interval, right: Interval) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
