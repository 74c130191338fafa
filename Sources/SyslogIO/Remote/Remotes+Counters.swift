internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

// How the remotes end, and what they have counted.
extension Remotes where TLS: ~Copyable {
  /// Whether nothing is left to wait for at the end.
  func isFinished(now: Instant) -> Bool {
    var isFinished = true
    eachStream { if !$0.isFinished(now: now) { isFinished = false } }
    return isFinished
  }

  func stop(now: Instant) {
    eachStream { $0.stopAndReport(.exit, now: now) }
  }

  /// One line per remote with its counters.
  func report(now: Instant) {
    for transport in udp {
      diagnostics.write(
        .syslogInfo,
        .udpRemote(transport.settings.name, .counters(transport.sender.counters)))
    }
    eachStream { transport in
      transport.noteAcknowledged(now: now)
      let settings = transport.settings
      diagnostics.write(
        .syslogInfo,
        .streamRemote(
          settings.name, settings.destination.transport, .counters(of: transport.sender)))
    }
  }
}
