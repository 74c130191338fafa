public import Features

/// Messages that were lost and that nobody has been told of, and when: what the system's clock showed
/// when the first and the last of them were given up, not when they had come.
public final class LossPeriod {
  /// How many.
  public private(set) var count: UInt64 = 0
  /// Seconds since 1970. The clock may be set meanwhile: `last` is never before `first`.
  public private(set) var first = Int64.max
  public private(set) var last = Int64.min
  /// Since when messages have been delivered again.
  private var deliveredSince: Instant?
  /// Whether that was ten seconds ago, and nothing was lost since.
  public private(set) var isOver = false

  public init() {}

  /// So many messages more were lost at this time.
  @inline(never)
  public func add(_ more: UInt64, at seconds: Int64) {
    count &+= more
    if seconds < first { first = seconds }
    if seconds > last { last = seconds }
    deliveredSince = nil
    isOver = false
  }

  /// A message was delivered.
  public func delivered(now: Instant) {
    guard let deliveredSince else {
      self.deliveredSince = now
      return
    }
    isOver = now.since(deliveredSince) >= .seconds(10)
  }
}

extension WithLosses where Value == LossPeriod {
  /// So many messages more, at least one, were lost at this time.
  @inline(never)
  public mutating func add(_ count: UInt64, at seconds: Int64) {
    let period = value ?? LossPeriod()
    period.add(count, at: seconds)
    value = period
  }
}
