internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore
internal import TLSBackend

/// All remotes of the daemon: what every message, every turn of the loop and every answer of the
/// resolver means to each of them.
final class Remotes<TLS: TLSBackend & ~Copyable> {
  var udp: [UDPTransport] = []
  var streams: [StreamTransport<TLS>] = []
  /// Those of them of which one is in use at a time.
  var groups: [StreamGroup<TLS>] = []
  /// Whether there can be any. Known to the compiler: a program with UDP alone has no code for them.
  private static var hasStreams: Bool { TLS.isPresent || Feature.tcp.isBuilt }
  let diagnostics: Diagnostics
  let originator: Originator
  private let floor: ClockFloor
  let resolver = Resolver()
  private var resolverSlot: Poller.Slot?
  /// Where the kernel tells of new addresses and routes, and of links.
  private let routes = FileDescriptor(
    owning: Feature.networkEvents.isBuilt ? cposix_open_routes() : -1)
  private var routesSlot: Poller.Slot?
  /// Which links are known to work.
  private var runningLinks: UInt64 = 0
  /// Messages of it that are read in one turn.
  private static var routesPerTurn: Int { 64 }
  private var slots: [Poller.Slot] = []
  /// When certificates are looked at again.
  private var nextLook = Instant(milliseconds: 0)

  /// The remotes of the command line get every message, those of the configuration what its rules
  /// say.
  init(
    _ settings: [RemoteSettings], _ configuration: Configuration, _ originator: Originator,
    floor: ClockFloor, diagnostics: Diagnostics
  ) {
    self.diagnostics = diagnostics
    self.floor = floor
    self.originator = originator
    for remote in settings { add(remote, nil) }
    if Feature.rules.isBuilt {
      for remote in configuration.remotes where !isOnCommandLine(remote.settings) {
        add(remote.settings, remote.selector)
      }
    }
    shareMemory()
  }

  /// Gives the queues that have no size of their own equal shares of the memory for all of them.
  func shareMemory() {
    guard Remotes.hasStreams else { return }
    var count = 0
    for transport in streams where transport.sharesMemory { count += 1 }
    guard count > 0 else { return }
    let share = QueueMemory.share(of: cposix_memory(), among: count)
    for transport in streams where transport.sharesMemory {
      transport.sender.setQueueCapacity(share)
    }
  }

  /// Opens the spools that are not open yet.
  func openSpools(now: Instant) {
    guard Feature.spool.isBuilt else { return }
    eachStream { $0.openSpool(now: now) }
  }

  /// A remote that both the command line and the configuration name gets each message once.
  func isOnCommandLine(_ remote: RemoteSettings) -> Bool {
    for transport in udp where transport.selector == nil && transport.settings.equals(remote) {
      return true
    }
    for transport in streams
    where transport.selector == nil && !transport.isBackup && transport.settings.equals(remote) {
      return true
    }
    return false
  }

  func add(_ remote: RemoteSettings, _ selector: Selector?) {
    switch remote.destination.transport {
    case .udp:
      let transport = UDPTransport(
        remote, originator, resolver: resolver, diagnostics: diagnostics)
      transport.selector = selector
      udp.append(transport)
    case .tls, .tcp:
      guard Remotes.hasStreams else { return }
      var none: [StreamTransport<TLS>] = []
      _ = addStreams(remote, selector, reusing: &none, now: nextLook)
    }
  }

  /// Adds a remote and those that take over from it: those of `pool` that are for the same collectors,
  /// with their queues, or new ones. Returns the one that is in use.
  func addStreams(
    _ remote: RemoteSettings, _ selector: Selector?, reusing pool: inout [StreamTransport<TLS>],
    now: Instant
  ) -> StreamTransport<TLS> {
    let first = streams.count
    var active = first
    var next: RemoteSettings? = remote
    while let settings = next {
      let transport: StreamTransport<TLS>
      if Feature.rules.isBuilt,
        let index = pool.firstIndex(where: { $0.settings.isSameCollector(as: settings) })
      {
        transport = pool.remove(at: index)
        transport.changeSettings(to: settings, now: now)
        active = streams.count
      } else {
        transport = StreamTransport(
          settings, originator, resolver: resolver, floor: floor, diagnostics: diagnostics)
      }
      transport.selector = selector
      streams.append(transport)
      next = settings.successor
    }
    if Feature.failover.isBuilt, streams.count > first + 1 {
      groups.append(StreamGroup(Array(streams[first...]), active: active - first))
    }
    return streams[active]
  }

  /// Does something to each remote that is connected to.
  @inline(__always)
  func eachStream(_ body: (StreamTransport<TLS>) -> Void) {
    guard Remotes.hasStreams else { return }
    for transport in streams { body(transport) }
  }

  /// Whether any remote needs to know what is in a datagram.
  var wantMessages: Bool {
    !streams.isEmpty || udp.contains { !$0.isSentBatches }
  }
}

// MARK: One turn of the loop

extension Remotes where TLS: ~Copyable {
  func start(now: Instant) {
    eachStream { if !$0.isStandby { $0.start(now: now) } }
  }

  /// The earliest time at which a remote wants to be woken.
  var deadline: Instant? {
    guard Remotes.hasStreams else { return nil }
    var earliest = Feature.statistics.isBuilt && TLS.isPresent ? nextLook : nil
    for transport in streams {
      guard let deadline = transport.deadline else { continue }
      earliest = min(earliest ?? deadline, deadline)
    }
    guard Feature.failover.isBuilt else { return earliest }
    for group in groups {
      guard let deadline = group.deadline else { continue }
      earliest = min(earliest ?? deadline, deadline)
    }
    return earliest
  }

  /// How many messages like the last ones every connected collector's queue has room for.
  func room(forMessagesOf bytes: Int) -> Int {
    guard Remotes.hasStreams else { return Int.max }
    // What the header of RFC 5424 adds at the most, near enough.
    let message = bytes + 512
    var room = Int.max
    for transport in streams where transport.sender.phase == .ready && !transport.isStandby {
      room = min(room, transport.sender.queue.freeBytes / message)
    }
    return room
  }

  /// Whether a working collector is a moment behind (see `InputPacing`).
  func isMomentarilyFull(now: Instant) -> Bool {
    Remotes.hasStreams && streams.contains { $0.isMomentarilyFull(now: now) }
  }

  /// Whether a queue is full, and its collector not just a moment behind.
  func isStuck(now: Instant) -> Bool {
    Remotes.hasStreams && streams.contains { $0.sender.isStuck(now: now) }
  }

  func register(with poller: inout Poller) {
    resolverSlot = poller.add(resolver.descriptor, readable: true, writable: false)
    if Feature.networkEvents.isBuilt {
      routesSlot = poller.add(routes.rawValue, readable: true, writable: false)
    }
    guard Remotes.hasStreams else { return }
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
    if let resolverSlot, poller.isReady(resolverSlot) { deliverAnswers(now: now) }
    if Feature.networkEvents.isBuilt, let routesSlot, poller.isReady(routesSlot) {
      readRoutes(now: now)
    }
    guard Remotes.hasStreams else { return }
    for index in streams.indices {
      let transport = streams[index]
      if index < slots.count, poller.isReady(slots[index]) { transport.ready(now: now) }
      if let deadline = transport.deadline, deadline <= now { transport.deadlineReached(now: now) }
    }
    if Feature.failover.isBuilt { for group in groups { group.turn(now: now) } }
    lookAtCertificates(now: now)
    dropRetired(now: now)
  }

  /// Once a day.
  private func lookAtCertificates(now: Instant) {
    guard Feature.statistics.isBuilt, TLS.isPresent, nextLook <= now else { return }
    nextLook = now + .seconds(86_400)
    for transport in streams { transport.lookAtCertificates() }
  }

  /// Sends what this turn has queued.
  func flush(_ time: CalendarTime, now: Instant) {
    eachStream { $0.flush(time, now: now) }
    if Feature.losses.isBuilt { for transport in udp { transport.reportDiscarded(time, now: now) } }
  }
}

// MARK: Messages and answers

extension Remotes where TLS: ~Copyable {
  /// Sends a batch of datagrams to the UDP remotes that get all of them, unchanged.
  func send(_ batch: DatagramBatch, now: Instant) {
    guard udp.contains(where: { $0.isSentBatches }) else { return }
    let messages = batch.prepareToSend()
    guard messages > 0 else { return }
    for transport in udp where transport.isSentBatches {
      transport.send(batch, messages: messages, now: now)
    }
  }

  /// Queues or sends a datagram, or one message of it, for the other remotes that want it as such a
  /// unit.
  func send(
    _ unit: RemoteSettings.Unit, _ bytes: Span<UInt8>, _ message: Message, _ time: CalendarTime,
    now: Instant
  ) {
    eachStream { transport in
      if transport.settings.unit == unit, transport.wants(message) {
        transport.queue(bytes, message, time, now: now)
      }
    }
    for transport in udp
    where transport.settings.unit == unit && !transport.isSentBatches && transport.wants(message) {
      transport.send(bytes, message, time, now: now)
    }
  }

  private func readRoutes(now: Instant) {
    var isNew = false
    for _ in 0..<Remotes.routesPerTurn {
      let answer = unsafe cposix_read_routes(routes.rawValue, &runningLinks)
      guard answer >= 0 else { break }
      if answer > 0 { isNew = true }
    }
    guard isNew else { return }
    for transport in udp { transport.networkChanged() }
    eachStream { $0.sender.networkChanged(now: now, random: jitter()) }
  }

  private func deliverAnswers(now: Instant) {
    resolver.noteAnswers()
    for transport in udp { transport.takeAnswer(now: now) }
    eachStream { $0.takeAnswer(now: now) }
  }
}

extension StreamTransport where TLS: ~Copyable {
  /// Whether its queue is one of those that the memory for queues is divided among.
  fileprivate var sharesMemory: Bool { settings.delivery.queueCapacity == nil && !isStandby }
}
