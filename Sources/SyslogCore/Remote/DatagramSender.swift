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
  /// The shortest time between two lookups that failing sends bring about.
  static let refreshPause = Interval.seconds(10)

  public private(set) var phase: Phase = .unresolved
  /// When the name was last looked up; nil before that.
  private var resolvedAt: Instant?
  /// The shortest time between two reports of failing sends, however often the reason changes.
  static let reportPause = Interval.seconds(10)
  /// The reason that was last reported, 0 once sending has worked again.
  private var reportedCode: Int32 = 0
  private var reportedAt: Instant?

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
    guard code != reportedCode else { return false }
    if let reportedAt, now.since(reportedAt) < DatagramSender.reportPause { return false }
    (reportedCode, reportedAt) = (code, now)
    return true
  }

  public mutating func sendingWorked() { reportedCode = 0 }

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
    guard phase == .ready, let resolvedAt, now.since(resolvedAt) >= DatagramSender.refreshPause
    else { return .none }
    self.resolvedAt = now
    return resolve(now: now)
  }
}
