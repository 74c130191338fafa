/// How long the log socket may be left unread because a collector that works is a moment behind.
///
/// A burst that comes faster than the network takes it is better held in the senders for some
/// milliseconds than discarded. But a slow collector must not become a slow local log
/// (docs/decisions/0004), so holding is paid for with time in which the socket was read, four times as
/// much: never more than a fifth of the time in the long run, and at most two seconds in one go.
public struct InputPacing: Sendable {
  /// Milliseconds of reading that one of holding costs.
  private static var price: Int64 { 4 }
  /// Time in which the socket was read: what two seconds of holding cost.
  static let largestCredit = Interval.seconds(8)
  /// After the credit was used up, as much must be earned before any is spent again.
  static let smallestCredit = Interval(milliseconds: 80)

  private var credit = InputPacing.largestCredit.milliseconds
  private var updated: Instant
  private var isHolding = false
  /// Whether nothing is left to spend.
  public private(set) var isExhausted = false

  public init(now: Instant) {
    updated = now
  }

  /// Whether the socket is left unread until the next call. `isWanted` says that a collector
  /// would gain by it.
  public mutating func holds(isWanted: Bool, now: Instant) -> Bool {
    let elapsed = now.since(updated).milliseconds
    updated = now
    credit += isHolding ? -min(InputPacing.price * elapsed, credit) : elapsed
    credit = min(credit, InputPacing.largestCredit.milliseconds)
    if credit == 0 { isExhausted = true }
    if credit >= InputPacing.smallestCredit.milliseconds { isExhausted = false }
    isHolding = isWanted && !isExhausted
    return isHolding
  }
}
