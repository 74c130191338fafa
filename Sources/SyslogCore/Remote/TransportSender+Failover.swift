internal import Features

// What a sender is to others that take over from it, or that it takes over from.
extension TransportSender {
  /// What decides whether it is the one in use.
  public var member: Failover.Member {
    let isReady = phase == .ready && !isClosing
    return Failover.Member(
      readySince: isReady ? connection?.securedAt : nil, isDown: isDown,
      hasSent: queue.hasSent || queue.isWithinFrame, isIdle: phase == .idle,
      isEmpty: queue.isEmpty)
  }

  /// It is not needed: whatever it was doing ends, and what was on its way is to be sent again. The
  /// caller has closed the connection or the attempt.
  public mutating func rest() {
    guard phase != .stopped else { return }
    requeue()
    address = nil
    phase = .idle
  }

  /// Exchanges the messages with another sender's. Those that were discarded and not reported go with
  /// them, what was counted does not. Does nothing while anything is on its way from either.
  ///
  /// `old` is the framing of the other's messages, `new` of its own.
  public mutating func exchangeMessages(
    with other: inout TransportSender, framing old: Framing, _ new: Framing
  ) {
    guard !member.hasSent, !other.member.hasSent else { return }
    let (ours, theirs) = (discardedUnreported, other.discardedUnreported)
    queue.exchange(with: &other.queue)
    if old != new {
      queue.rebuild(capacity: queue.capacity, from: old, to: new)
      other.queue.rebuild(capacity: other.queue.capacity, from: new, to: old)
    }
    discardedReported = queue.discarded.total &- theirs
    other.discardedReported = other.queue.discarded.total &- ours
    caution.noteRelease()
    other.caution.noteRelease()
    isHeld = false
    other.isHeld = false
  }
}

extension MessageQueue {
  /// Exchanges everything but what was counted.
  fileprivate mutating func exchange(with other: inout MessageQueue) {
    let (ours, theirs) = (highestBytes, other.highestBytes)
    swap(&self, &other)
    swap(&discarded, &other.discarded)
    if Feature.replay.isBuilt { replay.exchangeCounts(with: &other.replay) }
    (earlierPeak, peakBytes) = (ours, ownBytes)
    (other.earlierPeak, other.peakBytes) = (theirs, other.ownBytes)
  }
}
