internal import CPosix
internal import SyslogCore
internal import TLSBackend

/// All remotes of the daemon: what every message, every turn of the loop and every answer of the
/// resolver means to each of them.
final class Remotes<TLS: TLSBackend & ~Copyable> {
  var udp: [Directed<UDPTransport>] = []
  var streams: [Directed<StreamTransport<TLS>>] = []
  let journal: Journal
  let hostname: [UInt8]
  private let resolver = Resolver()
  private var resolverSlot: Poller.Slot?
  private var slots: [Poller.Slot] = []
  private var lastID: UInt32 = 0

  /// The remotes of the command line get every message, those of the configuration what its rules
  /// say.
  init(
    _ settings: [RemoteSettings], _ configuration: Configuration, hostname: Span<UInt8>,
    journal: Journal
  ) {
    self.journal = journal
    var name: [UInt8] = []
    name.append(copying: hostname)
    self.hostname = name
    for remote in settings { add(remote, nil) }
    for remote in configuration.remotes where !isOnCommandLine(remote.settings) {
      add(remote.settings, remote.selector)
    }
  }

  /// A remote that both the command line and the configuration name gets each message once.
  func isOnCommandLine(_ remote: RemoteSettings) -> Bool {
    udp.contains { $0.selector == nil && $0.transport.settings == remote }
      || streams.contains { $0.selector == nil && $0.transport.settings == remote }
  }

  func add(_ remote: RemoteSettings, _ selector: Selector?) {
    lastID &+= 1
    let name = hostname
    switch remote.transport {
    case .udp:
      let transport = UDPTransport(remote, id: lastID, hostname: name.span, journal: journal)
      udp.append(Directed(transport: transport, selector: selector))
    case .tls, .tcp:
      let transport = StreamTransport<TLS>(
        remote, id: lastID, hostname: name.span, journal: journal)
      streams.append(Directed(transport: transport, selector: selector))
    }
  }

  /// Whether any remote needs to know what is in a datagram.
  var wantMessages: Bool {
    !streams.isEmpty || udp.contains { !$0.takesBatches }
  }
}

/// A remote, and which messages are for it.
struct Directed<Transport: AnyObject> {
  let transport: Transport
  /// Nil for a remote of the command line: everything.
  var selector: Selector?

  func wants(_ message: Message) -> Bool {
    selector?.matches(message.priority) ?? true
  }
}

extension Directed<UDPTransport> {
  /// Whether whole batches go out as they came in.
  var takesBatches: Bool { selector == nil && transport.forwardsRaw }
}

// MARK: One turn of the loop

extension Remotes where TLS: ~Copyable {
  func start(now: Instant) {
    for remote in streams where remote.transport.start(now: now) {
      resolve(remote.transport, now: now)
    }
  }

  /// The earliest time at which a remote wants to be woken.
  var deadline: Instant? {
    var earliest: Instant?
    for remote in streams {
      guard let deadline = remote.transport.deadline else { continue }
      earliest = min(earliest ?? deadline, deadline)
    }
    return earliest
  }

  /// How many messages like the last ones every connected collector's queue has room for.
  func room(forMessagesOf bytes: Int) -> Int {
    // What the header of RFC 5424 adds at the most, near enough.
    let message = bytes + 512
    var room = Int.max
    for remote in streams where remote.transport.sender.phase == .ready {
      let transport = remote.transport
      room = min(
        room, (transport.sender.queue.capacity - transport.sender.queue.queuedBytes) / message)
    }
    return room
  }

  /// Whether a working collector is a moment behind (see `InputPacing`).
  func isMomentarilyFull(now: Instant) -> Bool {
    streams.contains { $0.transport.isMomentarilyFull(now: now) }
  }

  func register(with poller: inout Poller) {
    resolverSlot = poller.add(resolver.descriptor, readable: true, writable: false)
    slots.removeAll(keepingCapacity: true)
    for remote in streams {
      let transport = remote.transport
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
      let transport = streams[index].transport
      if index < slots.count, poller.isReady(slots[index]) { transport.ready(now: now) }
      guard let deadline = transport.deadline, deadline <= now else { continue }
      if transport.deadlineReached(now: now) { resolve(transport, now: now) }
    }
    dropRetired(now: now)
  }

  /// Sends what this turn has queued.
  func flush(_ time: CalendarTime, now: Instant) {
    for remote in streams where remote.transport.flush(time, now: now) {
      resolve(remote.transport, now: now)
    }
  }
}

// MARK: Messages

extension Remotes where TLS: ~Copyable {
  /// Forwards a batch of datagrams to the UDP remotes that take them all unchanged.
  func forward(_ batch: DatagramBatch, now: Instant) {
    guard udp.contains(where: { $0.takesBatches }) else { return }
    let messages = batch.prepareForwarding()
    guard messages > 0 else { return }
    for remote in udp where remote.takesBatches {
      perform(
        remote.transport.forward(batch, messages: messages, now: now), remote.transport, now: now)
    }
  }

  /// Forwards one datagram as it came to the other remotes that want it so.
  func forward(
    datagram: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant
  ) {
    for remote in streams where remote.transport.forwardsRaw && remote.wants(message) {
      remote.transport.queue(datagram, message, time, now: now)
    }
    for remote in udp
    where remote.transport.forwardsRaw && !remote.takesBatches && remote.wants(message) {
      perform(
        remote.transport.forward(datagram, message, time, now: now), remote.transport, now: now)
    }
  }

  /// Forwards one message of a datagram to the remotes that want it in a format of its own.
  func forward(
    message piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant
  ) {
    for remote in streams where !remote.transport.forwardsRaw && remote.wants(message) {
      remote.transport.queue(piece, message, time, now: now)
    }
    for remote in udp where !remote.transport.forwardsRaw && remote.wants(message) {
      perform(
        remote.transport.forward(piece, message, time, now: now), remote.transport, now: now)
    }
  }
}

// MARK: Names

extension Remotes where TLS: ~Copyable {
  private func perform(
    _ action: DatagramSender.Action, _ transport: UDPTransport, now: Instant
  ) {
    guard action == .resolve, let failure = ask(for: transport.settings, tag: transport.id) else {
      return
    }
    transport.resolved(failure, now: now)
  }

  func resolve(_ transport: StreamTransport<TLS>, now: Instant) {
    guard let failure = ask(for: transport.settings, tag: transport.id) else { return }
    transport.resolved(failure, now: now)
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

  /// An answer for a remote that is gone meanwhile is nobody's.
  private func takeAnswers(now: Instant) {
    while let (tag, answer) = resolver.answer() {
      for remote in udp where remote.transport.id == tag {
        remote.transport.resolved(answer, now: now)
      }
      for remote in streams where remote.transport.id == tag {
        remote.transport.resolved(answer, now: now)
      }
    }
  }
}
