internal import Features

// What is known of the connection that messages are sent over, and what its end says.
extension TransportSender {
  /// A class, because what an optional has inside can only be looked at when it can be copied.
  final class Connection {
    var acceptance: Acceptance
    let securedAt: Instant
    /// When it last accepted or acknowledged something.
    var progressAt: Instant?
    var unacknowledged = UnacknowledgedWrites()
    /// Bytes of messages that the peer's kernel has acknowledged, and that still wait for something.
    var acknowledged = 0
    /// Those of them that may be released as soon as the peer has accepted us.
    private var deliverable = 0
    var hasDelivered = false
    /// Set while it is used with care.
    var careful: CarefulSending?
    /// When `acknowledged` is wanted next, if anything waits for it.
    var nextLook: Instant
    /// When the queue is to give back memory next.
    var nextTrim: Instant
    /// When the peer closed the session, its connection being open still.
    var closedAt: Instant?

    init(_ acceptance: Acceptance, securedAt: Instant, _ manner: Caution.Manner) {
      self.acceptance = acceptance
      self.securedAt = securedAt
      nextLook = securedAt + CarefulSending.pause
      nextTrim = securedAt + TransportSender.trimPause
      switch manner {
      case .freely: careful = nil
      case .carefully: careful = CarefulSending(begin: securedAt)
      case .afterSilence:
        careful = CarefulSending(begin: securedAt + TransportSender.acceptancePause)
      }
    }

    func acknowledge(_ ciphertext: UInt64, isBetweenFrames: Bool, now: Instant) {
      acknowledged += unacknowledged.acknowledge(ciphertext: ciphertext)
      if careful == nil || isBetweenFrames && careful?.settles(acknowledged, now: now) == true {
        deliverable += acknowledged
        acknowledged = 0
        if acceptance == .presumed { (acceptance, careful) = (.proven, nil) }
      }
    }

    /// How long the session has lasted. A session that the peer has closed does not get older, so
    /// that a refusal which leaves the connection open stays one.
    func age(_ now: Instant) -> Interval { (closedAt ?? now).since(securedAt) }

    func takeDelivered() -> Int {
      defer { deliverable = 0 }
      return deliverable
    }
  }

  /// How a connection ended, as far as that says something about the messages.
  public enum Ending: Equatable, Sendable {
    /// The peer closed it in order. Its kernel would have reset it if anything that it had
    /// acknowledged had been left unread (RFC 1122 §4.2.2.13).
    case read
    case abrupt
  }

  /// How long a peer may take to close the connection after the session.
  static let closingPause = Interval.seconds(1)
  /// How often to look whether there is room for a notice of discarded messages.
  static let noticePause = Interval(milliseconds: 250)
  /// How long the queue must have been small before it gives back memory.
  static let trimPause = Interval.seconds(1)

  /// The peer has closed the session in order. True when it matters how the connection will end:
  /// nothing is sent then, and `failed` is to follow when that is known.
  public mutating func peerClosed(now: Instant) -> Bool {
    guard phase == .ready, let connection, queue.hasSent || queue.keptBytes > 0,
      connection.careful != nil || connection.age(now) < TransportSender.acceptancePause
        || queue.replayLimit > 0
    else { return false }
    connection.closedAt = now
    return true
  }

  /// Whether only the end of the connection is waited for.
  public var isClosing: Bool { connection?.closedAt != nil }

  var readyDeadline: Instant? {
    guard let connection else { return nil }
    if let closed = connection.closedAt { return closed + TransportSender.closingPause }
    let isWaiting = connection.careful != nil && !queue.isEmpty
    return isWaiting || discardedUnreported > 0 || queue.isLarge ? connection.nextLook : nil
  }

  mutating func readyDeadlineReached(now: Instant) -> DeadlineAction {
    guard let connection, let deadline = readyDeadline, now >= deadline else { return .none }
    guard connection.closedAt == nil else { return .abandonConnection }
    connection.nextLook =
      now + (connection.careful == nil ? TransportSender.noticePause : CarefulSending.pause)
    return .proceed
  }

  /// Whether the connection has delivered, and for longer than one that refuses us lasts.
  func hasWorked(now: Instant) -> Bool {
    guard let connection else { return false }
    return connection.hasDelivered && connection.age(now) >= TransportSender.acceptancePause
  }

  /// A connection is over: what that says about the next one to the same address.
  mutating func reconsiderTrust(_ ending: Ending, hasWorked: Bool, now: Instant) {
    guard let connection else { return }
    if hasWorked {
      trust = Trust(in: address)
    } else if ending == .abrupt, connection.acceptance == .proven {
      trust.noteEarlyEnd()
    }
  }

  /// The connection is over: what can be learnt from that, and what is to be sent again
  /// (docs/decisions/0012, 0022).
  mutating func conclude(_ ending: Ending, now: Instant) {
    let isSuspect = suspectsOldest(ending, now: now)
    requeue()
    if isSuspect {
      // What was acknowledged once is counted as that.
      if queue.replay.count == 0 { counters.setAside &+= 1 }
      queue.removeOldest()
    }
    if Feature.replay.isBuilt { queue.replayKept() }
  }

  /// `failed` is to follow for an end that is no break: we were the first to end the connection, or
  /// the peer has closed it in order and read everything.
  public mutating func endsInOrder() {
    if Feature.replay.isBuilt { queue.setInOrder(true) }
  }

  /// Releases what the peer has read. True when connections have ended too often right behind the
  /// message that is the oldest then.
  private mutating func suspectsOldest(_ ending: Ending, now: Instant) -> Bool {
    guard let connection else { return false }
    // Who closes the session in its first second and leaves something unread has read nothing.
    let isRefused =
      connection.closedAt != nil && ending == .abrupt
      && connection.age(now) < TransportSender.acceptancePause
    let isAccepted = !isRefused && isAccepted(now: now)
    guard let careful = connection.careful else {
      if isAccepted {
        _ = release(now: now)
      } else if queue.hasSent {
        caution.noteEarlyEnd()
      }
      return false
    }
    guard isAccepted || ending == .read else {
      caution.noteEarlyEnd()
      return false
    }
    let hasReleased = release(now: now)
    // What ended a connection was sent as a whole. A peer that closed in order has read it, too.
    let wasAcknowledged = connection.acknowledged >= careful.unsettled
    let isBehindMessage =
      careful.unsettled > 0 && careful.isOneMessage && !queue.isWithinFrame
      && (isAccepted || wasAcknowledged)
    if isBehindMessage { return caution.suspectOldest(wasAcknowledged: wasAcknowledged) }
    if !isAccepted && !hasReleased { caution.noteEarlyEnd() }
    return false
  }
}
