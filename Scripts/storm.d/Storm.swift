import Glibc

@testable import SyslogCore

/// A fleet of routers through an outage of their collectors, in a time that is only counted: the
/// state machine of the product once for each router. See Scripts/storm.
struct Fleet: ~Copyable {
  struct Circumstances {
    var routers = 100_000
    /// Behind one name; each router gets the addresses in an order of its own.
    var collectors = 1
    /// TLS handshakes a second that each collector can do, one after the other.
    var handshakes = 1000
    /// Connections that wait for a collector's `accept`; more get no answer (`somaxconn`).
    var backlog = 4096
    /// Seconds that all collectors are away.
    var outage = 600
    /// False: every random number is the same, as for a client that doubles its wait and no more.
    var hasJitter = true
    var retry = (minimum: 400, maximum: 1_500_000)
  }

  /// What happens in one second.
  struct Second {
    var attempts = 0
    var completed = 0
    var abandoned = 0
    var connected = 0
  }

  /// Milliseconds from a router to a collector and back.
  private static var roundTrip: Int64 { 20 }
  /// Seconds before the outage, in which all have connected, and how long it is watched at most.
  private static var begin: Int64 { 100 }

  private let circumstances: Circumstances
  private var random: Xorshift
  private var routers: [Router] = []
  private var events = Events()
  private var now: Int64 = 0
  /// When each collector is through with what waits for it.
  private var freeAt: [Int64]
  private(set) var seconds: [Second] = []
  private var connected = 0

  final class Router {
    var sender: TransportSender
    let addresses: [UInt64]
    /// Counts connections, so that an answer that is late is known.
    var attempt = 0
    var collector = 0
    /// The deadline that an event is queued for.
    var wakeAt: Int64 = -1

    init(_ circumstances: Circumstances, addresses: [UInt64]) {
      sender = TransportSender(
        queueCapacity: MessageQueue.minimumCapacity,
        backoff: Backoff(
          minimum: Interval(milliseconds: Int64(circumstances.retry.minimum)),
          maximum: Interval(milliseconds: Int64(circumstances.retry.maximum))),
        limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
      self.addresses = addresses
    }
  }

  init(_ circumstances: Circumstances, seed: UInt64) {
    self.circumstances = circumstances
    random = Xorshift(seed: seed)
    freeAt = [Int64](repeating: 0, count: circumstances.collectors)
    for index in 0..<circumstances.routers {
      let addresses = (0..<circumstances.collectors).map {
        UInt64(($0 + index) % circumstances.collectors)
      }
      routers.append(Router(circumstances, addresses: addresses))
    }
  }

  private mutating func bits() -> UInt32 {
    circumstances.hasJitter ? UInt32(truncatingIfNeeded: random.next()) : 0
  }

  private var time: Instant { Instant(milliseconds: now + 1_000_000) }

  private var isAway: Bool {
    let second = now / 1000
    return second >= Fleet.begin && second < Fleet.begin + Int64(circumstances.outage)
  }

  // MARK: Running

  /// Until all are connected again, or for two hours after the outage.
  mutating func run() {
    for index in routers.indices {
      // They were switched on over the years.
      let start = Int64(random.next() % UInt64(Fleet.begin * 900))
      events.add(start, index, .start)
    }
    events.add(Fleet.begin * 1000, 0, .outage)
    let end = (Fleet.begin + Int64(circumstances.outage) + 7200) * 1000
    while let event = events.next() {
      now = event.time
      guard now < end else { return }
      note()
      handle(event)
      let isOver = now > (Fleet.begin + Int64(circumstances.outage)) * 1000
      if isOver, connected == circumstances.routers { return }
    }
  }

  private mutating func note() {
    while seconds.count <= Int(now / 1000) {
      seconds.append(Second(connected: connected))
    }
  }

  private mutating func handle(_ event: Events.Event) {
    let router = routers[event.router]
    switch event.kind {
    case .start:
      queueMessage(router, event.router)
    case .outage:
      for index in routers.indices where routers[index].sender.phase == .ready {
        connected -= 1
        routers[index].sender.failed(now: time, random: bits())
        // What it has to say soon is what makes it come back.
        _ = put(routers[index])
        schedule(index)
      }
    case .deadline:
      guard router.wakeAt == event.time else { return }
      router.wakeAt = -1
      reachDeadline(router, event.router)
    case .refused(let attempt):
      guard router.attempt == attempt else { return }
      perform(router.sender.connectFailed(now: time, random: bits()), router, event.router)
    case .accepted(let attempt):
      guard router.attempt == attempt, case .connecting = router.sender.phase else { return }
      router.sender.connected(now: time)
      let free = max(freeAt[router.collector], now) + Int64(1000 / circumstances.handshakes)
      freeAt[router.collector] = free
      events.add(free + Fleet.roundTrip / 2, event.router, .secured(attempt))
    case .secured(let attempt):
      secured(attempt, router, event.router)
    }
    if event.kind != .outage { schedule(event.router) }
  }

  private mutating func secured(_ attempt: Int, _ router: Router, _ index: Int) {
    guard router.attempt == attempt, case .handshaking = router.sender.phase else {
      seconds[seconds.count - 1].abandoned += 1
      return
    }
    guard !isAway else { return router.sender.failed(now: time, random: bits()) }
    router.sender.secured(.proven, now: time)
    seconds[seconds.count - 1].completed += 1
    connected += 1
    // All that waited is sent, and acknowledged at once: what it costs is no storm.
    var sent: UInt64 = 0
    while let count = router.sender.withRun(limit: 16384, now: time, { $0.count }), count > 0 {
      sent += UInt64(count)
      router.sender.accepted(count, ciphertext: sent, now: time)
      router.sender.acknowledged(ciphertext: sent, now: time)
    }
  }

  private func put(_ router: Router) -> MessageQueue.Admission {
    router.sender.put("<13>1 - router - - - - link is up")
  }

  private mutating func queueMessage(_ router: Router, _ index: Int) {
    _ = put(router)
    if router.sender.wake(now: time) == .resolve { resolve(router, index) }
  }

  private mutating func reachDeadline(_ router: Router, _ index: Int) {
    switch router.sender.deadlineReached(now: time) {
    case .none, .proceed: break
    case .resolve: resolve(router, index)
    case .abandonConnect:
      perform(router.sender.connectFailed(now: time, random: bits()), router, index)
    case .abandonLookup, .abandonHandshake, .abandonConnection:
      router.attempt += 1
      router.sender.failed(now: time, random: bits())
    }
  }

  private mutating func resolve(_ router: Router, _ index: Int) {
    perform(router.sender.resolved(router.addresses, now: time, random: bits()), router, index)
  }

  private mutating func perform(
    _ action: TransportSender.ConnectAction, _ router: Router, _ index: Int
  ) {
    router.attempt += 1
    guard case .connect(let place) = action else { return }
    router.collector = Int(router.addresses[place])
    seconds[seconds.count - 1].attempts += 1
    guard !isAway else { return events.add(now + Fleet.roundTrip, index, .refused(router.attempt)) }
    let waiting = max(0, freeAt[router.collector] - now) * Int64(circumstances.handshakes) / 1000
    // A full backlog answers nobody: the deadline of the attempt comes.
    guard waiting < circumstances.backlog else { return }
    events.add(now + Fleet.roundTrip, index, .accepted(router.attempt))
  }

  private mutating func schedule(_ index: Int) {
    guard let deadline = routers[index].sender.deadline else { return }
    let wake = max(now, deadline.milliseconds - 1_000_000)
    guard wake != routers[index].wakeAt else { return }
    routers[index].wakeAt = wake
    events.add(wake, index, .deadline)
  }
}

/// What happens next, by time: a binary heap.
struct Events {
  enum Kind: Equatable {
    case start
    case outage
    case deadline
    case refused(Int)
    case accepted(Int)
    case secured(Int)
  }

  struct Event {
    let time: Int64
    let router: Int
    let kind: Kind
  }

  private var heap: [Event] = []

  mutating func add(_ time: Int64, _ router: Int, _ kind: Kind) {
    heap.append(Event(time: time, router: router, kind: kind))
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2].time > heap[child].time {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> Event? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].time < heap[least].time {
        least = child
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
