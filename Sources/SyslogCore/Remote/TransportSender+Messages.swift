internal import Features

// What becomes of the messages of a remote: queued, sent, acknowledged, discarded.
extension TransportSender {
  /// Queues one message of the user `uid`, whatever the phase. `wake` must follow, once per batch.
  public mutating func queue(
    _ severity: Severity, from uid: UInt32, _ framing: Framing, header: Span<UInt8>,
    body: Span<UInt8>
  ) -> MessageQueue.Admission {
    let admission = queue.append(severity, from: uid, framing, header: header, body: body)
    if admission == .queued { counters.queued &+= 1 }
    return admission
  }

  /// Sets how many bytes of acknowledged messages are kept; see `MessageQueue.setReplayLimit`.
  public mutating func setReplayLimit(_ bytes: Int) {
    queue.setReplayLimit(bytes)
  }

  /// Sets how many bytes may be queued; see `MessageQueue.setCapacity`.
  public mutating func setQueueCapacity(_ bytes: Int) {
    queue.setCapacity(bytes)
  }

  /// The message about to be queued had to be cut at the end.
  public mutating func noteTruncated() {
    counters.truncated &+= 1
  }

  /// Calls `body` with the next bytes to write, at most `limit` of them, when the peer may have
  /// any; nil otherwise.
  public mutating func withRun<Result, Failure: Error>(
    limit: Int, now: Instant, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let limit = runLimit(limit, now: now) else { return nil }
    return try queue.withRun(limit: limit, body)
  }

  /// How much of `limit` may be written now; nil when nothing may be.
  private func runLimit(_ limit: Int, now: Instant) -> Int? {
    guard phase == .ready, let connection, connection.closedAt == nil else { return nil }
    var limit = limit
    if Feature.failover.isBuilt, isHeld {
      guard queue.isWithinFrame else { return nil }
      limit = min(limit, queue.bytesToFrameEnd ?? limit)
    }
    guard let careful = connection.careful else { return limit }
    guard now >= careful.begin, careful.unsettled == 0 || queue.isWithinFrame else { return nil }
    // What was offered already is offered again, whatever the limit.
    let frame = queue.bytesToFrameEnd ?? careful.firstFrame
    connection.careful?.firstFrame = frame
    return min(limit, max(frame, careful.unsettled > 0 ? 0 : careful.window))
  }

  /// How many messages were sent so far, at least in part, each as often as it was. Nothing counts
  /// them one by one: they are acknowledged, were put back, or are on their way.
  public var sentMessages: UInt64 {
    counters.acknowledged &+ queue.replayed &+ counters.requeued
      &+ UInt64(clamping: queue.sentCount)
  }

  /// Whether more may be written as soon as the connection accepts it.
  public var wantsToWrite: Bool {
    guard phase == .ready, let connection, connection.closedAt == nil else { return false }
    let isFree = connection.careful == nil && !(Feature.failover.isBuilt && isHeld)
    return isFree ? queue.unsentBytes > 0 : queue.isWithinFrame
  }

  /// The connection accepted `bytes` of the run; `ciphertext` is what it has sent altogether.
  public mutating func accepted(_ bytes: Int, ciphertext: UInt64, now: Instant) {
    connection?.careful?.sent(bytes, now: now)
    queue.markSent(bytes)
    connection?.progressAt = now
    connection?.unacknowledged.sent(plaintext: bytes, ciphertextEnd: ciphertext)
  }

  /// Whether `acknowledged` is due, because what is on its way fills the log of it.
  public var wantsAcknowledgement: Bool { connection?.unacknowledged.isFull == true }

  /// The peer's kernel has acknowledged this much ciphertext of the connection. Only this resets
  /// the backoff: a peer that accepts connections and drops them is not a peer that works.
  ///
  /// It counts for nothing while the peer may still refuse us and throw away what its kernel has
  /// acknowledged: until it has accepted us, or has had its time to refuse.
  public mutating func acknowledged(ciphertext: UInt64, now: Instant) {
    guard phase == .ready, let connection else { return }
    connection.acknowledge(ciphertext, isBetweenFrames: !queue.isWithinFrame, now: now)
    if now >= connection.nextTrim {
      queue.trim()
      connection.nextTrim = now + TransportSender.trimPause
    }
    // What a peer had read that closes the session at once is seen by how the connection ends.
    guard connection.closedAt == nil, isAccepted(now: now), release(now: now) else { return }
    if connection.careful?.isOver(isEmpty: queue.isEmpty, now: now) ?? true {
      connection.careful = nil
      caution = Caution()
    }
  }

  /// Lets go of what the peer is believed to have. False when that completed no message.
  mutating func release(now: Instant) -> Bool {
    guard let connection else { return false }
    let replayed = queue.replayed
    let released = queue.acknowledge(connection.takeDelivered())
    guard released > 0 else { return false }
    connection.progressAt = now
    connection.hasDelivered = true
    let new = UInt64(released) &- (queue.replayed &- replayed)
    counters.acknowledged &+= new
    // Those behind what is replayed are suspected of the same as before.
    if new > 0 { caution.noteRelease() }
    if Feature.failover.isBuilt { isDown = false }
    backoff.reset()
    return true
  }

  /// Whether the peer has accepted us, or has had its time to refuse. That time is the same however
  /// full the queue is: for lack of room messages are discarded and counted, but none is taken for
  /// delivered that may be thrown away.
  func isAccepted(now: Instant) -> Bool {
    guard let connection else { return false }
    return connection.acceptance == .proven
      || connection.age(now) >= TransportSender.acceptancePause
  }

  /// Whether the connection works, is behind, and would soon have room for what is discarded now
  /// (see `InputPacing`). While the peer may still refuse us, room may come with its word.
  public func isMomentarilyFull(now: Instant) -> Bool {
    guard !queue.hasRoom(for: Message.maximumDatagram, .octetCounting),
      let progress = connection?.progressAt
    else { return false }
    return !isAccepted(now: now) || now.since(progress) < TransportSender.progressPause
  }

  /// Whether there is no room, and the collector has taken nothing for a second.
  public func isStuck(now: Instant) -> Bool {
    guard !queue.hasRoom(for: Message.maximumDatagram, .octetCounting),
      let progress = connection?.progressAt
    else { return false }
    return now.since(progress) >= TransportSender.stuckPause
  }

  /// How many messages were discarded for lack of room since the last notice to the collector (RFC
  /// 5424 §8.5, M16); 0 while it cannot be notified, or was a moment ago. The notice is a message of
  /// the caller's.
  public func discardedToReport(now: Instant) -> UInt64 {
    guard phase == .ready, nextDiscardReport.map({ now >= $0 }) ?? true else { return 0 }
    return discardedUnreported
  }

  /// The same, whether it can be notified or not.
  @inline(never)
  public var discardedUnreported: UInt64 {
    queue.discarded.total &- discardedReported
  }

  /// The collector's notice of `count` discarded messages was queued.
  public mutating func reportedDiscarded(_ count: UInt64, now: Instant) {
    discardedReported &+= count
    nextDiscardReport = now + TransportSender.discardReportPause
  }
}
