internal import CPosix
internal import SyslogCore
internal import TLSBackend

/// One TLS remote: the actions of a `TransportSender` on a real socket and a TLS session.
///
/// Generic over the backend and specialised by the compiler. What can go wrong ends in `fail`,
/// which closes everything, reports the first cause, and leaves the rest to the state machine.
final class TLSTransport<TLS: TLSBackend & ~Copyable> {
  /// A TLS record carries at most this much plaintext (RFC 8446 §5.1).
  private static var recordLimit: Int { 16384 }
  /// Records written in one turn of the loop before other work has its turn.
  private static var recordsPerTurn: Int { 16 }

  let settings: RemoteSettings
  private(set) var sender: TransportSender
  private var encoder: MessageEncoder
  private let journal: Journal
  private var addresses: [SocketAddress] = []
  private var context: TLS.Context?
  private var policy = PeerPolicy.pinned(PinSet(source: ""))
  private var socket: FileDescriptor?
  private var session: TLS?
  /// What the session waits for before its last verb can go on.
  private var blocked: Readiness?

  init(_ settings: RemoteSettings, hostname: Span<UInt8>, journal: Journal) {
    self.settings = settings
    self.journal = journal
    sender = TransportSender(
      queueCapacity: settings.queueCapacity, backoff: settings.retry,
      limits: TransportSender.Limits(
        connect: settings.connectTimeout, handshake: settings.handshakeTimeout))
    encoder = MessageEncoder(format: settings.effectiveFormat, hostname: hostname)
  }

  /// Whether datagrams go out as they came in, NULs and all.
  var forwardsRaw: Bool { settings.effectiveFormat == .raw }
}

// MARK: What the loop needs to know

extension TLSTransport where TLS: ~Copyable {
  /// -1 while there is no connection.
  var descriptor: Int32 { socket?.rawValue ?? -1 }

  var wantsWritable: Bool {
    switch sender.phase {
    case .connecting: true
    case .handshaking: blocked == .writable
    // More was queued than one turn writes, or the socket was full.
    case .ready: blocked == .writable || (blocked == nil && sender.queue.unsentBytes > 0)
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

// MARK: Attempts

extension TLSTransport where TLS: ~Copyable {
  /// Connects at once, so that what is wrong is known at the start. Returns whether the name is
  /// to be looked up.
  func start(now: Instant) -> Bool {
    sender.start() == .resolve && begin(now: now)
  }

  /// To be called when `sender.deadline` has come. Returns whether the name is to be looked up.
  func deadlineReached(now: Instant) -> Bool {
    switch sender.deadlineReached(now: now) {
    case .none:
      return false
    case .resolve:
      return begin(now: now)
    case .abandonConnect:
      connectFailed(Errno(code: ETIMEDOUT), now: now)
      return false
    case .abandonHandshake:
      let seconds = settings.handshakeTimeout.milliseconds / 1000
      fail("the TLS handshake was not complete after \(seconds) s", now: now)
      return false
    }
  }

  /// Reads the pins and, for an address literal, goes straight on to connecting.
  private func begin(now: Instant) -> Bool {
    do throws(TLSError) {
      let context: TLS.Context
      if let made = self.context { context = made } else { context = try TLS.Context(settings.tls) }
      self.context = context
      policy = try PinLoader.policy(for: settings, using: context)
    } catch {
      fail(error.reason, now: now)
      return false
    }
    guard let literal = SocketAddress(literal: settings.host, port: settings.effectivePort) else {
      return true
    }
    resolved(.addresses([literal]), now: now)
    return false
  }

  func resolved(_ answer: Resolver.Answer, now: Instant) {
    switch answer {
    case .addresses(let found) where !found.isEmpty:
      addresses = found
      perform(sender.resolved(count: found.count, now: now, random: jitter()), now: now)
    case .addresses:
      fail("the name has no address", now: now)
    case .failure(let error):
      fail("cannot resolve the name: \(error.words)", now: now)
    }
  }

  private func perform(_ action: TransportSender.ConnectAction, now: Instant) {
    guard case .connect(let index) = action, index < addresses.count else { return }
    do throws(Errno) {
      socket = try StreamSocket.connect(to: addresses[index], from: settings.source)
    } catch {
      connectFailed(error, now: now)
    }
  }

  /// The address did not work: the next one is tried, after the last one the backoff begins.
  private func connectFailed(_ failure: Errno, now: Instant) {
    socket = nil
    let action = sender.connectFailed(now: now, random: jitter())
    guard action == .none else { return perform(action, now: now) }
    report("cannot connect: \(failure.words)", now: now)
  }
}

// MARK: Events of the connection

extension TLSTransport where TLS: ~Copyable {
  /// The socket is ready for something, or has failed.
  func ready(now: Instant) {
    switch sender.phase {
    case .connecting:
      if let failure = StreamSocket.failure(of: descriptor) {
        return connectFailed(failure, now: now)
      }
      beginHandshake(now: now)
    case .handshaking:
      handshake(now: now)
    case .ready:
      blocked = nil
      guard drain(now: now), blocked == nil else { return }
      pump(now: now)
    case .idle, .resolving, .backingOff, .stopped:
      break
    }
  }

  private func beginHandshake(now: Instant) {
    sender.connected(now: now)
    guard let context else { return }
    do throws(TLSError) {
      session = try TLS(context, policy: policy, socket: descriptor)
    } catch {
      return fail(error.reason, now: now)
    }
    handshake(now: now)
  }

  private func handshake(now: Instant) {
    do throws(TLSError) {
      switch try session?.handshake() {
      case .complete(let peer)?: secured(peer, now: now)
      case .blocked(let readiness)?: blocked = readiness
      case nil: break
      }
    } catch {
      fail(error.reason, now: now)
    }
  }

  private func secured(_ peer: borrowing VerifiedPeer, now: Instant) {
    blocked = nil
    sender.secured()
    var identity: Text = "not authenticated"
    if case .pinned(let index) = peer.basis {
      identity = "pin \(index + 1) matches"
    }
    let version = session?.negotiated.version ?? "TLS"
    let suite = session?.negotiated.cipherSuite ?? "unknown suite"
    journal.write(
      .syslogInfo,
      "remote \(settings.name): connected, \(version) \(suite), server key "
        + "\(PinSpelling.spki(peer.evidence.spkiFingerprint)) \(identity), "
        + "\(settings.framing.words), format \(settings.effectiveFormat.words)")
    pump(now: now)
  }

  /// Reads what the peer sent. False when that was the end.
  private func drain(now: Instant) -> Bool {
    do throws(TLSError) {
      switch try session?.drain() {
      case .idle?, nil: return true
      case .blocked(let readiness)?:
        blocked = readiness
        return true
      case .peerClosed?:
        fail("the server closed the connection", now: now)
        return false
      }
    } catch {
      fail(error.reason, now: now)
      return false
    }
  }
}

// MARK: Messages

extension TLSTransport where TLS: ~Copyable {
  /// Queues one message. When there is no room, what is queued is sent first.
  func queue(_ piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant) {
    let encoded = encoder.encode(piece, message, at: time)
    let length = encoder.headerCount + encoded.body.count
    if !sender.queue.hasRoom(for: length, settings.framing) { pump(now: now) }
    let header = encoder.header
    _ = sender.queue(
      encoded.severity, settings.framing,
      header: header.span.extracting(first: encoder.headerCount),
      body: piece.extracting(encoded.body))
  }

  /// Sends what was queued in this turn, or begins to connect. Returns whether the name is to be
  /// looked up.
  func flush(_ time: CalendarTime, now: Instant) -> Bool {
    if sender.phase == .ready {
      reportDiscarded(time, now: now)
      if blocked == nil { pump(now: now) }
    }
    return sender.wake() == .resolve && begin(now: now)
  }

  /// Writes records until the socket is full or everything is sent.
  private func pump(now: Instant) {
    do throws(TLSError) {
      for _ in 0..<TLSTransport.recordsPerTurn {
        let step = try sender.withRun(limit: TLSTransport.recordLimit) { run throws(TLSError) in
          try write(run)
        }
        guard case .accepted(let count)? = step else {
          if case .blocked(let readiness)? = step { blocked = readiness }
          break
        }
        blocked = nil
        sender.accepted(count, ciphertext: session?.ciphertextSent ?? 0, now: now)
      }
      // Asking the kernel costs a system call: only when the room is needed.
      if sender.queue.queuedBytes > sender.queue.capacity / 2 { noteAcknowledged(now: now) }
    } catch {
      fail(error.reason, now: now)
    }
  }

  /// Whether reading the log socket a moment later would save messages from being discarded.
  func isMomentarilyFull(now: Instant) -> Bool {
    guard sender.isMomentarilyFull(now: now) else { return false }
    // The room may be there and not be known yet.
    noteAcknowledged(now: now)
    return sender.isMomentarilyFull(now: now)
  }

  private func write(_ run: Span<UInt8>) throws(TLSError) -> WriteStep {
    guard let step = try session?.write(run) else {
      throw TLSError(.connection(errno: 0), "there is no session")
    }
    return step
  }

  /// Counts what the peer's kernel has acknowledged.
  func noteAcknowledged(now: Instant) {
    guard sender.phase == .ready, let sent = session?.ciphertextSent else { return }
    let outstanding = cposix_unacknowledged(descriptor)
    guard outstanding >= 0, sent >= UInt64(outstanding) else { return }
    sender.acknowledged(ciphertext: sent - UInt64(outstanding), now: now)
  }

  /// Tells the collector how many of its messages were discarded (RFC 5424 §8.5, M16).
  private func reportDiscarded(_ time: CalendarTime, now: Instant) {
    let count = sender.discardedToReport(now: now)
    guard count > 0, sender.queue.queuedBytes < sender.queue.capacity / 2 else { return }
    let text: Text =
      "<44>syslogd[\(getpid())]: \(count) messages for this collector were discarded: "
      + "its queue of \(sender.queue.capacity) bytes was full"
    let bytes = text.bytes
    queue(bytes.span, Message(bytes.span), time, now: now)
    sender.reportedDiscarded(count, now: now)
    journal.write(
      .syslogWarning,
      "remote \(settings.name): \(count) messages were discarded, the queue was full")
  }
}

// MARK: Ends

extension TLSTransport where TLS: ~Copyable {
  /// Closes the connection or the attempt, with everything that belongs to it.
  private func fail(_ reason: Text, now: Instant) {
    noteAcknowledged(now: now)
    close()
    sender.failed(now: now, random: jitter())
    report(reason, now: now)
  }

  private func close() {
    session = nil
    socket = nil
    blocked = nil
  }

  private func report(_ reason: Text, now: Instant) {
    var text: Text = "remote \(settings.name): \(reason)"
    if case .backingOff(let until) = sender.phase {
      let wait = until.since(now).milliseconds
      text += "; next attempt in \(wait / 1000).\(wait / 100 % 10) s"
      if sender.consecutiveFailures > 1 {
        text += " (failure \(sender.consecutiveFailures) in a row)"
      }
    }
    if !sender.queue.isEmpty { text += "; \(sender.queue.count) messages wait" }
    journal.write(.syslogErr, text)
  }

  /// Whether everything was acknowledged, or nothing can be while the daemon is leaving.
  func isFinished(now: Instant) -> Bool {
    noteAcknowledged(now: now)
    switch sender.phase {
    case .connecting, .handshaking, .ready, .resolving: return sender.queue.isEmpty
    case .idle, .backingOff, .stopped: return true
    }
  }

  /// Leaves: close_notify is sent and not waited for (RFC 5425 §4.4, T16). Returns how many
  /// messages are lost by it.
  func stop(now: Instant) -> Int {
    noteAcknowledged(now: now)
    let unsent = sender.queue.count
    if sender.phase == .ready { _ = try? session?.shutdown() }
    close()
    sender.stop()
    return unsent
  }
}
