internal import Features

/// The life of one stream remote, decided without a socket or a clock: when to resolve, connect,
/// shake hands, send, give up and try again (RFC 5425 §4).
///
/// Each event has one method that returns what is to be done; the caller performs it and reports
/// back by the next event. The queue is inside, so that nothing can be sent in another phase than
/// `.ready`, which only `secured` enters.
public struct TransportSender: ~Copyable {
  /// Where the remote stands.
  public enum Phase: Equatable, Sendable {
    /// Not connected, because there is nothing to send.
    case idle
    /// Waiting for the addresses of the name.
    case resolving(deadline: Instant)
    /// Connecting to an address, after `tried` others.
    case connecting(tried: Int, deadline: Instant)
    /// The TLS handshake, with the verification of the peer inside it.
    case handshaking(deadline: Instant)
    case ready
    case backingOff(until: Instant)
    /// The daemon is exiting, or the remote was removed.
    case stopped
  }

  /// A daemon that exits gives a name so long.
  static let exitPause = Interval(milliseconds: 300)
  /// How long an attempt waits for the addresses of the name. The C library asks three name servers
  /// that are silent for 25 seconds or so.
  public static let resolveTimeout = Interval.seconds(30)
  /// For so long addresses that came too late are good for the next attempt: the longest wait.
  public static let lateAnswerLimit = Interval.seconds(1500)
  /// Addresses that one attempt tries, one after the other.
  static let addressesPerAttempt = 8

  /// The time limits of a connection attempt.
  public struct Limits: Sendable {
    public let connect: Interval
    public let handshake: Interval

    public init(connect: Interval, handshake: Interval) {
      self.connect = connect
      self.handshake = handshake
    }
  }

  /// Whether the peer is known to have accepted us as a client.
  public enum Acceptance: Equatable, Sendable {
    /// It has said so.
    case proven
    /// A TLS 1.3 client is done before the server has looked at its certificate.
    case awaited
    /// Nobody says so without TLS. Where an address has accepted us before, it counts as said when
    /// one message got through (docs/decisions/0012).
    case presumed
  }

  public internal(set) var phase: Phase = .idle
  /// Set in `.ready`, and only then.
  var connection: Connection?
  /// A server that refuses a client does so within a round trip or two.
  static let acceptancePause = Interval.seconds(1)
  public internal(set) var queue: MessageQueue
  var backoff: Backoff
  var limits: Limits
  /// How the next connection is used, after what the last ones did.
  var caution = Caution()
  var trust = Trust()
  /// What was resolved last, and which of it this attempt or connection uses.
  var addresses: [UInt64] = []
  var address: UInt64?
  var memory = AddressMemory()
  var discardedReported: UInt64 = 0
  /// A connection without progress for so long is not a moment behind, it is stuck.
  static let progressPause = Interval(milliseconds: 50)
  /// Without progress for so long it will not go on soon.
  static let stuckPause = Interval.seconds(1)
  /// Set once the remote is no longer configured.
  var retirement: Retirement?
  /// Whether nothing new is sent, because another sender is to take over (`Failover`).
  public var isHeld = false
  /// Whether the last attempt failed, and nothing was delivered since.
  var isDown = false
  /// Nil before the first notice of discarded messages.
  var nextDiscardReport: Instant?
  /// The shortest time between two notices, so that they do not add to the overload.
  static let discardReportPause = Interval.seconds(1)

  /// What happened to this remote's messages since the start.
  public internal(set) var counters = Counters()

  public struct Counters: Equatable, Sendable {
    /// Messages that found room in the queue.
    public var queued: UInt64 = 0
    /// Queued messages that were cut at the end, because the format has a limit (M4, B1).
    public var truncated: UInt64 = 0
    /// Messages that the peer's kernel has acknowledged.
    public var acknowledged: UInt64 = 0
    /// Messages put back into the queue because a connection was lost before they were
    /// acknowledged: the collector may see them twice (RFC 5425 §6.3, T26).
    public var requeued: UInt64 = 0
    /// Messages that are not sent again, because connections ended right behind them each time.
    public var setAside: UInt64 = 0
    /// Connections that came as far as `.ready`.
    public var connections: UInt64 = 0
    /// Attempts that failed.
    public var failures: UInt64 = 0
  }

  public init(queueCapacity: Int, backoff: Backoff, limits: Limits) {
    queue = MessageQueue(capacity: queueCapacity)
    self.backoff = backoff
    self.limits = limits
  }

  /// Failures in a row, none of which delivered anything.
  public var consecutiveFailures: Int { backoff.failures }

  /// When `deadlineReached` wants to be called, at the latest.
  public var deadline: Instant? {
    let own: Instant? =
      switch phase {
      case .idle, .stopped: nil
      case .ready: readyDeadline
      case .resolving(let deadline), .connecting(_, let deadline), .handshaking(let deadline):
        deadline
      case .backingOff(let until): until
      }
    guard let retirement else { return own }
    return min(own ?? retirement.nextLook, retirement.nextLook)
  }
}

// MARK: Connected

extension TransportSender {
  /// The handshake is complete and the policy has accepted the peer (RFC 5425 §4.2, T2), or neither
  /// was asked for.
  public mutating func secured(_ acceptance: Acceptance, now: Instant) {
    guard case .handshaking = phase else { return }
    counters.connections &+= 1
    if Feature.replay.isBuilt { queue.setInOrder(false) }
    if acceptance == .presumed {
      let isTrusted = trust.covers(address) && caution.manner != .afterSilence
      connection = Connection(
        isTrusted ? .presumed : .awaited, securedAt: now, isTrusted ? .carefully : caution.manner)
    } else {
      connection = Connection(acceptance, securedAt: now, caution.manner)
    }
    phase = .ready
  }

  /// The peer has sent something that is not a refusal.
  public mutating func acceptedByPeer() {
    connection?.acceptance = .proven
  }
}

// MARK: Failing and leaving

extension TransportSender {
  /// The attempt or the connection is over, for whatever reason, the peer's orderly close
  /// included. What it had not acknowledged will be sent again; the next attempt comes after the
  /// backoff, or at once after a connection that had delivered. The caller has reported the last
  /// `acknowledged` before and closes the connection. It is a break, if not `endsInOrder`.
  public mutating func failed(
    now: Instant, random: UInt32, _ pace: Backoff.Pace = .climbing, _ ending: Ending = .abrupt
  ) {
    guard phase != .stopped else { return }
    let hasWorked = hasWorked(now: now)
    reconsiderTrust(ending, hasWorked: hasWorked, now: now)
    leaveAddress(hasWorked: hasWorked)
    if Feature.failover.isBuilt { isDown = !hasWorked }
    if phase == .ready {
      conclude(ending, now: now)
      if hasWorked {
        phase = .backingOff(until: now + backoff.resume(random: random))
        return
      }
    } else {
      counters.failures &+= 1
      guard retirement == nil else { return stop() }
    }
    phase = .backingOff(until: now + backoff.fail(random: random, pace))
  }

  /// A connection is no more: what it had not acknowledged is to be sent again.
  mutating func requeue() {
    guard phase == .ready else { return }
    counters.requeued &+= UInt64(queue.rewind())
    queue.trimIfEmpty()
    connection = nil
  }

  public enum DeadlineAction: Equatable, Sendable {
    case none
    /// The wait is over: look the name up again.
    case resolve
    /// The name has no answer yet: report `failed`.
    case abandonLookup
    /// The address did not answer in time: close it and report `connectFailed`.
    case abandonConnect
    /// The handshake took too long: close and report `failed`.
    case abandonHandshake
    /// The collector has closed the session and leaves the connection open: report `failed`.
    case abandonConnection
    /// Report `acknowledged`, then send what may be sent.
    case proceed
  }

  /// To be called when `deadline` has come; harmless before.
  ///
  /// A clock that jumps backwards never makes a wait longer than the cap.
  public mutating func deadlineReached(now: Instant) -> DeadlineAction {
    retirement?.look(now: now)
    switch phase {
    case .idle, .stopped:
      return .none
    case .ready:
      return readyDeadlineReached(now: now)
    case .resolving(let deadline):
      return deadline <= now ? .abandonLookup : .none
    case .connecting(_, let deadline):
      return deadline <= now ? .abandonConnect : .none
    case .handshaking(let deadline):
      return deadline <= now ? .abandonHandshake : .none
    case .backingOff(let until):
      if now < until {
        phase = .backingOff(until: min(until, now + backoff.maximum))
        return .none
      }
      guard !queue.isEmpty else {
        phase = .idle
        return .none
      }
      _ = resolve(now: now)
      return .resolve
    }
  }

  /// The daemon exits: nothing is sent or tried any more. What is left in `queue` is lost.
  public mutating func stop() {
    if phase == .ready { _ = queue.rewind() }
    connection = nil
    phase = .stopped
  }
}
