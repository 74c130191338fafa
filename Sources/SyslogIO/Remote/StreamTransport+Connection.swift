internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore
internal import TLSBackend

// What happens on the connection of a remote, and how it ends.
extension StreamTransport where TLS: ~Copyable {
  /// The socket is ready for something, or has failed.
  func ready(now: Instant) {
    switch sender.phase {
    case .connecting:
      if let failure = StreamSocket.failure(of: descriptor) {
        return connectFailed(failure, now: now)
      }
      connected(now: now)
    case .handshaking:
      handshake(now: now)
    case .ready where sender.isClosing:
      if let ending = StreamSocket.ending(of: descriptor) { closed(ending, now: now) }
    case .ready:
      blocked = nil
      guard drain(now: now), blocked == nil else { return }
      pump(now: now)
    case .idle, .resolving, .backingOff, .stopped:
      break
    }
  }

  /// The connection stands. Only a remote that asked for nothing else is sent messages now; for
  /// every other one TLS comes first.
  private func connected(now: Instant) {
    sender.connected(now: now)
    guard !Feature.tcp.isBuilt || settings.destination.transport != .tcp else {
      session = StreamSession(inClear: PlainStream(socket: descriptor))
      return secured(.notAuthenticated, now: now)
    }
    guard let context, let policy = credentials.policy else { return }
    do throws(TLSError) {
      session = StreamSession(
        over: try TLS(context, policy: policy, socket: descriptor))
    } catch {
      return fail(error, now: now)
    }
    handshake(now: now)
  }

  private func handshake(now: Instant) {
    do throws(TLSError) {
      switch try session?.handshake() {
      case .complete(let peer)?:
        let (advice, certificate) = (peer.advice, peer.certificate)
        secured(identity(of: peer), now: now)
        if let advice { say(advice) }
        note(certificate)
      case .blocked(let readiness)?: blocked = readiness
      case nil: break
      }
    } catch {
      fail(error, now: now, pace: pace(after: error))
    }
  }

  /// A chain that is not valid by a clock that is wrong may be valid as soon as NTP has answered.
  private func pace(after error: TLSError) -> Backoff.Pace {
    guard Feature.chains.isBuilt, case .authentication = error.kind,
      credentials.policy?.validatesChain == true,
      floor.isBelow(clock: SystemClock.seconds)
    else { return .climbing }
    return .held
  }

  /// Whether the server is known to have accepted us as a client. Who looks at a client's
  /// certificate may do so after the handshake, as rsyslog does, and close then: its tickets say
  /// nothing, and what its kernel acknowledged in the meantime nobody has read.
  private var isAcceptedAsClient: Bool {
    settings.trust.certificate == nil && session?.isAcceptedByPeer == true
  }

  private func secured(_ identity: Sentence, now: Instant) {
    blocked = nil
    let isPlain = settings.destination.transport == .tcp
    sender.secured(
      isPlain ? .presumed : isAcceptedAsClient ? .proven : .awaited, now: now)
    say(
      .connected(
        over: session?.negotiated, identity, settings.delivery.framing, settings.effectiveFormat),
      .syslogInfo)
    // The end may have come with the last message of the handshake.
    guard drain(now: now), blocked == nil else { return }
    pump(now: now)
  }

  /// Whom we are connected to. A key that is pinned stays out of the log; one that is not can be
  /// pinned by what is said here.
  private func identity(of peer: borrowing VerifiedPeer) -> Sentence {
    let certificate = peer.certificate
    let valid: Sentence? =
      Feature.chains.isBuilt && peer.isValidated
      ? .validCertificate(of: certificate.subject, for: settings.trust.peerName) : nil
    guard let pin = peer.pin else {
      return valid ?? .notAuthenticated(key: PinSpelling.spki(certificate.spkiFingerprint))
    }
    return valid.map { .both(.pinMatches(pin), $0) } ?? .pinMatches(pin)
  }

  /// Reads what the peer sent. False when that was the end.
  private func drain(now: Instant) -> Bool {
    do throws(TLSError) {
      switch try session?.drain() {
      case .idle?, nil: break
      case .blocked(let readiness)?: blocked = readiness
      case .peerClosed?:
        peerClosed(now: now)
        return false
      }
    } catch {
      // The end of the stream without close_notify, and without an error of the socket.
      let ending: TransportSender.Ending = error.kind == .connection(errno: 0) ? .read : .abrupt
      fail(error, now: now, ending: ending)
      return false
    }
    if isAcceptedAsClient { sender.acceptedByPeer() }
    return true
  }

  /// The peer has closed the session. Whether it had read what it was sent is seen by how the
  /// connection ends; our answer is what some peers wait for before they close that.
  private func peerClosed(now: Instant) {
    if isAcceptedAsClient { sender.acceptedByPeer() }
    guard sender.peerClosed(now: now) else { return closed(.abrupt, now: now) }
    if let ending = StreamSocket.ending(of: descriptor) { return closed(ending, now: now) }
    if session?.shutdown() == false { closed(.abrupt, now: now) }
  }

  func closed(_ ending: TransportSender.Ending, now: Instant) {
    if Feature.replay.isBuilt, ending == .read, settings.destination.transport == .tls {
      // Without TLS the end of a collector that dies looks the same.
      sender.endsInOrder()
    }
    fail(
      .closedByServer, .closed, now: now,
      priority: sender.queue.isEmpty ? .syslogNotice : .syslogErr, ending: ending)
  }
}

// MARK: Ends

extension StreamTransport where TLS: ~Copyable {
  /// Closes the connection or the attempt, with everything that belongs to it.
  func fail(
    _ reason: Sentence, _ cause: FailureCause, now: Instant, priority: Priority = .syslogErr,
    pace: Backoff.Pace = .climbing, ending: TransportSender.Ending = .abrupt
  ) {
    noteAcknowledged(now: now)
    close()
    let setAside = sender.counters.setAside
    sender.failed(now: now, random: jitter(), pace, ending)
    if sender.counters.setAside != setAside { say(.setAside) }
    report(reason, cause, now: now, priority: priority)
  }

  func fail(
    _ error: TLSError, now: Instant, pace: Backoff.Pace = .climbing,
    ending: TransportSender.Ending = .abrupt
  ) {
    fail(.failure(error), FailureCause(error.kind), now: now, pace: pace, ending: ending)
  }

  func close() {
    statistics.noteEnd(ofBytes: ciphertextSent)
    session = nil
    socket = nil
    blocked = nil
  }

  func report(
    _ reason: Sentence, _ cause: FailureCause, now: Instant, priority: Priority = .syslogErr
  ) {
    statistics.note(cause, reason)
    var pause: Interval?
    if case .backingOff(let until) = sender.phase { pause = until.since(now) }
    say(
      .failed(
        reason, next: pause, failures: sender.consecutiveFailures, waiting: waiting),
      priority)
  }

  /// Whether everything was acknowledged once, or nothing can be while the daemon is leaving, which
  /// does not wait for a name.
  func isFinished(now: Instant) -> Bool {
    noteAcknowledged(now: now)
    switch sender.phase {
    case .connecting, .handshaking, .ready: return sender.queue.count == 0 && hasAllInQueue
    case .resolving: return sender.queue.count == 0 || sender.isLookupSlow(now: now)
    case .idle, .backingOff, .stopped: return true
    }
  }

  /// Ends a connection in order: close_notify is sent and not waited for (RFC 5425 §4.4, T16).
  func disconnect(now: Instant) {
    noteAcknowledged(now: now)
    if sender.phase == .ready { session?.shutdown() }
    close()
  }

  /// Leaves for good. Returns how many messages are lost by it.
  func stop(now: Instant) -> Int {
    disconnect(now: now)
    sender.stop()
    return keepQueue(now: now)
  }

  /// The same, and logs what the collector does not get.
  func stopAndReport(_ occasion: StreamTransportEnd, now: Instant) {
    let lost = stop(now: now)
    if lost > 0 { say(.notDelivered(lost, occasion)) }
    noteDiscarded()
    let discarded = sender.discardedUnreported
    if discarded > 0 { say(.discardedUnreported(discarded, self.lost.value)) }
  }
}

/// Why a remote is closed for good. Not a part of the generic type, which ordinary Swift would look
/// for at run time, and not find (docs/decisions/0005).
enum StreamTransportEnd {
  case exit
  /// The remote is no longer configured.
  case removal
}
