internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore
internal import TLSBackend

/// One remote that is connected to, over TLS or plain TCP: the actions of a `TransportSender` on a
/// real socket and a session.
///
/// Generic over the backend and specialised by the compiler, once for both kinds. What can go wrong
/// ends in `fail`, which closes everything, reports the first cause, and leaves the rest to the
/// state machine.
final class StreamTransport<TLS: TLSBackend & ~Copyable> {
  /// A TLS record carries at most this much plaintext (RFC 8446 §5.1).
  static var recordLimit: Int { SessionLimits.record }
  /// Records written in one turn of the loop before other work has its turn.
  static var recordsPerTurn: Int { 16 }

  var settings: RemoteSettings
  /// Nil for a remote of the command line: everything.
  var selector: Selector?
  /// Of a `StreamGroup`: whether it is not the first, and whether another is in use.
  var isBackup = false
  var isStandby = false
  var sender: TransportSender
  var encoder: MessageEncoder
  let resolver: Resolver
  /// What this remote waits for, or what came too late.
  var lookup: Lookup?
  /// When it was too late for its attempt.
  var lateAnswer: Instant?
  let diagnostics: Diagnostics
  let floor: ClockFloor
  var addresses: [SocketAddress] = []
  /// Nil before the first attempt, and while there can be none.
  var context: TLS.Context?
  var credentials = TLSCredentials()
  /// Whether the files were read since the last SIGHUP, at which they may have become others.
  var hasReadFiles = false
  var socket: FileDescriptor?
  var session: StreamSession<TLS>?
  /// What the session waits for before its last verb can go on.
  var blocked: Readiness?
  let statistics = RemoteStatistics()
  /// Without a value while there is none that can be used.
  var spooling = WithSpool<RemoteSpool>()
  /// When to look again for one that could not be used.
  var spoolRetry = WithSpool<Instant>()
  /// Whether the local log knows that messages are being discarded; once until the collector does.
  var hasReportedDiscarding = false
  /// When those were discarded that the collector does not know of.
  var lost = WithLosses<LossPeriod>()

  init(
    _ settings: RemoteSettings, _ originator: Originator, resolver: Resolver,
    floor: ClockFloor, diagnostics: Diagnostics
  ) {
    self.settings = settings
    self.resolver = resolver
    self.floor = floor
    self.diagnostics = diagnostics
    sender = TransportSender(
      queueCapacity: settings.delivery.queueCapacity ?? QueueMemory.least,
      backoff: settings.delivery.retry,
      limits: settings.limits)
    encoder = MessageEncoder(format: settings.effectiveFormat, originator)
    followReplay()
  }

  /// Keeps acknowledged messages and gives numbers, or does not, as the settings say.
  func followReplay() {
    guard Feature.replay.isBuilt else { return }
    sender.setReplayLimit(settings.delivery.replay)
    encoder.isNumbered = settings.delivery.replay > 0
  }

  func wants(_ message: Message) -> Bool {
    if Feature.failover.isBuilt, isStandby { return false }
    return !Feature.rules.isBuilt || selector?.matches(message.priority) ?? true
  }

  /// Says something about this remote in the local log.
  func say(_ sentence: Sentence, _ priority: Priority = .syslogWarning) {
    diagnostics.write(priority, .remote(settings.name, sentence))
  }
}

// MARK: What the loop needs to know

extension StreamTransport where TLS: ~Copyable {
  /// When `deadlineReached` wants to be called.
  var deadline: Instant? {
    guard let spoolDeadline else { return sender.deadline }
    return min(sender.deadline ?? spoolDeadline, spoolDeadline)
  }

  /// Whether the remote is no longer configured, and only delivers what it has.
  var isRetiring: Bool { Feature.rules.isBuilt && sender.isRetiring }

  /// -1 while there is no connection.
  var descriptor: Int32 { socket?.rawValue ?? -1 }

  var wantsWritable: Bool {
    switch sender.phase {
    case .connecting: true
    case .handshaking: blocked == .writable
    // More was queued than one turn writes, or the socket was full.
    case .ready: blocked == .writable || (blocked == nil && sender.wantsToWrite)
    case .idle, .resolving, .backingOff, .stopped: false
    }
  }

  /// Always, once there is a session: a sender that does not read learns too late.
  var wantsReadable: Bool {
    switch sender.phase {
    case .handshaking, .ready: true
    case .connecting, .idle, .resolving, .backingOff, .stopped: false
    }
  }
}

extension RemoteSettings {
  var limits: TransportSender.Limits {
    TransportSender.Limits(connect: delivery.connectTimeout, handshake: delivery.handshakeTimeout)
  }
}
