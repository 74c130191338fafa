import Testing

@testable import SyslogCore

/// A sender, a name server and machines at the addresses of one name: some of no use, each in its
/// own way, and one where a collector is. Where that is may change.
struct NameWorld: ~Copyable {
  /// How the name server orders its answers.
  enum Order: CaseIterable, Sendable {
    case fixed, rotating, random
  }

  private enum Machine: CaseIterable {
    /// Refuses connections, or does not answer.
    case dead
    /// Accepts connections and fails the handshake.
    case deaf
    /// Accepts everything, and closes at once: a terminator whose collector is away.
    case empty
    case collector
  }

  private let order: Order
  private var random: Xorshift
  private var sender: TransportSender
  private var now = Instant(milliseconds: 1000)
  private var machines: [Machine] = []
  private var answers = 0
  private var offered: [UInt64] = []
  private var address = 0
  private var ciphertext: UInt64 = 0
  /// Connections that were tried since the collector was last somewhere else.
  private var tries = 0

  init(_ order: Order, addresses: Int, seed: UInt64) {
    self.order = order
    random = Xorshift(seed: seed)
    machines = (0..<addresses).map { _ in .dead }
    sender = TransportSender(
      queueCapacity: 10_000, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(60)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
  }

  /// The collector moves some times. Every message arrives, after each address was tried once.
  mutating func run() {
    _ = sender.start(now: now)
    for _ in 0..<4 {
      settle(at: Int(random.next()) % machines.count)
      tries = 0
      for message in 0..<3 {
        let text = "message \(message)"
        _ = sender.queue(
          .info, from: 0, .octetCounting, header: [UInt8]().span, body: Array(text.utf8).span)
        deliver()
        // It restarts, and is found where it was.
        if random.next() % 2 == 0, sender.phase == .ready { fail(.abrupt, after: 2000) }
      }
      // A connection that had worked ends here, the machine being of no use any more.
      if sender.phase == .ready { fail(.abrupt, after: 2000) }
    }
  }

  private mutating func settle(at place: Int) {
    for index in machines.indices {
      machines[index] = [.dead, .deaf, .empty][Int(random.next() % 3)]
    }
    machines[place] = .collector
  }

  private mutating func deliver() {
    for _ in 0..<2000 where !sender.queue.isEmpty { step() }
    check(sender.queue.isEmpty, "\(order): the collector is found")
    // Each other address once, and each time that it restarts, itself.
    check(tries <= machines.count + 3, "\(order): \(tries) tries for \(machines.count) addresses")
  }

  private mutating func step() {
    switch sender.phase {
    case .idle: _ = sender.wake(now: now)
    case .resolving: answer()
    case .connecting: connect()
    case .handshaking: machines[address] == .deaf ? fail(.abrupt, after: 10) : secure()
    case .ready: exchange()
    case .backingOff:
      now = sender.deadline ?? now
      _ = sender.deadlineReached(now: now)
    case .stopped: Issue.record("nobody stopped it")
    }
  }

  private mutating func answer() {
    guard random.next() % 8 > 0 else {
      now = sender.deadline ?? now
      check(sender.deadlineReached(now: now) == .abandonLookup, "a lookup that hangs is given up")
      return fail(.abrupt, after: 0)
    }
    answers += 1
    offered = machines.indices.map { UInt64($0) }
    switch order {
    case .fixed: break
    case .rotating:
      let cut = answers % offered.count
      offered = Array(offered[cut...] + offered[..<cut])
    case .random:
      for index in offered.indices { offered.swapAt(index, Int(random.next()) % offered.count) }
    }
    use(sender.resolved(offered, now: now, random: bits()))
  }

  private mutating func use(_ action: TransportSender.ConnectAction) {
    guard case .connect(let index) = action else { return }
    address = Int(offered[index])
    tries += 1
  }

  private mutating func connect() {
    guard machines[address] == .dead else { return sender.connected(now: now) }
    now = now + .seconds(10)
    use(sender.connectFailed(now: now, random: bits()))
  }

  private mutating func secure() {
    sender.secured(.awaited, now: now)
    ciphertext = 0
  }

  private mutating func exchange() {
    if let count = sender.withRun(limit: 16384, now: now, { $0.count }) {
      ciphertext += UInt64(count)
      sender.accepted(count, ciphertext: ciphertext, now: now)
    }
    if machines[address] == .empty { return fail(.abrupt, after: 20) }
    now = now + Interval(milliseconds: 500)
    sender.acknowledged(ciphertext: ciphertext, now: now)
  }

  private mutating func fail(_ ending: TransportSender.Ending, after pause: Int64) {
    now = now + Interval(milliseconds: pause)
    sender.failed(now: now, random: bits(), .climbing, ending)
  }

  private mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }
}

@Suite("A name with several addresses") struct NameTests {
  @Test(
    "leads to the one that works, whatever the others do and in whatever order they come",
    arguments: NameWorld.Order.allCases, [1, 2, 3, 8, 9, 20, 64])
  func found(order: NameWorld.Order, addresses: Int) {
    for seed in 0..<50 {
      var world = NameWorld(order, addresses: addresses, seed: UInt64(seed) + 1)
      world.run()
    }
  }

  @Test("leads to the second address when the first accepts connections and then closes them")
  func terminator() {
    let begin = Instant(milliseconds: 1000)
    var sender = TransportSender(
      queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
    _ = sender.start(now: begin)
    #expect(sender.resolved(count: 2, now: begin, random: 0) == .connect(index: 0))
    sender.connected(now: begin)
    sender.secured(.awaited, now: begin)
    sender.failed(now: begin + Interval(milliseconds: 500), random: 0)
    #expect(sender.filesReread(.none, now: begin + .seconds(1)) == .resolve)
    let again = sender.resolved([1, 0], now: begin + .seconds(1), random: 0)
    #expect(again == .connect(index: 0), "the second address, which is now the first")
  }
}
