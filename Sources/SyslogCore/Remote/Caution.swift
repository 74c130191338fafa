/// How messages are sent to a collector that has just ended connections before it could be known
/// whether it had accepted anything (docs/decisions/0012).
///
/// Such a collector refuses us, or cannot read one message, or reads for a moment and closes. What
/// it does with single messages tells which of them it is.
struct Caution: Equatable, Sendable {
  enum Manner: Equatable, Sendable {
    /// As fast as the connection accepts.
    case freely
    /// One message first, and more when that was taken.
    case carefully
    /// The same, but nothing before the acceptance pause: who lives through it does not refuse us.
    case afterSilence
  }

  /// What speaks against a message that was the last one before the end of a connection, and how much
  /// of that in a row is enough.
  private static let largestSuspicion = 4
  /// The collector's kernel had it, so the network has hardly broken the connection.
  private static let weightAcknowledged = 2
  /// It may not have arrived, and the network may have broken the connection.
  private static let weightUnacknowledged = 1

  /// The next connection's.
  private(set) var manner = Manner.freely
  /// What speaks against the oldest message.
  private var suspicion = 0

  /// A connection ended early, and nothing can be concluded about any message.
  mutating func noteEarlyEnd() {
    manner = manner == .carefully ? .afterSilence : .carefully
  }

  /// Messages were released: another one is the oldest now.
  mutating func noteRelease() {
    suspicion = 0
  }

  /// A connection ended right behind the oldest message. True when that was once too often.
  mutating func suspectOldest(wasAcknowledged: Bool) -> Bool {
    suspicion += wasAcknowledged ? Caution.weightAcknowledged : Caution.weightUnacknowledged
    guard suspicion >= Caution.largestSuspicion else { return false }
    suspicion = 0
    return true
  }
}

/// The address that has accepted us without TLS: a connection to it had delivered and lasted for a
/// second. Those after it count as accepted when one message got through, so that a network that
/// breaks connections again and again does not make everything come twice (docs/decisions/0012).
struct Trust: Equatable, Sendable {
  /// So many connections in a row may end early behind what was taken for delivered.
  static let patience = 16

  private var address: UInt64?
  private var earlyEnds = 0

  init(in address: UInt64? = nil) {
    self.address = address
  }

  func covers(_ address: UInt64?) -> Bool {
    self.address != nil && self.address == address
  }

  /// A connection that counted as accepted broke in its first second.
  mutating func noteEarlyEnd() {
    earlyEnds += 1
    if earlyEnds >= Trust.patience { address = nil }
  }
}

/// How much of a connection is used at a time after connections that ended early: one message, then
/// more with everything that the connection lives on after.
struct CarefulSending: Sendable {
  /// The end of a connection comes within this time after the message that caused it. Longer than a
  /// delayed acknowledgement (40 ms on Linux).
  static let pause = Interval(milliseconds: 50)
  /// Who has taken so many bytes at a time takes everything.
  private static let largestWindow = 16_384

  /// Before it, nothing is sent.
  let begin: Instant
  /// Bytes that may be sent at a time, but for a first message, which may be longer.
  private(set) var window = 0
  /// Bytes that were sent last, while they may still end the connection.
  private(set) var unsettled = 0
  /// Whether those are one message, or a part of one.
  private(set) var isOneMessage = true
  /// Bytes of the next message that is to be sent, as far as it was not sent before.
  var firstFrame = 0
  /// When they no longer can; nil while they are not wholly acknowledged.
  private var settledAt: Instant?
  /// When the first message was sent.
  private var firstSent: Instant?

  init(begin: Instant) {
    self.begin = begin
  }

  mutating func sent(_ bytes: Int, now: Instant) {
    isOneMessage = (unsettled == 0 || isOneMessage) && bytes <= firstFrame
    unsettled += bytes
    settledAt = nil
    if firstSent == nil { firstSent = now }
  }

  /// Whether what was sent last has been acknowledged and the connection lived on; once for each.
  mutating func settles(_ acknowledged: Int, now: Instant) -> Bool {
    guard unsettled > 0, acknowledged >= unsettled else { return false }
    guard let settledAt else {
      self.settledAt = now + CarefulSending.pause
      return false
    }
    guard now >= settledAt else { return false }
    window = min(max(window, unsettled) * 2, CarefulSending.largestWindow)
    unsettled = 0
    self.settledAt = nil
    return true
  }

  /// Whether nothing speaks for care any more.
  func isOver(isEmpty: Bool, now: Instant) -> Bool {
    guard unsettled == 0, let firstSent else { return false }
    return now.since(firstSent) >= TransportSender.acceptancePause
      && (isEmpty || window == CarefulSending.largestWindow)
  }
}
