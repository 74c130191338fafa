@testable import SyslogCore

/// A collector that reads everything at once, over a network that breaks connections again and
/// again: what comes twice is compared with what the sender's kernel knew to have arrived. For a
/// while the collector, or a proxy before it, may accept connections and turn them away at once.
struct BreakWorld: ~Copyable {
  enum Transport: CaseIterable, Sendable {
    /// The collector has said that it accepts us.
    case tls
    case plain
  }

  private struct Frame {
    let number: Int
    /// Offset of its last byte in the connection, and one more.
    let end: Int
    let arrival: Instant
  }

  private let transport: Transport
  private var random: Xorshift
  private var sender: TransportSender
  private var now = Instant(milliseconds: 1000)
  private let begin = Instant(milliseconds: 1000)
  private static let tick: Int64 = 5
  /// As often as a connection may end early behind what its kernel had acknowledged before the
  /// sender takes its collector for one that refuses it.
  private static let patience = 16
  private let delay: Int64
  private let messages: Int
  private var turnedAway = 0..<0
  private var queued = 0

  // The present connection.
  private var isOpen = false
  private var securedAt = Instant(milliseconds: 0)
  private var breaksAt = Instant(milliseconds: 0)
  private var isRead = true
  private var stream = FrameReader()
  private var sent: [Frame] = []
  private var ends: [(end: Int, arrival: Instant)] = []

  /// What the sender may take for granted: the collector has accepted it before.
  private var isKnown: Bool
  private var early = 0
  private var read: [Int] = []
  private var allowedCopies = 0
  private var connections = 0

  init(_ transport: Transport, seed: UInt64) {
    self.transport = transport
    isKnown = transport == .tls
    random = Xorshift(seed: seed)
    delay = Int64(random.next() % 60)
    messages = Int(random.next() % 1500) + 500
    if transport == .plain, random.next() % 2 == 0 {
      let from = Int(random.next() % 20_000) + 2500
      turnedAway = from..<from + Int(random.next() % 60_000)
    }
    sender = TransportSender(
      queueCapacity: 2_000_000,
      backoff: Backoff(minimum: Interval(milliseconds: 400), maximum: .seconds(60)),
      limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
  }

  mutating func run() {
    perform(sender.start(now: now))
    let end = begin + .seconds(7200)
    while now < end, queued < messages || !sender.queue.isEmpty { step() }
    if isOpen { take() }
    verify()
  }

  private var elapsed: Int { Int(now.since(begin).milliseconds) }

  private mutating func step() {
    now = now + Interval(milliseconds: BreakWorld.tick)
    if case .backingOff(let until) = sender.phase, queued == messages { now = max(now, until) }
    if isOpen, now >= breaksAt { breakOff() }
    if queued < messages { log() }
    if let deadline = sender.deadline, deadline <= now { reachDeadline() }
    pump()
    // The kernel is not asked all the time.
    if random.next() % 4 == 0 { acknowledge() }
  }

  private mutating func log() {
    for _ in 0..<Int(random.next() % 3) where queued < messages {
      let text = "\(queued):" + String(repeating: "p", count: Int(random.next() % 300))
      let admission = sender.queue(
        .info, from: 0, .octetCounting, header: [UInt8]().span, body: Array(text.utf8).span)
      check(admission == .queued, "the queue is large enough")
      queued += 1
    }
    perform(sender.wake(now: now))
  }

  private mutating func reachDeadline() {
    let action = sender.due(now: now)
    if action == .resolve { perform(.resolve) }
    if action == .proceed { acknowledge() }
  }

  private mutating func perform(_ action: TransportSender.WakeAction) {
    guard action == .resolve else { return }
    _ = sender.resolved(count: 1, now: now, random: bits())
    sender.connected(now: now)
    (isOpen, stream, sent, ends) = (true, FrameReader(), [], [])
    connections += 1
    securedAt = now
    isRead = !turnedAway.contains(elapsed)
    // Who turns us away does so within a moment; a network breaks connections whenever it likes.
    let isFirst = connections == 1
    let life =
      isRead
      ? Int64(random.next() % (random.next() % 4 == 0 ? 4000 : 1000)) + (isFirst ? 1500 : 0)
      : 2 * delay + Int64(random.next() % 40)
    breaksAt = now + Interval(milliseconds: life)
    sender.secured(transport == .tls ? .proven : .presumed, now: now)
  }

  private mutating func pump() {
    while let bytes = sender.withRun(limit: 16384, now: now, { $0.copied() }) {
      stream.append(bytes)
      let arrival = now + Interval(milliseconds: delay)
      ends.append((stream.count, arrival))
      sender.accepted(bytes.count, ciphertext: UInt64(stream.count), now: now)
      while let text = stream.next() {
        let number = Int(text.prefix { $0 != ":" }) ?? -1
        sent.append(Frame(number: number, end: stream.position, arrival: arrival))
      }
      if sender.wantsAcknowledgement { acknowledge() }
    }
  }

  /// Bytes whose acknowledgement has come back.
  private var acknowledged: Int {
    var known = 0
    for (end, arrival) in ends where arrival + Interval(milliseconds: delay) <= now { known = end }
    return known
  }

  private mutating func acknowledge() {
    guard isOpen else { return }
    sender.acknowledged(ciphertext: UInt64(acknowledged), now: now)
  }

  /// What has arrived is read.
  private mutating func take() {
    guard isRead else { return }
    for frame in sent where frame.arrival <= now { read.append(frame.number) }
  }

  private mutating func breakOff() {
    take()
    if isRead { allowCopies() }
    acknowledge()
    isOpen = false
    sender.failed(now: now, random: bits())
  }

  /// What may come again: what arrived without its acknowledgement coming back, and of a collector
  /// that is not known to accept us, what came in the first second.
  private mutating func allowCopies() {
    let isOld = now.since(securedAt) >= TransportSender.acceptancePause
    let known = acknowledged
    // Because connections before this one had ended early.
    let isCareful = sender.caution.manner != .freely
    for frame in sent where frame.arrival <= now {
      // With care, also what the connection has not lived on behind for a moment.
      let isRecent = now.since(frame.arrival).milliseconds < delay + 200
      let isUncertain = isKnown ? isCareful && isRecent : !isOld || isRecent
      if frame.end > known || isUncertain { allowedCopies += 1 }
    }
    guard transport == .plain else { return }
    // One message goes first, and tells after a moment that the connection is accepted.
    if !isSettled, known > 0 { allowedCopies += 1 }
    if isOld, isSettled { (isKnown, early) = (true, 0) }
    if !isOld, isSettled { early += 1 }
    if early >= BreakWorld.patience { isKnown = false }
  }

  /// Whether the connection has lasted for long enough behind its first acknowledgement. The kernel
  /// is asked every 50 ms, and twice.
  private var isSettled: Bool {
    guard let first = ends.first?.arrival else { return false }
    return now.since(first + Interval(milliseconds: delay)).milliseconds >= 130
  }

  private mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }

  private func verify() {
    check(sender.queue.isEmpty && queued == messages, "\(transport): every message gets through")
    let seen = Set(read)
    check(seen.count == messages, "\(transport): \(messages - seen.count) of \(messages) lost")
    let copies = read.count - seen.count
    check(
      copies <= allowedCopies,
      "\(transport): \(copies) copies in \(connections) connections, \(allowedCopies) allowed")
    check(sender.counters.setAside == 0, "\(transport): \(sender.counters.setAside) set aside")
    var newest = -1
    var known: Set<Int> = []
    for number in read where known.insert(number).inserted {
      check(number > newest, "\(transport): order is kept")
      newest = number
    }
  }
}

extension TransportSender {
  /// What is due where a network has no delays of its own, so that nothing is abandoned.
  mutating func due(now: Instant) -> DeadlineAction {
    let action = deadlineReached(now: now)
    let isOfNetwork = action != .none && action != .resolve && action != .proceed
    check(!isOfNetwork, "this network has no such delay")
    return action
  }
}
