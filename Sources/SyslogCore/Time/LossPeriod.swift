public import Features

/// Messages that were lost and that nobody has been told of, and when: what the system's clock showed
/// when the first and the last of them were given up, not when they had come.
public struct LossPeriod: Equatable, Sendable {
  /// How many.
  public private(set) var count: UInt64
  /// Seconds since 1970. The clock may be set meanwhile: `last` is never before `first`.
  public private(set) var first: Int64
  public private(set) var last: Int64
  /// Whether something was delivered since.
  public var isOver = false

  /// So many messages were lost at this time.
  public init(_ count: UInt64, at seconds: Int64) {
    (self.count, first, last) = (count, seconds, seconds)
  }

  fileprivate mutating func add(_ more: UInt64, at seconds: Int64) {
    count &+= more
    first = min(first, seconds)
    last = max(last, seconds)
    isOver = false
  }
}

extension WithLosses where Value == LossPeriod {
  /// So many messages more were lost at this time.
  public mutating func add(_ count: UInt64, at seconds: Int64) {
    guard Feature.losses.isBuilt, count > 0 else { return }
    guard value == nil else {
      value?.add(count, at: seconds)
      return
    }
    value = LossPeriod(count, at: seconds)
  }
}
