// How a sender comes to a connection: the lookup of the name, and which of its addresses is tried.
extension TransportSender {
  public enum WakeAction: Equatable, Sendable {
    case none
    /// Look the name up; answer by `resolved` or `failed`.
    case resolve
  }

  /// At the start: connects even with nothing to send, so that a wrong pin or name is known at
  /// once and not with the first message.
  public mutating func start(now: Instant) -> WakeAction {
    phase == .idle ? resolve(now: now) : .none
  }

  /// An address or a route was added to this machine: who waits for the next attempt may not have to
  /// wait any longer.
  public mutating func networkChanged(now: Instant, random: UInt32) {
    guard case .backingOff(let until) = phase,
      let pause = backoff.hurry(until.since(now), random: random)
    else { return }
    phase = .backingOff(until: now + pause)
  }

  /// After messages were queued.
  public mutating func wake(now: Instant) -> WakeAction {
    phase == .idle && !queue.isEmpty ? resolve(now: now) : .none
  }

  mutating func resolve(now: Instant) -> WakeAction {
    address = nil
    phase = .resolving(deadline: now + TransportSender.resolveTimeout)
    return .resolve
  }

  public var isResolving: Bool {
    if case .resolving = phase { true } else { false }
  }

  /// Whether the name is no longer to be waited for by a daemon that exits.
  public func isLookupSlow(now: Instant) -> Bool {
    guard case .resolving(let deadline) = phase else { return false }
    return now + TransportSender.resolveTimeout >= deadline + TransportSender.exitPause
  }

  public enum ConnectAction: Equatable, Sendable {
    case none
    /// Connect to the address at this index of those that were resolved; answer by `connected`
    /// or `connectFailed`.
    case connect(index: Int)
  }

  /// The name has these addresses, each with a number that stands for it; none is a failure.
  public mutating func resolved(
    _ addresses: [UInt64], now: Instant, random: UInt32
  ) -> ConnectAction {
    guard isResolving else { return .none }
    guard !addresses.isEmpty else {
      failed(now: now, random: random)
      return .none
    }
    self.addresses = addresses
    return attempt(tried: 0, now: now)
  }

  /// The address did not answer or refused: another one follows, after the last one the backoff.
  public mutating func connectFailed(now: Instant, random: UInt32) -> ConnectAction {
    guard case .connecting(let tried, _) = phase else { return .none }
    guard tried + 1 < min(addresses.count, TransportSender.addressesPerAttempt) else {
      failed(now: now, random: random)
      return .none
    }
    leaveAddress(hasWorked: false)
    return attempt(tried: tried + 1, now: now)
  }

  private mutating func attempt(tried: Int, now: Instant) -> ConnectAction {
    let index = memory.best(of: addresses)
    address = addresses[index]
    phase = .connecting(tried: tried, deadline: now + limits.connect)
    return .connect(index: index)
  }

  /// The transport connection stands: the handshake's time begins.
  public mutating func connected(now: Instant) {
    guard case .connecting = phase else { return }
    phase = .handshaking(deadline: now + limits.handshake)
  }

  /// An address is of use when a connection to it has delivered: what only accepts connections may
  /// be a machine without a collector.
  mutating func leaveAddress(hasWorked: Bool) {
    guard let address else { return }
    hasWorked ? memory.noteSuccess(of: address) : memory.noteFailure(of: address)
    self.address = nil
  }
}
