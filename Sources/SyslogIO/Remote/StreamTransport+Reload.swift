internal import Bytes
internal import SyslogCore
internal import TLSBackend

// What another configuration means to a remote that is connected to. Each method returns whether
// the name is to be looked up.
extension StreamTransport where TLS: ~Copyable {
  /// Reads the pins again. A connection whose peer was accepted by the same pins is kept; with
  /// others, or with none that can be read, it is ended at once, and the queue is kept.
  func reload(now: Instant) -> Bool {
    guard sender.needsReload(now: now) else { return false }
    let inForce = policy
    do throws(TLSError) {
      try readFiles()
    } catch {
      disconnect(now: now)
      fail(.failure(error), now: now)
      return false
    }
    let isSame = policy == inForce && !isContextNew
    let change: TransportSender.Change = isSame ? .none : .connection
    if change == .connection, socket != nil {
      say(.filesChanged, .syslogInfo)
      disconnect(now: now)
    }
    return sender.reload(change) == .resolve && findAddress(now: now)
  }

  /// Follows other settings for the same collector over the same transport, on a new connection.
  func adopt(_ settings: RemoteSettings, now: Instant) -> Bool {
    precondition(
      settings.transport == self.settings.transport, "a remote's transport never changes")
    disconnect(now: now)
    let action = sender.adopt(
      queueCapacity: settings.queueCapacity, backoff: settings.retry, limits: settings.limits,
      framing: self.settings.framing, to: settings.framing)
    self.settings = settings
    encoder.format = settings.effectiveFormat
    context = nil
    policy = nil
    return action == .resolve && begin(now: now)
  }

  /// The remote is no longer configured: it takes no more messages, and delivers what it has.
  func retire(now: Instant) {
    sender.retire(now: now)
  }

  /// Whether a retirement is over and the remote may be dropped; it has left in order then, and
  /// said what it did not deliver.
  func isRetired(now: Instant) -> Bool {
    guard isRetiring else { return false }
    noteAcknowledged(now: now)
    guard sender.hasRetired(now: now) else { return false }
    say(.removed, .syslogInfo)
    leave(.removal, now: now)
    return true
  }
}
