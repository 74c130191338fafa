@testable import SyslogCore

/// A sender with everything around it: resolver, network, collector and a clock that may jump.
/// What each step does is drawn from a seed.
struct World: ~Copyable {
  private var random: Xorshift
  private var sender: TransportSender
  private let minimum: Int64
  private let maximum: Int64
  private var now = Instant(milliseconds: 5_000_000)

  private var nextMessage = 0
  private var admitted: [Int] = []
  private var delivered: Set<Int> = []
  private var setAside: Set<Int> = []
  private var connection: Connection?
  /// When the last attempt ended, until the next one begins; nil when the clock jumped meanwhile.
  private var failedAt: Instant?
  /// Whether the last connection had delivered: the next attempt may come at once.
  private var hadWorked = false

  /// One connection as its far end sees it.
  private struct Connection {
    var isSecured = false
    var plaintext: [UInt8] = []
    var ciphertext: UInt64 = 0
    /// (ciphertext end, plaintext end) of each accepted write.
    var writes: [(cipher: UInt64, plain: Int)] = []
    var acknowledged: UInt64 = 0
  }

  init(seed: UInt64) {
    random = Xorshift(seed: seed)
    minimum = Int64(random.next() % 3000) + 1
    maximum = minimum + Int64(random.next() % 100_000)
    sender = TransportSender(
      queueCapacity: MessageQueue.minimumCapacity + Int(random.next() % 20_000),
      backoff: Backoff(
        minimum: Interval(milliseconds: minimum), maximum: Interval(milliseconds: maximum)),
      limits: TransportSender.Limits(
        connect: Interval(milliseconds: 5000), handshake: Interval(milliseconds: 7000)))
    if seed % 2 == 0 { sender.setReplayLimit(Int(random.next() % 30_000)) }
  }

  mutating func run(steps: Int) {
    perform(sender.start(now: now))
    var sent: UInt64 = 0
    for _ in 0..<steps {
      step()
      check(sender.sentMessages >= sent, "what was sent is never counted back")
      check(sender.queue.highestBytes >= sender.queue.ownBytes, "the peak is the highest")
      sent = sender.sentMessages
      check(sender.queue.ownBytes <= sender.queue.capacity && sender.isReplayBounded, "bounded")
    }
  }

  private mutating func step() {
    switch random.next() % 10 {
    case 0...3: queueMessage()
    case 4: passTime()
    case 5 where random.next() % 8 == 0: jumpClock()
    case 5: reachDeadline()
    case 6 where random.next() % 12 == 0: reload()
    default: networkEvent()
    }
    if connection?.isSecured != true {
      let run = sender.withRun(limit: 100, now: now) { $0.count }
      check(run == nil, "silent until secured")
    }
  }

  private mutating func queueMessage() {
    for _ in 0..<Int(random.next() % 12) {
      let length = Int(random.next() % (random.next() % 10 == 0 ? 8000 : 250))
      let text = "\(nextMessage):" + String(repeating: "p", count: length)
      let admission = sender.queue(
        .info, from: 0, .octetCounting, header: [UInt8]().span, body: Array(text.utf8).span)
      if admission == .queued { admitted.append(nextMessage) }
      nextMessage += 1
    }
    perform(sender.wake(now: now))
  }

  private mutating func passTime() {
    now = now + Interval(milliseconds: Int64(random.next() % 3000))
    reachDeadline(exactly: false)
  }

  private mutating func jumpClock() {
    failedAt = nil
    now = now + Interval(milliseconds: Int64(random.next() % 10_000_000))
    reachDeadline(exactly: false)
  }

  /// Lets time pass to the deadline, as the loop does.
  private mutating func reachDeadline(exactly: Bool = true) {
    if exactly, let deadline = sender.deadline, deadline > now { now = deadline }
    switch sender.deadlineReached(now: now) {
    case .none: break
    case .resolve: perform(.resolve)
    case .abandonConnect: connectFailed()
    case .abandonLookup, .abandonHandshake, .abandonConnection: fail()
    case .proceed: acknowledge(all: false)
    }
  }

  private mutating func perform(_ action: TransportSender.WakeAction) {
    guard action == .resolve else { return }
    check(sender.isResolving, "a lookup belongs to the phase resolving")
    guard let failedAt else { return }
    let wait = now.since(failedAt).milliseconds
    check(wait >= minimum || hadWorked, "a retry is never earlier than allowed")
    self.failedAt = nil
  }

  private mutating func networkEvent() {
    switch sender.phase {
    case .idle, .backingOff, .stopped: break
    case .resolving: resolve()
    case .connecting: connect()
    case .handshaking: handshake()
    case .ready: exchange()
    }
  }

  private mutating func resolve() {
    switch random.next() % 5 {
    case 0: fail()
    case 1: break  // a lookup that hangs: only the deadline helps
    case 2:
      hadWorked = false
      if sender.resolved(count: 0, now: now, random: bits()) == .none { noteFailure() }
    default: _ = sender.resolved(count: Int(random.next() % 3) + 1, now: now, random: bits())
    }
  }

  private mutating func connect() {
    switch random.next() % 3 {
    case 0: connectFailed()
    case 1: break  // a black hole: only the deadline helps
    default:
      sender.connected(now: now)
      connection = Connection()
    }
  }

  private mutating func connectFailed() {
    hadWorked = false
    if sender.connectFailed(now: now, random: bits()) == .none { noteFailure() }
  }

  private mutating func handshake() {
    switch random.next() % 4 {
    case 0: fail()  // wrong pin, reset, garbage
    case 1: break
    default:
      let answers: [TransportSender.Acceptance] = [.proven, .awaited, .presumed]
      sender.secured(answers[Int(random.next() % 3)], now: now)
      connection?.isSecured = true
    }
  }

  private mutating func exchange() {
    switch random.next() % 8 {
    case 0...3: write(all: false)
    case 4, 5: acknowledge(all: false)
    case 6 where random.next() % 4 == 0: fail()
    case 7: sender.acceptedByPeer()
    default: break
    }
  }

  private mutating func write(all: Bool) {
    let limit = all ? 16384 : Int(random.next() % 16384) + 1
    let run = sender.withRun(limit: limit, now: now) { span in span.copied() }
    guard let run else { return }
    guard all || random.next() % 4 > 0 else { return }  // blocked: the same run again later
    let count = all || random.next() % 5 > 0 ? run.count : Int(random.next()) % run.count + 1
    connection?.plaintext += run[..<count]
    connection?.ciphertext += UInt64(count + 22)
    guard let sent = connection else { return }
    connection?.writes.append((sent.ciphertext, sent.plaintext.count))
    sender.accepted(count, ciphertext: sent.ciphertext, now: now)
  }

  private mutating func acknowledge(all: Bool) {
    guard var connection else { return }
    let outstanding = connection.ciphertext - connection.acknowledged
    if outstanding > 0 {
      connection.acknowledged += all ? outstanding : random.next() % outstanding + 1
    }
    self.connection = connection
    sender.acknowledged(ciphertext: connection.acknowledged, now: now)
  }

  private mutating func fail() {
    hadWorked = sender.hasWorked(now: now)
    let before = sender.counters.setAside
    if random.next() % 4 == 0 { sender.endsInOrder() }
    sender.failed(now: now, random: bits(), .climbing, random.next() % 2 == 0 ? .read : .abrupt)
    let counters = sender.counters
    if counters.setAside != before {
      setAside.insert(admitted[Int(counters.acknowledged + counters.setAside) - 1])
    }
    noteFailure()
  }

  /// The operator has changed something, or nothing. No wait is to be kept after that.
  private mutating func reload() {
    failedAt = nil
    let hasChanged = random.next() % 2 == 0
    if hasChanged {
      inspect()
      connection = nil
    }
    guard hasChanged, random.next() % 2 == 0 else {
      return perform(sender.filesReread(hasChanged ? .connection : .none, now: now))
    }
    let action = sender.changeSettings(
      queueCapacity: Int(random.next() % 40_000),
      backoff: Backoff(
        minimum: Interval(milliseconds: minimum), maximum: Interval(milliseconds: maximum)),
      limits: sender.limits, framing: .octetCounting, to: .octetCounting, now: now)
    perform(action)
  }

  /// The attempt is over: what the collector has got is looked at, and the wait is measured.
  private mutating func noteFailure() {
    inspect()
    connection = nil
    failedAt = now
    guard case .backingOff(let until) = sender.phase else {
      check(false, "a failure is followed by a wait")
      return
    }
    let wait = until.since(now).milliseconds
    let allowed = hadWorked ? 0...100 : minimum...maximum
    check(allowed.contains(wait), "a retry is neither too early nor too late")
  }

  /// Parses what came over the connection: whole frames in order, beginning on a boundary, and
  /// everything that was acknowledged really there.
  private mutating func inspect() {
    guard let connection else { return }
    let acknowledged = connection.writes.last { $0.cipher <= connection.acknowledged }?.plain ?? 0
    var position = 0
    var last = -1
    while let space = connection.plaintext[position...].firstIndex(of: UInt8(ascii: " ")) {
      let digits = String(decoding: connection.plaintext[position..<space], as: UTF8.self)
      guard let length = Int(digits), length > 0 else {
        check(false, "not a frame boundary: \(digits)")
        return
      }
      let end = space + 1 + length
      guard end <= connection.plaintext.count else { break }
      let text = String(decoding: connection.plaintext[(space + 1)..<end], as: UTF8.self)
      let identifier = Int(text.prefix { $0 != ":" }) ?? -1
      check(identifier > last, "order is kept")
      last = identifier
      if end <= acknowledged { delivered.insert(identifier) }
      position = end
    }
  }

  private mutating func bits() -> UInt32 {
    UInt32(truncatingIfNeeded: random.next())
  }

  /// The network becomes good: everything that was admitted arrives.
  mutating func settle() {
    for _ in 0..<2000 where !sender.queue.isEmpty {
      switch sender.phase {
      case .idle: perform(sender.wake(now: now))
      case .resolving: _ = sender.resolved(count: 1, now: now, random: bits())
      case .connecting:
        sender.connected(now: now)
        connection = Connection()
      case .handshaking:
        sender.secured(.proven, now: now)
        connection?.isSecured = true
      case .ready:
        sender.acceptedByPeer()
        now = now + CarefulSending.pause
        write(all: true)
        acknowledge(all: true)
      case .backingOff: reachDeadline()
      case .stopped: check(false, "nobody stopped it")
      }
    }
    check(sender.queue.count == 0, "a good network empties the queue")
    inspect()
    check(delivered.union(setAside) == Set(admitted), "nothing unacknowledged is forgotten")
    check(
      sender.counters.acknowledged + sender.counters.setAside == UInt64(admitted.count),
      "every acknowledgement is counted")
    check(
      sender.queue.discarded.total + sender.counters.queued == UInt64(nextMessage),
      "every message is counted")
  }
}
