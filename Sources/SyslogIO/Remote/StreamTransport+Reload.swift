internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

// What SIGHUP means to a remote that is connected to: its files are read again, its settings are
// others, or it is no longer configured.
extension StreamTransport where TLS: ~Copyable {
  /// Reads the pins again. A connection whose peer was accepted by the same pins is kept; with
  /// others, or with none that can be read, it is ended at once, and the queue is kept.
  func rereadFiles(now: Instant) {
    guard sender.phase != .stopped, !hasReadFiles else { return }
    let (context, policy) = (context, credentials.policy)
    do throws(TLSError) {
      try readFiles()
    } catch {
      disconnect(now: now)
      sender.endsInOrder()
      return fail(error, now: now)
    }
    let isSame = self.context === context && credentials.policy == policy
    let change: TransportSender.Change = isSame ? .none : .connection
    if change == .connection, socket != nil {
      say(.filesChanged, .syslogInfo)
      disconnect(now: now)
    }
    if sender.filesReread(change, now: now) == .resolve { findAddress(now: now) }
  }

  /// Changes the settings to others for the same collector over the same transport, and connects
  /// anew. The queue is kept.
  func changeSettings(to settings: RemoteSettings, now: Instant) {
    // Another remote may take over from it, or none any more.
    guard isRetiring || !settings.equalsAlone(self.settings) else {
      self.settings = settings
      return
    }
    precondition(
      settings.destination.transport == self.settings.destination.transport,
      "a remote's transport never changes")
    disconnect(now: now)
    let action = sender.changeSettings(
      queueCapacity: settings.delivery.queueCapacity ?? sender.queue.capacity,
      backoff: settings.delivery.retry,
      limits: settings.limits,
      framing: self.settings.delivery.framing, to: settings.delivery.framing, now: now)
    if Feature.spool.isBuilt {
      if settings.spool?.path != self.settings.spool?.path { closeSpool(now: now) }
      spooling.value?.spool.dailyLimit = settings.spool?.dailyLimit ?? 0
    }
    self.settings = settings
    encoder.format = settings.effectiveFormat
    followReplay()
    context = nil
    credentials = TLSCredentials()
    perform(action, now: now)
  }

  /// The remote is no longer configured: it accepts no more messages, and delivers what it has.
  func retire(now: Instant) {
    // Another remote may have the same file from now on.
    closeSpool(now: now)
    sender.retire(now: now)
  }

  /// Whether a retirement is over and the remote may be dropped. Its connection is closed in order
  /// then, and what it did not deliver is logged.
  func isRetired(now: Instant) -> Bool {
    guard isRetiring else { return false }
    noteAcknowledged(now: now)
    guard sender.hasRetired(now: now) else { return false }
    say(.removed, .syslogInfo)
    stopAndReport(.removal, now: now)
    return true
  }
}
