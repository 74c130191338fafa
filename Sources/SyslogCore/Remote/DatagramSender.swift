/// The life of one UDP remote, decided without a socket or a clock: when its name is looked up.
///
/// As BusyBox, the name is resolved when the first message comes, and 120 s after it could not be
/// resolved (DNS_WAIT_SEC). Unlike BusyBox, which keeps an address for ever, it is resolved again
/// when sending to it fails, at SIGHUP, and once an hour. The old address is used until there is an
/// answer.
public struct DatagramSender: Sendable {
  public enum Phase: Equatable, Sendable {
    /// No address, and nobody has asked for one yet.
    case unresolved
    case resolving(deadline: Instant)
    case ready
    /// The name had no address; not before `until` again.
    case waiting(until: Instant)
  }

  /// BusyBox's DNS_WAIT_SEC.
  public static let resolutionRetry = Interval.seconds(120)
  /// How long an address is used before its name is looked up again.
  static let refreshInterval = Interval.seconds(3600)
  /// The shortest time between two lookups that failing sends bring about; it doubles each time,
  /// up to the interval above.
  static let refreshPause = Interval.seconds(10)

  public private(set) var phase: Phase = .unresolved
  /// When the last lookup ended; nil before that.
  private var resolvedAt: Instant?
  private var refreshPause = DatagramSender.refreshPause
  /// The shortest time between two reports of failing sends; it doubles each time.
  static let reportPause = Interval.seconds(10)
  private var reportPause = DatagramSender.reportPause
  /// The reason that was last reported, 0 once sending has worked again.
  private var reportedCode: Int32 = 0
  private var reportedAt = Instant(milliseconds: 0)
  /// What comes back for a datagram comes within this time: a neighbour that does not answer is given
  /// up after 3 s, and a host may say only once in a second that nobody listens.
  static let quietPause = Interval.seconds(10)
  /// Since when nothing has failed.
  private var quietSince: Instant?
  /// Which addresses failed.
  public var memory = AddressMemory()

  /// What happened to this remote's messages since the start.
  public struct Counters: Equatable, Sendable {
    /// Datagrams that the kernel took.
    public var sent: UInt64 = 0
    /// Datagrams that were cut at the end, because the format has a limit (M4, B1).
    public var truncated: UInt64 = 0
    /// Messages for which there was no address, no socket or no room, as UDP has it.
    public var discarded: UInt64 = 0

    public init() {}
  }
  public var counters = Counters()

  public init() {}

  public enum Action: Equatable, Sendable {
    case none
    /// Look the name up; answer by `resolved`.
    case resolve
    /// The name has no answer yet. One that comes later is welcome.
    case abandonLookup
  }

  /// A message is there to be sent.
  public mutating func wake(now: Instant) -> Action {
    switch phase {
    case .ready: return .none
    case .resolving(let deadline):
      guard now >= deadline else { return .none }
      resolvedAt = now
      phase = .waiting(until: now + DatagramSender.resolutionRetry)
      return .abandonLookup
    case .waiting(let until):
      guard now >= until || until > now + DatagramSender.resolutionRetry else { return .none }
    case .unresolved: break
    }
    return resolve(now: now)
  }

  private mutating func resolve(now: Instant) -> Action {
    phase = .resolving(deadline: now + TransportSender.resolveTimeout)
    return .resolve
  }

  /// The answer to `resolve`, in time or not.
  public mutating func resolved(count: Int, now: Instant) {
    guard phase != .ready else { return }
    resolvedAt = now
    phase = count > 0 ? .ready : .waiting(until: now + DatagramSender.resolutionRetry)
  }

  /// Whether a send that failed with this error is to be reported: each reason once, until sending
  /// works again, and not more often than the log can bear.
  public mutating func reports(_ code: Int32, now: Instant) -> Bool {
    quietSince = nil
    guard code != reportedCode else { return false }
    if reportedCode != 0 {
      guard now.since(reportedAt) >= reportPause else { return false }
      reportPause = doubled(reportPause)
    }
    (reportedCode, reportedAt) = (code, now)
    return true
  }

  /// Whether a failure was reported, and not yet that sending works again.
  public var isFailing: Bool { reportedCode != 0 }

  /// The kernel took a message. True when it is to be reported that sending works again: nothing has
  /// come back for what was sent some time ago.
  public mutating func sendingWorked(now: Instant) -> Bool {
    guard reportedCode != 0 else { return false }
    guard let quietSince else {
      self.quietSince = now
      return false
    }
    guard now.since(quietSince) >= DatagramSender.quietPause else { return false }
    reportedCode = 0
    reportPause = DatagramSender.reportPause
    refreshPause = DatagramSender.refreshPause
    return true
  }

  private func doubled(_ pause: Interval) -> Interval {
    Interval(
      milliseconds: min(pause.milliseconds * 2, DatagramSender.refreshInterval.milliseconds))
  }

  /// A message is sent to the address that is known: whether it is time to look the name up again.
  public mutating func refresh(now: Instant) -> Action {
    switch phase {
    case .ready:
      guard let resolvedAt, now.since(resolvedAt) >= DatagramSender.refreshInterval else {
        return .none
      }
      return resolve(now: now)
    case .waiting, .resolving: return wake(now: now)
    case .unresolved: return .none
    }
  }

  /// An address or a route was added to this machine: a name that had no address may have one now. It
  /// is looked up at most every 10 s for that, however often the network changes.
  public mutating func networkChanged() {
    guard case .waiting(let until) = phase, let resolvedAt else { return }
    phase = .waiting(until: min(until, resolvedAt + DatagramSender.refreshPause))
  }

  /// The operator has asked for it.
  public mutating func reload(now: Instant) -> Action {
    switch phase {
    case .ready, .waiting: resolve(now: now)
    case .unresolved, .resolving: .none
    }
  }

  /// Sending failed in a way that another address could mend. The old one stays in use until
  /// there is an answer, because the failure may be the network's.
  public mutating func sendingFailed(now: Instant) -> Action {
    guard phase == .ready, let resolvedAt, now.since(resolvedAt) >= refreshPause
    else { return .none }
    refreshPause = doubled(refreshPause)
    self.resolvedAt = now
    return resolve(now: now)
  }
}
