@testable import SyslogCore

/// Two or three senders that take over from one another, with collectors that come and go, in a time
/// that is only counted.
struct FailoverWorld: ~Copyable {
  /// A collector and the connection to it.
  private final class Place {
    var sender: TransportSender
    var isUp: Bool
    /// Whether it answers at all: who does not is found out only when time is up.
    var isReachable = true
    var stream = FrameReader()
    var sent: UInt64 = 0
    var acknowledged: UInt64 = 0
    var kept: [Int] = []

    init(_ sender: consuming TransportSender, isUp: Bool) {
      self.sender = sender
      self.isUp = isUp
    }
  }

  private var random: Xorshift
  private var places: [Place] = []
  private var failover: Failover
  private var now = Instant(milliseconds: 1000)
  private var nextMessage = 0
  private var handovers = 0
  /// Whether nothing is logged any more.
  private var isQuiet = false
  /// Since when the one in use is sent nothing new.
  private var heldSince: Instant?
  /// Since when nothing was wrong with the first.
  private var firstIsWellSince: Instant?
  private static let longestWait = Interval.seconds(60)

  init(seed: UInt64) {
    random = Xorshift(seed: seed)
    let count = Int(random.next() % 2 + 2)
    failover = Failover(of: count)
    for index in 0..<count {
      let sender = TransportSender(
        queueCapacity: index == 0 ? 1_000_000 : MessageQueue.minimumCapacity,
        backoff: Backoff(minimum: Interval(milliseconds: 400), maximum: FailoverWorld.longestWait),
        limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
      places.append(Place(sender, isUp: random.next() % 2 == 0))
    }
  }

  mutating func run(steps: Int) {
    perform(0, places[0].sender.start(now: now))
    for _ in 0..<steps {
      disturb()
      step()
    }
    for place in places { (place.isUp, place.isReachable) = (true, true) }
    for _ in 0..<1200 { step() }
    isQuiet = true
    for _ in 0..<300 { step() }
    verify()
  }

  private mutating func disturb() {
    guard random.next() % 20 == 0 else { return }
    let place = places[Int(random.next() % UInt64(places.count))]
    let wasUp = place.isUp
    place.isUp = random.next() % 3 > 0
    place.isReachable = random.next() % 4 > 0
    guard wasUp, !place.isUp, place.isReachable, place.sender.phase == .ready else { return }
    fail(place)
  }

  private mutating func step() {
    now = now + Interval(milliseconds: Int64(random.next() % 400) + 1)
    if !isQuiet, random.next() % 3 == 0 { queueMessages() }
    for index in places.indices { exchange(index) }
    takeTurns()
    for index in places.indices {
      let place = places[index]
      perform(index, place.sender.wake(now: now))
      write(place)
    }
    watch()
  }

  private mutating func queueMessages() {
    for _ in 0..<Int(random.next() % 6) {
      let text = "\(nextMessage):" + String(repeating: "p", count: Int(random.next() % 300))
      let admission = places[failover.active].sender.put(text)
      check(admission == .queued, "the queue is large enough, whoever has it")
      nextMessage += 1
    }
  }

  /// As in `StreamGroup`.
  private mutating func takeTurns() {
    let old = places[failover.active]
    let wasReady = old.sender.member.readySince != nil
    look()
    if failover.step(now: now) {
      let new = places[failover.active]
      handovers += 1
      check(new.sender.member.readySince != nil, "who takes over is connected")
      if old.sender.member.hasSent {
        check(wasReady, "only a connection has sent something")
        check(
          heldSince.map { now.since($0) >= Failover.drainLimit } ?? false,
          "what is on its way is waited for, or it is sent twice")
        disconnect(old)
      }
      new.sender.exchangeMessages(with: &old.sender, framing: .octetCounting, .octetCounting)
      check(old.sender.queue.isEmpty, "all messages go with the turn")
    }
    places[failover.active].sender.isHeld = failover.isHolding
    heldSince = failover.isHolding ? heldSince ?? now : nil
    check(
      heldSince.map { now.since($0) <= Failover.drainLimit } ?? true, "and not for longer")
    look()
    for index in places.indices {
      switch failover.need(of: index) {
      case .nothing: break
      case .connect: perform(index, places[index].sender.start(now: now))
      case .rest: disconnect(places[index])
      }
    }
  }

  private mutating func look() {
    for index in places.indices { failover.members[index] = places[index].sender.member }
  }

  private mutating func disconnect(_ place: Place) {
    place.sender.acknowledged(ciphertext: place.acknowledged, now: now)
    read(place)
    place.sender.rest()
  }

  private mutating func perform(_ index: Int, _ action: TransportSender.WakeAction) {
    guard action == .resolve else { return }
    _ = places[index].sender.resolved(count: 1, now: now, random: bits())
  }

  private mutating func exchange(_ index: Int) {
    let place = places[index]
    switch place.sender.phase {
    case .connecting where place.isReachable:
      guard place.isUp else {
        _ = place.sender.connectFailed(now: now, random: bits())
        break
      }
      place.sender.connected(now: now)
      (place.stream, place.sent, place.acknowledged) = (FrameReader(), 0, 0)
      place.sender.secured(.proven, now: now)
    case .ready where place.isReachable && place.isUp && random.next() % 4 > 0:
      place.acknowledged = place.sent
      place.sender.acknowledged(ciphertext: place.sent, now: now)
    default: break
    }
    guard let deadline = place.sender.deadline, deadline <= now else { return }
    switch place.sender.deadlineReached(now: now) {
    case .none: break
    case .resolve: perform(index, .resolve)
    case .abandonConnect: _ = place.sender.connectFailed(now: now, random: bits())
    case .abandonLookup, .abandonHandshake, .abandonConnection: fail(place)
    case .proceed: place.sender.acknowledged(ciphertext: place.acknowledged, now: now)
    }
  }

  private mutating func write(_ place: Place) {
    while let bytes = place.sender.withRun(limit: 4096, now: now, { $0.copied() }) {
      check(place === places[failover.active], "only the one in use is sent anything")
      let count = random.next() % 5 == 0 ? Int(random.next()) % bytes.count + 1 : bytes.count
      place.sent += UInt64(count)
      place.stream.append(bytes[..<count])
      place.sender.accepted(count, ciphertext: place.sent, now: now)
      if count < bytes.count { break }
    }
    // Nobody who is away reads on.
    if place.isReachable { read(place) }
  }

  private func read(_ place: Place) {
    while let text = place.stream.next() {
      place.kept.append(Int(text.prefix { $0 != ":" }) ?? -1)
    }
  }

  private mutating func fail(_ place: Place) {
    place.sender.failed(now: now, random: bits())
  }

  private mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }

  /// The first is returned to when it is back and has stayed back.
  private mutating func watch() {
    let first = places[0]
    guard first.isUp, first.isReachable else {
      firstIsWellSince = nil
      return
    }
    let since = firstIsWellSince ?? now
    firstIsWellSince = since
    let limit =
      FailoverWorld.longestWait.milliseconds * 3 / 2 + Failover.stay.milliseconds
      + Failover.drainLimit.milliseconds + 12_000
    check(
      failover.active == 0 || now.since(since).milliseconds < limit, "the first is returned to")
  }

  private func verify() {
    check(failover.active == 0, "the first that works is in use")
    let seen = places.reduce(into: Set<Int>()) { $0.formUnion($1.kept) }
    check(
      seen == Set(0..<nextMessage),
      "\(nextMessage - seen.count) of \(nextMessage) messages lost in \(handovers) handovers")
    var copies = -seen.count
    var requeued: UInt64 = 0
    var acknowledged: UInt64 = 0
    for place in places {
      copies += place.kept.count
      requeued += place.sender.counters.requeued
      acknowledged += place.sender.counters.acknowledged
      check(place.sender.queue.isEmpty, "everything was sent")
      var newest = -1
      var known: Set<Int> = []
      for number in place.kept where known.insert(number).inserted {
        check(number > newest, "order is kept at each collector")
        newest = number
      }
    }
    check(copies <= Int(requeued), "only what was not acknowledged is sent twice")
    check(acknowledged == UInt64(nextMessage), "each message is acknowledged once")
  }
}
