/// Which of several collectors is sent the messages: the first of them that works.
///
/// The one in use holds the queue. Those before it are tried all the time, so that the first is
/// returned to; those behind it only while none before them works. Decided without a socket or a
/// clock.
public struct Failover: Sendable {
  /// How long one before the one in use has to be connected before it takes over again.
  public static let stay = Interval.seconds(30)
  /// How long the one in use may then take to acknowledge what it was sent. What it has not
  /// acknowledged by then is sent again, to the other.
  public static let drainLimit = Interval.seconds(10)
  /// How often to ask what was acknowledged meanwhile.
  static let pause = Interval(milliseconds: 50)

  /// What decides about one collector.
  public struct Member: Sendable {
    /// Since when it is connected; nil while it is not.
    public let readySince: Instant?
    /// Whether the last attempt to connect failed.
    public let isDown: Bool
    /// Whether anything is on its way to it.
    public let hasSent: Bool
    /// Whether it is neither connected nor tried.
    public let isIdle: Bool
    /// Whether it has no messages.
    public let isEmpty: Bool

    public init(
      readySince: Instant?, isDown: Bool, hasSent: Bool = false, isIdle: Bool = false,
      isEmpty: Bool = true
    ) {
      self.readySince = readySince
      self.isDown = isDown
      self.hasSent = hasSent
      self.isIdle = isIdle
      self.isEmpty = isEmpty
    }
  }

  /// The one in use.
  public private(set) var active: Int
  /// Since when the one in use is sent nothing new, because another is to take over.
  private var heldSince: Instant?
  /// When to ask again what it has acknowledged.
  private var nextLook = Instant(milliseconds: 0)

  /// What was last seen of each, in the order in which they are preferred.
  public var members = InlineArray<8, Member>(
    repeating: Member(readySince: nil, isDown: false))
  /// At most as many.
  public static let limit = 8
  private let count: Int

  /// `active`: the one that has the queue.
  public init(of count: Int, active: Int = 0) {
    self.count = min(count, Failover.limit)
    self.active = active
  }

  /// Whether the one in use is sent nothing new.
  public var isHolding: Bool { heldSince != nil }

  /// What is to be done with one of them.
  public enum Need: Equatable, Sendable {
    case nothing
    /// Try to connect, although there is nothing to send.
    case connect
    /// End its connection, or the attempt.
    case rest
  }

  /// What `members` say is to be done with this one. The one in use needs nothing for it.
  public func need(of index: Int) -> Need {
    guard index != active else { return .nothing }
    let member = members[index]
    if isWanted(index) { return member.isIdle ? .connect : .nothing }
    return member.isIdle || !member.isEmpty ? .nothing : .rest
  }

  /// Those before the one in use are; those behind it only while none before them works.
  private func isWanted(_ index: Int) -> Bool {
    guard index > active else { return true }
    for other in 0..<index {
      guard members[other].isDown, members[other].readySince == nil else { return false }
    }
    return true
  }

  /// To be called with `members` as they are whenever something may have changed. Returns true when another one is in use now:
  /// the queue goes to it, and the connection of the one before it ends if anything is still on its
  /// way there.
  public mutating func step(now: Instant) -> Bool {
    let holder = members[active]
    guard let heir = heir(now: now) else {
      heldSince = nil
      return false
    }
    if holder.readySince != nil, holder.hasSent {
      let since = heldSince ?? now
      heldSince = since
      nextLook = now + Failover.pause
      guard now.since(since) >= Failover.drainLimit else { return false }
    }
    heldSince = nil
    active = heir
    return true
  }

  /// The first that may take over.
  private func heir(now: Instant) -> Int? {
    let isReady = members[active].readySince != nil
    for index in 0..<count where index != active {
      if isReady, index > active { break }
      guard let since = members[index].readySince else { continue }
      if !isReady || now.since(since) >= Failover.stay { return index }
    }
    return nil
  }

  /// When `step` wants to be called, at the latest.
  public var deadline: Instant? {
    if isHolding { return nextLook }
    guard members[active].readySince != nil else { return nil }
    for index in 0..<active {
      if let since = members[index].readySince { return since + Failover.stay }
    }
    return nil
  }
}
