internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore

/// One UDP remote: the actions of a `DatagramSender` on a real socket.
final class UDPTransport {
  let settings: RemoteSettings
  /// Nil for a remote of the command line: everything.
  var selector: Selector?
  private(set) var sender = DatagramSender()
  private var encoder: MessageEncoder
  private var addresses: [SocketAddress] = []
  /// The index of the one that is sent to.
  private var current = 0
  private var socket: FileDescriptor?
  private let resolver: Resolver
  private var lookup: Lookup?
  private let diagnostics: Diagnostics
  let statistics = RemoteStatistics()
  private var datagram: [UInt8] = []
  /// What was discarded, for as long as the collector was not told.
  private(set) var lost = WithLosses<LossPeriod>()

  init(
    _ settings: RemoteSettings, _ originator: Originator, resolver: Resolver,
    diagnostics: Diagnostics
  ) {
    self.settings = settings
    self.resolver = resolver
    self.diagnostics = diagnostics
    encoder = MessageEncoder(format: settings.effectiveFormat, originator)
    if settings.effectiveFormat != .raw { datagram.reserveCapacity(Message.maximumDatagram) }
    if let literal = SocketAddress(literal: settings.destination.host, port: settings.effectivePort)
    {
      addresses = settings.reachable([literal])
    }
  }

  /// Whether every datagram is sent to it, unchanged.
  var isSentBatches: Bool { selector == nil && settings.unit == .datagram }

  func wants(_ message: Message) -> Bool {
    !Feature.rules.isBuilt || selector?.matches(message.priority) ?? true
  }

  private func perform(_ action: DatagramSender.Action, now: Instant) {
    switch action {
    case .none: break
    case .resolve:
      lookup = resolver.lookUp(settings.destination.host)
      takeAnswer(now: now)
    case .abandonLookup:
      resolver.giveUp(settings.destination.host)
      reportUnresolved(.lookupTimedOut(hasBegun: lookup?.hasBegun == true))
    }
  }

  /// An address or a route was added to this machine.
  func networkChanged() { sender.networkChanged() }

  /// At SIGHUP: looks the name up again.
  func reload(now: Instant) { perform(sender.reload(now: now), now: now) }

  /// Takes the answer of the lookup, if there is one.
  func takeAnswer(now: Instant) {
    guard let answer = lookup, answer.isAnswered else { return }
    lookup = nil
    resolved(answer.addresses, answer.error, now: now)
  }

  func resolved(_ all: [SocketAddress], _ error: LookupError?, now: Instant) {
    let found = settings.reachable(all)
    sender.resolved(count: found.count, now: now)
    guard found.isEmpty else {
      addresses = found
      socket = nil
      current = -1
      chooseAddress()
      return
    }
    if let error, all.isEmpty { return reportUnresolved(.notResolved(error)) }
    reportUnresolved(.noUsableAddress)
  }

  private func reportUnresolved(_ reason: Sentence) {
    statistics.note(.lookup, reason)
    say(.nextLookup(reason, in: DatagramSender.resolutionRetry))
  }

  private func say(_ sentence: Sentence, _ priority: Priority = .syslogWarning) {
    diagnostics.write(priority, .udpRemote(settings.name, sentence))
  }

  /// Sends a batch that was prepared, unchanged.
  func send(_ batch: DatagramBatch, messages: Int, now: Instant) {
    perform(sender.refresh(now: now), now: now)
    var done = 0
    var failed: Int?
    while done < messages {
      guard open(now: now) else { return discard(messages - done, now: now) }
      let result = batch.send(
        done..<messages, through: socket?.rawValue ?? -1, to: addresses[current])
      sender.counters.sent &+= UInt64(result.sent)
      done += result.sent
      guard let failure = result.failure else { break }
      if noteFailure(failure, now: now), failed != done {
        failed = done
      } else {
        noteDiscarded(1)
        done += 1
      }
    }
    if failed == nil { noteSuccess(now: now) }
  }

  /// Sends one message on its own; a whole datagram where the format is raw.
  func send(_ piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant) {
    perform(sender.refresh(now: now), now: now)
    let encoded = encoder.encode(piece, message, at: time)
    if encoded.truncated { sender.counters.truncated &+= 1 }
    let header = encoder.header
    put(header.span.extracting(first: encoder.headerCount), piece.extracting(encoded.body))
    var hasFailed = false
    while open(now: now) {
      guard let failure = sendDatagram() else {
        sender.counters.sent &+= 1
        if !hasFailed { noteSuccess(now: now) }
        return
      }
      guard noteFailure(failure, now: now), !hasFailed else { break }
      hasFailed = true
    }
    discard(1, now: now)
  }

  /// Counts messages that there is no address or no socket for, and asks for the address.
  private func discard(_ messages: Int, now: Instant) {
    noteDiscarded(messages)
    if addresses.isEmpty { perform(sender.wake(now: now), now: now) }
  }

  private func noteDiscarded(_ messages: Int) {
    sender.counters.discarded &+= UInt64(messages)
    if Feature.losses.isBuilt { lost.add(UInt64(messages), at: SystemClock.seconds) }
  }

  /// Tells the collector how many messages were discarded (RFC 5424 §8.5), when that is over.
  func reportDiscarded(_ time: CalendarTime, now: Instant) {
    guard Feature.losses.isBuilt, let period = lost.value, period.isOver, !sender.isFailing
    else { return }
    let sentence = Sentence.unsent(period)
    let notice = Sentence.notice(sentence, process: getpid()).text.bytes
    let discarded = sender.counters.discarded
    lost.value = nil
    send(notice.span, Message(notice.span), time, now: now)
    if sender.counters.discarded == discarded { return say(sentence) }
    // The notice is none of the messages that were lost. It is sent another time.
    sender.counters.discarded = discarded
    lost.value = period
  }

  /// One datagram with one message and nothing else (RFC 5426 §3.1, D1), but for the LF that
  /// BusyBox sends behind what it forwards as it came.
  private func put(_ header: Span<UInt8>, _ body: Span<UInt8>) {
    datagram.removeAll(keepingCapacity: true)
    datagram.append(copying: header)
    datagram.append(copying: body)
    if settings.unit == .datagram { datagram.append(UInt8(ascii: "\n")) }
  }

  private func sendDatagram() -> Errno? {
    var address = addresses[current].storage
    let length = addresses[current].length
    let descriptor = socket?.rawValue ?? -1
    let sent = unsafe datagram.withUnsafeBytes { bytes in
      unsafe cposix_sendto(
        descriptor, bytes.baseAddress, bytes.count,
        CPOSIX_MSG_DONTWAIT | CPOSIX_MSG_NOSIGNAL, &address, length)
    }
    return sent < 0 ? Errno.last : nil
  }

  /// Makes sure that there is a socket. Unlike BusyBox's xsocket(), a failure is not the end.
  private func open(now: Instant) -> Bool {
    guard !addresses.isEmpty else { return false }
    guard socket == nil else { return true }
    do throws(StreamSocket.Failure) {
      let type = CPOSIX_SOCK_DGRAM | CPOSIX_SOCK_CLOEXEC | CPOSIX_SOCK_NONBLOCK
      let descriptor = CPosix.socket(addresses[current].family, type, 0)
      guard descriptor >= 0 else { throw StreamSocket.Failure(step: .open, cause: .last) }
      let made = FileDescriptor(owning: descriptor)
      try StreamSocket.place(made.rawValue, settings.destination)
      cposix_report_errors(made.rawValue, addresses[current].family)
      socket = consume made
      return true
    } catch {
      noteFailure(error.cause, now: now)
      return false
    }
  }

  /// Uses the address that is most likely to work. What came back for the last one says nothing
  /// about another.
  private func chooseAddress() {
    let best = sender.memory.best(of: SocketAddress.numbers(addresses))
    guard best != current else { return }
    current = best
    socket = nil
  }

  private func noteSuccess(now: Instant) {
    if Feature.losses.isBuilt { lost.value?.delivered(now: now) }
    if sender.sendingWorked(now: now) { say(.sendsAgain, .syslogNotice) }
    lookUpAgain(now: now)
  }

  /// Reports why the kernel did not take a datagram. It may have come back for an earlier one, which
  /// went to where nobody listens; then this one was not sent, and is worth a second try. True if so.
  @discardableResult private func noteFailure(_ failure: Errno, now: Instant) -> Bool {
    // A full socket buffer says nothing about the address.
    guard !failure.isTryAgain && failure.code != ENOBUFS else {
      lookUpAgain(now: now)
      return false
    }
    if let socket = socket?.rawValue { cposix_discard_errors(socket) }
    let isNew = sender.reports(failure.code, now: now)
    if isNew { say(.notSent(failure)) }
    statistics.note(.send, isNew ? .notSent(failure) : nil)
    // The way takes smaller ones, which the kernel knows by now.
    guard failure.code != EMSGSIZE else { return true }
    sender.memory.noteFailure(of: addresses[current].number)
    chooseAddress()
    let action = sender.sendingFailed(now: now)
    action == .none ? lookUpAgain(now: now) : perform(action, now: now)
    return true
  }

  /// A lookup that failed or hangs is due again after its wait, whether or not an older address
  /// works.
  private func lookUpAgain(now: Instant) {
    switch sender.phase {
    case .unresolved, .ready: break
    case .resolving, .waiting: perform(sender.wake(now: now), now: now)
    }
  }
}
