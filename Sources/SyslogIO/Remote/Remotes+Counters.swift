internal import Bytes
internal import SyslogCore
internal import TLSBackend

// How the remotes end, and what they have counted.
extension Remotes where TLS: ~Copyable {
  /// Whether nothing is left to wait for at the end.
  func isFinished(now: Instant) -> Bool { streams.allSatisfy { $0.isFinished(now: now) } }

  func stop(now: Instant) {
    for transport in streams { transport.leave("before the end", now: now) }
  }

  /// One line per remote with its counters.
  func report(now: Instant) {
    for transport in udp {
      let counters = transport.sender.counters
      diagnostics.write(
        .syslogInfo,
        "remote \(transport.settings.name) (udp): sent \(counters.sent), "
          + "truncated \(counters.truncated), discarded \(counters.discarded)")
    }
    for transport in streams {
      transport.noteAcknowledged(now: now)
      let counters = transport.sender.counters
      diagnostics.write(
        .syslogInfo,
        "remote \(transport.settings.name) (\(transport.settings.transport.words)): "
          + "\(transport.sender.phase.words), "
          + "queued \(counters.queued), truncated \(counters.truncated), "
          + "acknowledged \(counters.acknowledged), "
          + "waiting \(transport.sender.queue.count), requeued \(counters.requeued), "
          + "discarded \(transport.sender.queue.discarded.total), "
          + "connections \(counters.connections), failures \(counters.failures)")
    }
  }
}

/// "1 message", "2 messages".
func messages(_ count: UInt64) -> Text {
  count == 1 ? "1 message" : "\(count) messages"
}

extension TransportSender.Phase {
  /// One word for the log.
  var words: Text {
    switch self {
    case .idle: "idle"
    case .resolving: "resolving"
    case .connecting: "connecting"
    case .handshaking: "handshaking"
    case .ready: "ready"
    case .backingOff: "waiting to try again"
    case .stopped: "stopped"
    }
  }
}

extension RemoteSettings.Transport {
  var words: Text {
    switch self {
    case .udp: "udp"
    case .tls: "tls"
    case .tcp: "tcp"
    }
  }
}

extension Framing {
  var words: Text {
    switch self {
    case .octetCounting: "framing octet"
    case .lineFeed: "framing lf"
    }
  }
}

extension MessageFormat {
  var words: Text {
    switch self {
    case .raw: "raw"
    case .rfc3164: "3164"
    case .rfc5424: "5424"
    }
  }
}
