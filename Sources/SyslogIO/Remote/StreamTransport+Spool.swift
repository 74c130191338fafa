internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

/// The spool of a remote, with what the log knows of it.
final class RemoteSpool {
  /// How often the kernel is asked what was acknowledged, when that is all that is waited for.
  fileprivate static let pause = Interval(milliseconds: 20)
  /// How often the log has to know that it is in use.
  fileprivate static let wordPause = Interval.seconds(600)
  /// How long after a file that could not be used it is looked for again.
  fileprivate static let retryPause = Interval.seconds(60)

  let spool: Spool<SpoolFile>
  let path: Text
  fileprivate var nextLook = Instant(milliseconds: 0)
  fileprivate var nextWord = Instant(milliseconds: 0)
  fileprivate var hasReportedRefusal = false

  fileprivate init(_ spool: Spool<SpoolFile>, _ path: Text) {
    self.spool = spool
    self.path = path
  }

  /// What is to be logged of this turn, once.
  fileprivate func news(now: Instant) -> Sentence? {
    if spool.damaged > 0 {
      defer { spool.damaged = 0 }
      spool.counters.damaged &+= UInt64(spool.damaged)
      return .spoolDamaged(path, spool.damaged)
    }
    if spool.used == 0 { hasReportedRefusal = false }
    if let refusal = spool.refusal, !hasReportedRefusal {
      hasReportedRefusal = true
      return .spoolRefuses(path, refusal, spool.dailyLimit, spool.region.failure)
    }
    spool.refusal = nil
    guard !spool.isDrained, now >= nextWord else { return nil }
    nextWord = now + RemoteSpool.wordPause
    return .spooling(path)
  }
}

// What a remote has a spool for: messages that its queue has no room for.
extension StreamTransport where TLS: ~Copyable {
  /// Opens the spool of the settings, if there is none yet. What cannot be used is logged, and the
  /// remote goes on with its queue alone. `isAgain`: by itself, after one that another program had, or
  /// whose file system was not there yet.
  func openSpool(now: Instant, isAgain: Bool = false) {
    spoolRetry.value = nil
    guard spooling.value == nil, !isRetiring, let wanted = settings.spool else { return }
    do throws(SpoolFile.Failure) {
      let spool = try SpoolFile.open(wanted, now: now)
      spooling.value = RemoteSpool(spool, wanted.path)
      if spool.isTorn {
        spool.counters.torn = 1
        say(.spoolTorn(wanted.path))
      }
      if spool.size != wanted.size { say(.spoolKeepsSize(wanted.path, spool.size), .syslogNotice) }
      guard spool.unread > 0 || isAgain else { return }
      say(.spoolHolds(wanted.path, spool.unread), .syslogInfo)
      spooling.value?.nextWord = now + RemoteSpool.wordPause
    } catch {
      // No others: what makes a file of zeros on a full disk again and again wears it out.
      if error.mayPass { spoolRetry.value = now + RemoteSpool.retryPause }
      if !isAgain || !error.mayPass { say(.noSpool(wanted.path, error)) }
    }
  }

  /// Lets go of the spool. What is in it stays in the file.
  func closeSpool(now: Instant) {
    guard Feature.spool.isBuilt, let own = spooling.value else { return }
    own.spool.close(now: now)
    leave(own)
  }

  private func leave(_ own: RemoteSpool) {
    own.spool.region.finish()
    spooling.value = nil
    if own.spool.count > 0 { say(.spoolKeeps(own.path, own.spool.count), .syslogInfo) }
  }

  /// Keeps what a sender that was stopped has in its queue. Returns how many of its messages are lost.
  func keepQueue(now: Instant) -> Int {
    guard Feature.spool.isBuilt, let own = spooling.value else { return sender.queue.count }
    let kept = own.spool.keep(sender, settings.delivery.framing, now: now)
    leave(own)
    return sender.queue.count - kept
  }

  /// Queues one message, or puts it into the spool.
  @inline(__always)
  func put(
    _ severity: Severity, from uid: UInt32, header: Span<UInt8>, body: Span<UInt8>, now: Instant
  ) {
    let framing = settings.delivery.framing
    guard Feature.spool.isBuilt, let spool = spooling.value?.spool else {
      _ = sender.queue(severity, from: uid, framing, header: header, body: body)
      return
    }
    // Only who writes asks for the day.
    if !spool.isDrained || !sender.queue.hasRoom(for: header.count + body.count, framing) {
      spool.count(on: UInt64(max(0, SystemClock.seconds / 86_400)), now: now)
    }
    _ = spool.put(
      severity, from: uid, framing, header: header, body: body, into: &sender, now: now)
  }

  /// To be called at the end of each turn: see `Spool.turn`.
  func turnSpool(now: Instant) {
    if Feature.spool.isBuilt, let retry = spoolRetry.value, now >= retry {
      openSpool(now: now, isAgain: true)
    }
    guard Feature.spool.isBuilt, let own = spooling.value else { return }
    own.spool.turn(&sender, settings.delivery.framing, now: now)
    own.spool.region.writeBack(now: now)
    own.nextLook = now + RemoteSpool.pause
    if let news = own.news(now: now) { say(news) }
  }

  /// Messages that wait for the collector, wherever they are.
  var waiting: Int {
    guard Feature.spool.isBuilt, let own = spooling.value else { return sender.queue.count }
    return sender.queue.count + own.spool.unread
  }

  /// Whether the queue has everything that there is.
  var hasAllInQueue: Bool {
    !Feature.spool.isBuilt || spooling.value?.spool.isDrained ?? true
  }

  /// When the spool wants a turn, or is to be looked for again.
  var spoolDeadline: Instant? {
    guard Feature.spool.isBuilt, let own = spooling.value else { return spoolRetry.value }
    // Nobody else asks what was acknowledged of the last messages.
    let isWaiting =
      own.spool.used > 0 && sender.phase == .ready && sender.queue.unsentBytes == 0
    return isWaiting ? own.nextLook : own.spool.deadline
  }
}
