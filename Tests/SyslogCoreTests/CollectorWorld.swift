@testable import SyslogCore

/// A sender and one collector with habits, on a network with a delay and in a time that is only
/// counted: what the collector keeps is compared with what the sender says.
struct CollectorWorld: ~Copyable {
  private enum Event {
    case arrival([UInt8], connection: Int)
    case acknowledgement(ciphertext: UInt64, connection: Int)
    case sessionEnd(connection: Int)
    case end(TransportSender.Ending, connection: Int)
    case close(connection: Int)
    case message
  }

  private let habit: Habit
  private var random: Xorshift
  private var sender: TransportSender
  private var now = Instant(milliseconds: 1000)
  private let begin = Instant(milliseconds: 1000)
  private var events: [(at: Instant, order: Int, event: Event)] = []
  private var scheduled = 0
  private let delay: Int64
  private let life: Int64
  private let isProven: Bool
  private static let longest = 1000
  private static let mended = Interval.seconds(300)

  private var wanted: Int
  private var lengths: [Int] = []
  private var kept: [Int] = []
  private var setAside: [Int] = []
  /// Messages right behind one that was too long, in the same run.
  private var excused: Set<Int> = []
  private var arrivals = 0
  private(set) var connections = 0

  // The collector's end of the present connection.
  private var isOpen = false
  private var securedAt = Instant(milliseconds: 0)
  private var isRefusing = false
  /// Whether it has closed the session and will close the connection.
  private var lingers = false
  private var stream = FrameReader()
  private var read: UInt64 = 0
  private var sent: UInt64 = 0

  init(_ habit: Habit, seed: UInt64) {
    self.habit = habit
    random = Xorshift(seed: seed)
    delay = Int64(random.next() % 60)
    life = Int64(random.next() % 1500) + 200 + 4 * delay
    isProven = random.next() % 3 == 0 && habit != .refuses && habit != .refusesAtOnce
    wanted = Int(random.next() % 60) + 1
    sender = TransportSender(
      queueCapacity: 200_000,
      backoff: Backoff(minimum: .seconds(1), maximum: .seconds(60)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
  }

  mutating func run() {
    schedule(.message, after: 0)
    perform(sender.start(now: now))
    // Until everything is gone, and at most for two hours.
    let end = begin + .seconds(7200)
    while now < end, wanted > 0 || !sender.queue.isEmpty { step() }
    check(sender.queue.isEmpty, "\(habit): every message gets through")
    verify()
  }

  private mutating func schedule(_ event: Event, after milliseconds: Int64) {
    scheduled += 1
    events.append((now + Interval(milliseconds: milliseconds), scheduled, event))
  }

  private mutating func step() {
    var next: Int?
    for index in events.indices {
      guard let best = next else {
        next = index
        continue
      }
      if (events[index].at, events[index].order) < (events[best].at, events[best].order) {
        next = index
      }
    }
    let deadline = sender.deadline
    if let next, deadline.map({ events[next].at <= $0 }) ?? true {
      let event = events.remove(at: next)
      now = max(now, event.at)
      occur(event.event)
    } else if let deadline {
      now = max(now, deadline)
      reachDeadline()
    } else {
      // Nothing is on its way, and the kernel does not say by itself what was acknowledged.
      now = now + .seconds(1)
      acknowledge()
    }
    pump()
  }

  private mutating func reachDeadline() {
    switch sender.deadlineReached(now: now) {
    case .none: break
    case .resolve: perform(.resolve)
    case .abandonLookup, .abandonConnect, .abandonHandshake:
      check(false, "this network has no such delay")
    case .abandonConnection: end(.abrupt)
    case .proceed: acknowledge()
    }
  }

  private mutating func perform(_ action: TransportSender.WakeAction) {
    guard action == .resolve else { return }
    _ = sender.resolved(count: 1, now: now, random: bits())
    sender.connected(now: now)
    connections += 1
    securedAt = now
    isRefusing = habit == .refuses && !isMended
    lingers = false
    (isOpen, stream, read, sent, acknowledged) = (true, FrameReader(), 0, 0, 0)
    sender.secured(isProven ? .proven : .awaited, now: now)
    if let time = timeToClose { schedule(.close(connection: connections), after: time) }
  }

  private var isMended: Bool { now.since(begin) >= CollectorWorld.mended }

  private var timeToClose: Int64? {
    mutating get {
      switch habit {
      case .impatient: life
      case .refuses where !isMended: min(life, 900 - 2 * delay)
      case .refusesAtOnce where !isMended: 0
      case .dies where !isMended: Int64(random.next() % 3000)
      default: nil
      }
    }
  }

  private mutating func occur(_ event: Event) {
    switch event {
    case .message:
      let isLong = random.next() % 8 == 0
      let length = Int(random.next() % 400) + (isLong ? CollectorWorld.longest : 10)
      let text = "\(lengths.count):" + String(repeating: "p", count: length)
      lengths.append(length)
      wanted -= 1
      let admission = sender.queue(
        .info, from: 0, .octetCounting, header: [UInt8]().span, body: Array(text.utf8).span)
      check(admission == .queued, "the queue is large enough")
      perform(sender.wake(now: now))
      if wanted > 0 { schedule(.message, after: Int64(random.next() % 4 * (random.next() % 300))) }
    case .arrival(let bytes, let connection) where connection == connections && (isOpen || lingers):
      arrive(bytes)
    case .acknowledgement(let ciphertext, let connection) where connection == connections:
      acknowledged = max(acknowledged, ciphertext)
    case .close(let connection) where connection == connections && isOpen:
      closeByHabit()
    case .end(let ending, let connection) where connection == connections:
      if sender.phase == .ready { end(lingers && read > 0 ? .abrupt : ending) }
    case .sessionEnd(let connection) where connection == connections && sender.phase == .ready:
      acknowledge()
      if !sender.peerClosed(now: now) { sender.failed(now: now, random: bits(), .climbing, .read) }
    case .arrival, .acknowledgement, .close, .sessionEnd, .end: break
    }
  }

  /// What the kernel would say that the peer's has acknowledged.
  private var acknowledged: UInt64 = 0

  private mutating func acknowledge() {
    if sender.phase == .ready { sender.acknowledged(ciphertext: acknowledged, now: now) }
  }

  private mutating func pump() {
    while let bytes = sender.withRun(limit: 16384, now: now, { $0.copied() }) {
      sent += UInt64(bytes.count)
      sender.accepted(bytes.count, ciphertext: sent, now: now)
      schedule(.arrival(bytes, connection: connections), after: delay)
    }
  }

  private mutating func arrive(_ bytes: [UInt8]) {
    read += UInt64(bytes.count)
    schedule(.acknowledgement(ciphertext: read, connection: connections), after: delay)
    guard !isRefusing else { return }
    stream.append(bytes)
    while let number = nextNumber() {
      if chokes(at: number) {
        // On a connection that was accepted, what follows it at once counts as delivered.
        if now.since(securedAt) >= TransportSender.acceptancePause {
          while let behind = nextNumber() { excused.insert(behind) }
        }
        return close(habit == .chokesInOrder ? .read : .abrupt)
      }
      kept.append(number)
      arrivals += 1
    }
  }

  /// Takes the next whole message from what has arrived.
  private mutating func nextNumber() -> Int? {
    guard let text = stream.next() else { return nil }
    return Int(text.prefix { $0 != ":" }) ?? -1
  }

  private func chokes(at number: Int) -> Bool {
    (habit == .chokesInOrder || habit == .chokesAbruptly)
      && lengths[number] >= CollectorWorld.longest
  }

  private mutating func closeByHabit() {
    // Who closes with something unread resets the connection.
    let isUnread = isRefusing && read > 0
    close(isUnread || habit == .dies ? .abrupt : .read)
  }

  private mutating func close(_ ending: TransportSender.Ending) {
    isOpen = false
    // Who refuses us may close the session long before the connection.
    lingers = isRefusing
    let pause = lingers ? Int64(random.next() % 1500) : 0
    if pause > 0 { schedule(.sessionEnd(connection: connections), after: delay) }
    schedule(.end(ending, connection: connections), after: delay + pause)
  }

  private mutating func end(_ ending: TransportSender.Ending) {
    acknowledge()
    if ending == .read, sender.peerClosed(now: now) {
      check(sender.isClosing, "nothing is sent any more")
      check(sender.withRun(limit: 100, now: now, { $0.count }) == nil, "nothing is sent any more")
    }
    let before = sender.counters.setAside
    sender.failed(now: now, random: bits(), .climbing, ending)
    let counters = sender.counters
    if counters.setAside != before {
      setAside.append(Int(counters.acknowledged + counters.setAside) - 1)
    }
  }

  private mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }

  private func verify() {
    let count = lengths.count
    let all = Set(0..<count)
    switch habit {
    case .faithful, .impatient, .refuses, .refusesAtOnce:
      check(Set(kept) == all, "\(habit): \(all.subtracting(kept).count) of \(count) lost")
      check(setAside.isEmpty, "\(habit): \(setAside.count) of \(count) set aside")
    case .dies:
      // What was read just before it died was kept; what its kernel alone had is not counted here.
      check(Set(kept).union(setAside) == all, "\(habit): all kept")
    case .chokesInOrder, .chokesAbruptly:
      check(
        setAside.allSatisfy { lengths[$0] >= CollectorWorld.longest }, "\(habit): only the long")
      let lost = all.subtracting(kept).subtracting(excused)
        .filter { lengths[$0] < CollectorWorld.longest }
      // Behind a long message of a run that was acknowledged as a whole.
      if !isProven { check(lost.isEmpty, "\(habit): \(lost.count) of \(count) lost") }
    }
    let limit =
      switch habit {
      case .faithful: 1
      case .impatient: 20 + count
      case .refuses, .refusesAtOnce, .dies: 400
      case .chokesInOrder, .chokesAbruptly: 10 + 5 * count
      }
    check(connections <= limit, "\(habit): \(connections) connections for \(count) messages")
    let copies = arrivals - Set(kept).count
    if habit == .faithful { check(copies == 0, "no copies") }
    if habit == .impatient {
      check(copies <= 2 * count + connections, "\(habit): \(copies) copies of \(count) messages")
    }
    // What came again is older than what was new: the order of what is new is kept.
    var newest = -1
    var seen: Set<Int> = []
    for number in kept where seen.insert(number).inserted {
      check(number > newest, "\(habit): order is kept")
      newest = number
    }
  }
}
