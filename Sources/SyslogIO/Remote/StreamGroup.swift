internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

/// Remotes of which the first that works is sent the messages (`--failover`): the actions of a
/// `Failover` on their connections. The queue moves with the turn, so that nothing is lost between
/// two collectors.
final class StreamGroup<TLS: TLSBackend & ~Copyable> {
  /// In the order in which they are preferred; at least two.
  let members: [StreamTransport<TLS>]
  private var failover: Failover

  /// `active`: the one that has the queue.
  init(_ members: [StreamTransport<TLS>], active: Int) {
    self.members = members
    failover = Failover(of: members.count, active: active)
    for index in members.indices {
      members[index].isBackup = index > 0
      members[index].isStandby = index != active
    }
  }

  /// The one in use.
  private var holder: StreamTransport<TLS> { members[failover.active] }

  /// When `turn` wants to be called, at the latest.
  private(set) var deadline: Instant?

  private func look() {
    for index in members.indices { failover.members[index] = members[index].sender.member }
  }

  /// Does what follows from what has become of the connections.
  func turn(now: Instant) {
    let old = holder
    if failover.isHolding { old.noteAcknowledged(now: now) }
    look()
    if failover.step(now: now) { handOver(from: old, now: now) }
    holder.sender.isHeld = failover.isHolding
    look()
    for index in members.indices {
      switch failover.need(of: index) {
      case .nothing: break
      case .connect: members[index].start(now: now)
      case .rest: members[index].rest(now: now)
      }
    }
    deadline = failover.deadline
  }

  private func handOver(from old: StreamTransport<TLS>, now: Instant) {
    let new = holder
    if old.sender.member.hasSent { old.rest(now: now) }
    new.sender.exchangeMessages(
      with: &old.sender, framing: old.settings.delivery.framing, new.settings.delivery.framing)
    swap(&new.hasReportedDiscarding, &old.hasReportedDiscarding)
    if Feature.losses.isBuilt { swap(&new.lost, &old.lost) }
    // Copies are told by their numbers wherever they go.
    if Feature.replay.isBuilt { new.encoder.exchangeNumbers(with: &old.encoder) }
    (old.isStandby, new.isStandby) = (true, false)
    new.say(.takesOver(from: old.settings.name), new.isBackup ? .syslogWarning : .syslogNotice)
  }

  /// The group is no longer configured. Returns the one in use, which has the queue; the others are
  /// closed.
  func dissolve(now: Instant) -> StreamTransport<TLS> {
    let last = holder
    for member in members where member !== last { member.stopAndReport(.removal, now: now) }
    last.sender.isHeld = false
    last.isBackup = false
    return last
  }
}

extension StreamTransport where TLS: ~Copyable {
  /// Closes the connection of a remote that is not needed, or the attempt.
  fileprivate func rest(now: Instant) {
    disconnect(now: now)
    sender.rest()
  }
}

extension RemoteSettings {
  /// What takes over from it, in a program that knows of that.
  public var successor: RemoteSettings? { Feature.failover.isBuilt ? backup : nil }
}
