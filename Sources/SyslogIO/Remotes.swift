internal import CPosix
internal import SyslogCore
internal import TLSBackend

/// All remotes of the daemon: what every message, every turn of the loop and every answer of the
/// resolver means to each of them.
final class Remotes<TLS: TLSBackend & ~Copyable> {
  private var udp: [UDPTransport] = []
  private var streams: [StreamTransport<TLS>] = []
  private let resolver = Resolver()
  private let journal: Journal
  private var resolverSlot: Poller.Slot?
  private var slots: [Poller.Slot] = []
  private let wantsRawUDP: Bool
  /// Whether any remote needs to know what is in a datagram.
  let wantMessages: Bool

  init(_ settings: [RemoteSettings], hostname: Span<UInt8>, journal: Journal) {
    self.journal = journal
    for remote in settings {
      switch remote.transport {
      case .udp: udp.append(UDPTransport(remote, hostname: hostname, journal: journal))
      case .tls, .tcp:
        streams.append(
          StreamTransport<TLS>(
            remote, id: UInt32(streams.count) * 2 + 1, hostname: hostname, journal: journal))
      }
    }
    wantsRawUDP = udp.contains { $0.forwardsRaw }
    wantMessages = udp.contains { !$0.forwardsRaw } || !streams.isEmpty
  }
}

// MARK: One turn of the loop

extension Remotes where TLS: ~Copyable {
  func start(now: Instant) {
    for index in streams.indices where streams[index].start(now: now) {
      resolve(stream: index, now: now)
    }
  }

  /// The earliest time at which a remote wants to be woken.
  var deadline: Instant? {
    var earliest: Instant?
    for transport in streams {
      guard let deadline = transport.sender.deadline else { continue }
      earliest = min(earliest ?? deadline, deadline)
    }
    return earliest
  }

  /// How many messages like the last ones every connected collector's queue has room for.
  func room(forMessagesOf bytes: Int) -> Int {
    // What the header of RFC 5424 adds at the most, near enough.
    let message = bytes + 512
    var room = Int.max
    for transport in streams where transport.sender.phase == .ready {
      room = min(
        room, (transport.sender.queue.capacity - transport.sender.queue.queuedBytes) / message)
    }
    return room
  }

  /// Whether a working collector is a moment behind (see `InputPacing`).
  func isMomentarilyFull(now: Instant) -> Bool {
    streams.contains { $0.isMomentarilyFull(now: now) }
  }

  func register(with poller: inout Poller) {
    resolverSlot = poller.add(resolver.descriptor, readable: true, writable: false)
    slots.removeAll(keepingCapacity: true)
    for transport in streams {
      slots.append(
        poller.add(
          transport.descriptor, readable: transport.wantsReadable,
          writable: transport.wantsWritable))
    }
  }

  /// Performs what became possible or due.
  func turn(_ poller: borrowing Poller, now: Instant) {
    if let resolverSlot, poller.isReady(resolverSlot) { takeAnswers(now: now) }
    for index in streams.indices {
      if index < slots.count, poller.isReady(slots[index]) { streams[index].ready(now: now) }
      guard let deadline = streams[index].sender.deadline, deadline <= now else { continue }
      if streams[index].deadlineReached(now: now) { resolve(stream: index, now: now) }
    }
  }

  /// Sends what this turn has queued.
  func flush(_ time: CalendarTime, now: Instant) {
    for index in streams.indices where streams[index].flush(time, now: now) {
      resolve(stream: index, now: now)
    }
  }
}

// MARK: Messages

extension Remotes where TLS: ~Copyable {
  /// Forwards a batch of datagrams to the UDP remotes that take them unchanged.
  func forward(_ batch: DatagramBatch, now: Instant) {
    guard wantsRawUDP else { return }
    let messages = batch.prepareForwarding()
    guard messages > 0 else { return }
    for index in udp.indices where udp[index].forwardsRaw {
      perform(udp[index].forward(batch, messages: messages, now: now), index, now: now)
    }
  }

  /// Forwards one datagram as it came to the connected remotes that want it so.
  func forward(
    datagram: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant
  ) {
    for transport in streams where transport.forwardsRaw {
      transport.queue(datagram, message, time, now: now)
    }
  }

  /// Forwards one message of a datagram to the remotes that want it in a format of its own.
  func forward(
    message piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant
  ) {
    for transport in streams where !transport.forwardsRaw {
      transport.queue(piece, message, time, now: now)
    }
    for index in udp.indices where !udp[index].forwardsRaw {
      perform(udp[index].forward(piece, message, time, now: now), index, now: now)
    }
  }
}

// MARK: Names

extension Remotes where TLS: ~Copyable {
  // A tag tells the remotes apart in the resolver's answers: UDP remotes are even, the others odd.

  private func perform(_ action: DatagramSender.Action, _ index: Int, now: Instant) {
    guard action == .resolve,
      let failure = ask(for: udp[index].settings, tag: UInt32(index) * 2)
    else { return }
    udp[index].resolved(failure, now: now)
  }

  private func resolve(stream index: Int, now: Instant) {
    guard let failure = ask(for: streams[index].settings, tag: streams[index].id) else { return }
    streams[index].resolved(failure, now: now)
  }

  /// The answer at once when the question cannot even be asked.
  private func ask(for remote: RemoteSettings, tag: UInt32) -> Resolver.Answer? {
    do throws(Errno) {
      try resolver.ask(remote.host, port: remote.effectivePort, tag: tag)
      return nil
    } catch {
      return .failure(LookupError(code: EAI_AGAIN))
    }
  }

  private func takeAnswers(now: Instant) {
    while let (tag, answer) = resolver.answer() {
      let index = Int(tag / 2)
      if tag % 2 == 0, index < udp.count { udp[index].resolved(answer, now: now) }
      if tag % 2 == 1, index < streams.count { streams[index].resolved(answer, now: now) }
    }
  }
}

// MARK: Leaving and counting

extension Remotes where TLS: ~Copyable {
  /// Whether nothing is left to wait for at the end.
  func isFinished(now: Instant) -> Bool { streams.allSatisfy { $0.isFinished(now: now) } }

  func stop(now: Instant) {
    for transport in streams {
      let lost = transport.stop(now: now)
      if lost > 0 {
        journal.write(
          .syslogWarning,
          "remote \(transport.settings.name): \(messages(lost)) not delivered before the end")
      }
      let discarded = transport.sender.discardedUnreported
      if discarded > 0 {
        journal.write(
          .syslogWarning,
          "remote \(transport.settings.name): \(messages(discarded)) discarded, and the "
            + "collector was not told")
      }
    }
  }

  /// One line per remote with its counters.
  func report(now: Instant) {
    for transport in udp {
      let counters = transport.sender.counters
      journal.write(
        .syslogInfo,
        "remote \(transport.settings.name) (udp): sent \(counters.sent), "
          + "truncated \(counters.truncated), discarded \(counters.discarded)")
    }
    for transport in streams {
      transport.noteAcknowledged(now: now)
      let counters = transport.sender.counters
      journal.write(
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
func messages(_ count: some FixedWidthInteger) -> Text {
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
