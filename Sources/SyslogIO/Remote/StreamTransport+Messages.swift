internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore
internal import TLSBackend

// What is sent over the connection of a remote.
extension StreamTransport where TLS: ~Copyable {
  /// Bytes in the queue above which the kernel is asked what was acknowledged.
  private static var unasked: Int { 32 * 1024 }

  /// Queues one message. When there is no room, what is queued is sent first. A remote that is
  /// retiring accepts none.
  func queue(_ piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant) {
    guard !isRetiring else { return }
    let encoded = encoder.encode(piece, message, at: time)
    if encoded.truncated { sender.noteTruncated() }
    let length = encoder.headerCount + encoded.body.count
    if !sender.queue.hasRoom(for: length, settings.delivery.framing) { pump(now: now) }
    let header = encoder.header
    put(
      encoded.severity, from: message.uid,
      header: header.span.extracting(first: encoder.headerCount),
      body: piece.extracting(encoded.body), now: now)
  }

  /// Sends what was queued in this turn, or begins to connect.
  func flush(_ time: CalendarTime, now: Instant) {
    turnSpool(now: now)
    noteDiscarded()
    if sender.phase == .ready {
      reportDiscarded(time, now: now)
      if blocked == nil { pump(now: now) }
    }
    logDiscarding()
    perform(sender.wake(now: now), now: now)
  }

  /// Notes when messages were discarded, to the turn of the loop.
  func noteDiscarded() {
    guard Feature.losses.isBuilt, sender.discardedUnreported > 0 else { return }
    let more = sender.discardedUnreported &- (lost.value?.count ?? 0)
    if more > 0 { lost.add(more, at: SystemClock.seconds) }
  }

  /// Logs once that messages are being discarded, while the collector cannot be notified: it is
  /// away, or connected and stuck.
  private func logDiscarding() {
    guard !hasReportedDiscarding, sender.discardedUnreported > 0,
      sender.phase != .ready || !hasRoomForReport
    else { return }
    hasReportedDiscarding = true
    say(.discarding(capacity: sender.queue.capacity))
  }

  private var hasRoomForReport: Bool {
    sender.queue.ownBytes < sender.queue.capacity / 2 && hasAllInQueue
  }

  /// Writes records until the socket is full or everything is sent.
  func pump(now: Instant) {
    do throws(TLSError) {
      for _ in 0..<StreamTransport.recordsPerTurn {
        let step = try sender.withRun(limit: StreamTransport.recordLimit, now: now) {
          run throws(TLSError) in
          try write(run)
        }
        guard case .accepted(let count)? = step else {
          if case .blocked(let readiness)? = step { blocked = readiness }
          break
        }
        blocked = nil
        if sender.wantsAcknowledgement { noteAcknowledged(now: now) }
        sender.accepted(count, ciphertext: ciphertextSent, now: now)
      }
      // Asking the kernel costs a system call: only when the queue would grow otherwise.
      let isLarge =
        sender.queue.queuedBytes > min(StreamTransport.unasked, sender.queue.capacity / 2)
      if isLarge { noteAcknowledged(now: now) }
    } catch {
      fail(error, now: now)
    }
  }

  /// Whether reading the log socket a moment later would save messages from being discarded.
  func isMomentarilyFull(now: Instant) -> Bool {
    guard sender.isMomentarilyFull(now: now) else { return false }
    // The room may be there and not be known yet.
    noteAcknowledged(now: now)
    return sender.isMomentarilyFull(now: now)
  }

  private func write(_ run: Span<UInt8>) throws(TLSError) -> WriteStep {
    guard let step = try session?.write(run) else {
      throw TLSError(.connection(errno: 0), .noSession)
    }
    return step
  }

  /// What the connection has sent; 0 when there is none.
  @inline(never)
  var ciphertextSent: UInt64 { session?.ciphertextSent ?? 0 }

  /// Counts what the peer's kernel has acknowledged.
  func noteAcknowledged(now: Instant) {
    guard sender.phase == .ready, socket != nil else { return }
    let sent = ciphertextSent
    let outstanding = cposix_unacknowledged(descriptor)
    guard outstanding >= 0, sent >= UInt64(outstanding) else { return }
    sender.acknowledged(ciphertext: sent - UInt64(outstanding), now: now)
  }

  /// Notifies the collector how many of its messages were discarded (RFC 5424 §8.5, M16).
  private func reportDiscarded(_ time: CalendarTime, now: Instant) {
    let count = sender.discardedToReport(now: now)
    guard count > 0, hasRoomForReport else { return }
    let sentence = Sentence.discarded(count, lost.value, capacity: sender.queue.capacity)
    let bytes = Sentence.notice(sentence, process: getpid()).text.bytes
    queue(bytes.span, Message(bytes.span), time, now: now)
    sender.reportedDiscarded(count, now: now)
    hasReportedDiscarding = false
    say(sentence)
    lost.value = nil
  }
}
