// What SIGHUP means to a remote: its files are read again, its settings are others, or it is no
// longer configured.
extension TransportSender {
  /// What has changed of that on which a connection is based.
  public enum Change: Equatable, Sendable {
    case none
    /// A connection, or an attempt, would not be made again as it was.
    case connection
  }

  /// The files were read again. The caller has ended a connection or an attempt that is not to go on.
  ///
  /// Who is not connected is tried at once, because something may have been mended. The backoff
  /// goes on from where it was: only delivery resets it.
  public mutating func filesReread(_ change: Change, now: Instant) -> WakeAction {
    switch phase {
    // The address that is being looked up is the same.
    case .stopped, .resolving: .none
    case .connecting, .handshaking, .ready: change == .none ? .none : restart(now: now)
    case .idle, .backingOff: restart(now: now)
    }
  }

  /// Changes the settings to others for the same collector, and connects anew. The caller has ended
  /// the connection or the attempt.
  ///
  /// What is queued stays, in its order. What was framed for a stream of another framing is framed
  /// anew, because that is never changed in mid-stream (RFC 6587 §3.4.3, F3).
  public mutating func changeSettings(
    queueCapacity: Int, backoff: Backoff, limits: Limits, framing old: Framing, to new: Framing,
    now: Instant
  ) -> WakeAction {
    guard phase != .stopped else { return .none }
    self.backoff = backoff
    self.limits = limits
    retirement = nil
    caution = Caution()
    let action = restart(now: now)
    queue.rebuild(capacity: queueCapacity, from: old, to: new)
    return action
  }

  private mutating func restart(now: Instant) -> WakeAction {
    requeue()
    return resolve(now: now)
  }
}

// MARK: Retiring

extension TransportSender {
  /// The end of a remote that is no longer configured, while it still has messages.
  struct Retirement {
    /// What is not delivered by then is lost.
    let end: Instant
    /// When to look again whether everything was delivered: the kernel does not tell by itself.
    var nextLook: Instant

    static let limit = Interval.seconds(60)
    static let pause = Interval.seconds(1)

    mutating func look(now: Instant) {
      if now >= nextLook { nextLook = now + Retirement.pause }
    }
  }

  /// The remote is no longer configured: what is queued is still sent, for a minute or until an
  /// attempt to connect fails. Who waits for the next attempt makes it now.
  public mutating func retire(now: Instant) {
    guard phase != .stopped, retirement == nil else { return }
    retirement = Retirement(end: now + Retirement.limit, nextLook: now)
    if case .backingOff = phase { phase = .backingOff(until: now) }
  }

  public var isRetiring: Bool { retirement != nil }

  /// Whether nothing more is to come of a retirement.
  public func hasRetired(now: Instant) -> Bool {
    guard let retirement else { return false }
    return queue.count == 0 || phase == .stopped || now >= retirement.end
  }
}
