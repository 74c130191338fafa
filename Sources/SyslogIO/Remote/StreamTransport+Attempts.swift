internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore
internal import TLSBackend

// How a remote comes to a connection: pins, names, addresses.
extension StreamTransport where TLS: ~Copyable {
  /// Connects at once, so that what is wrong is known at the start.
  func start(now: Instant) {
    perform(sender.start(now: now), now: now)
  }

  /// To be called when `sender.deadline` has come.
  func deadlineReached(now: Instant) {
    switch sender.deadlineReached(now: now) {
    case .none: if spoolDeadline != nil { noteAcknowledged(now: now) }
    case .resolve: beginAttempt(now: now)
    case .abandonLookup:
      resolver.giveUp(settings.destination.host)
      fail(.lookupTimedOut(hasBegun: lookup?.hasBegun == true), .lookup, now: now)
    case .abandonConnect:
      connectFailed(
        StreamSocket.Failure(step: .connect, cause: Errno(code: ETIMEDOUT)), now: now)
    case .abandonHandshake:
      fail(
        .handshakeTimedOut(after: settings.delivery.handshakeTimeout), .handshakeTimeout, now: now)
    case .abandonConnection: closed(.abrupt, now: now)
    // What may be sent then is sent at the end of the turn.
    case .proceed: noteAcknowledged(now: now)
    }
  }

  func perform(_ action: TransportSender.WakeAction, now: Instant) {
    if action == .resolve { beginAttempt(now: now) }
  }

  /// Reads the pins, then looks for the address.
  private func beginAttempt(now: Instant) {
    do throws(TLSError) {
      try readFiles()
    } catch {
      return fail(error, now: now)
    }
    findAddress(now: now)
  }

  /// Reads what TLS needs as it is written now.
  func readFiles() throws(TLSError) {
    hasReadFiles = true
    guard TLS.isPresent, settings.destination.transport == .tls else { return }
    let previous = context
    defer {
      if Feature.fipsMode.isBuilt, let context, context !== previous,
        let module = context.fipsModule
      {
        say(.fipsModule(module), .syslogInfo)
      }
    }
    try credentials.read(settings.trust, floor, for: &context)
  }

  /// Asks for the addresses of the name; with an address literal, goes straight on to connecting.
  func findAddress(now: Instant) {
    if let literal = SocketAddress(literal: settings.destination.host, port: settings.effectivePort)
    {
      return resolved([literal], nil, now: now)
    }
    // What was asked for by the last attempt may have an answer by now, or soon.
    if let late = lateAnswer, now.since(late) > TransportSender.lateAnswerLimit { lookup = nil }
    lateAnswer = nil
    if lookup?.isAnswered != true { lookup = resolver.lookUp(settings.destination.host) }
    takeAnswer(now: now)
  }

  /// Takes the answer of the lookup, if there is one. Addresses that come too late are for the next
  /// attempt.
  func takeAnswer(now: Instant) {
    guard let answer = lookup, answer.isAnswered else { return }
    guard sender.isResolving else {
      if answer.addresses.isEmpty { lookup = nil }
      if lateAnswer == nil { lateAnswer = now }
      return
    }
    lookup = nil
    resolved(answer.addresses, answer.error, now: now)
  }

  func resolved(_ found: [SocketAddress], _ error: LookupError?, now: Instant) {
    if let error, found.isEmpty { return fail(.notResolved(error), .lookup, now: now) }
    addresses = settings.reachable(found)
    guard !addresses.isEmpty else { return fail(.noUsableAddress, .lookup, now: now) }
    perform(sender.resolved(SocketAddress.numbers(addresses), now: now, random: jitter()), now: now)
  }

  func perform(_ action: TransportSender.ConnectAction, now: Instant) {
    guard case .connect(let index) = action, index < addresses.count else { return }
    do throws(StreamSocket.Failure) {
      socket = try StreamSocket.connect(to: addresses[index], for: settings)
    } catch {
      connectFailed(error, now: now)
    }
  }

  /// The address did not work: another one is tried, after the last one the backoff begins.
  func connectFailed(_ failure: StreamSocket.Failure, now: Instant) {
    socket = nil
    let action = sender.connectFailed(now: now, random: jitter())
    guard action == .none else { return perform(action, now: now) }
    report(failure.reason, .connect, now: now)
  }
}
