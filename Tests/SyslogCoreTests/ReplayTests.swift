import Testing

@testable import SyslogCore

@Suite("Messages that are sent again although they were acknowledged") struct ReplayTests {
  private let begin = Instant(milliseconds: 1_000_000)

  @Test(
    "a collector that dies with data unread gets everything, in order, copies with their number")
  func deaths() {
    for seed in 1...15 {
      var world = ReplayWorld(seed: UInt64(seed))
      world.run()
    }
  }

  /// Sends what there is and has it acknowledged. What was sent.
  private func exchange(_ sender: inout TransportSender, _ now: Instant) -> String {
    var text = ""
    while let bytes = sender.withRun(limit: 16384, now: now, { $0.copied() }) {
      text += String(decoding: bytes, as: UTF8.self)
      sender.accepted(bytes.count, ciphertext: UInt64(text.utf8.count), now: now)
    }
    sender.acknowledged(ciphertext: UInt64(text.utf8.count), now: now)
    return text
  }

  private func connected(_ limit: Int) -> TransportSender {
    var sender = TransportSenderTests.make()
    sender.setReplayLimit(limit)
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    return sender
  }

  /// Breaks the connection, waits and connects again. False when there is nothing to send.
  private func breakOff(
    _ sender: inout TransportSender, _ now: inout Instant, isBreak: Bool = true
  ) -> Bool {
    if !isBreak { sender.endsInOrder() }
    sender.failed(now: now, random: 0)
    now = now + .seconds(4000)
    let isWanted = sender.deadlineReached(now: now) == .resolve
    if !isWanted { _ = sender.put("more") == .queued ? sender.wake(now: now) : .none }
    sender.becomeReady(now: now)
    return isWanted
  }

  @Test("come once more after each break, three times at the most, and are counted by themselves")
  func threeTimes() {
    var sender = connected(1000)
    var now = begin
    _ = sender.put("one")
    #expect(exchange(&sender, now) == "3 one")
    for round in 1...3 {
      now = now + .seconds(2)
      #expect(breakOff(&sender, &now), "there is something to send")
      #expect(sender.queue.count == 0, "nothing waits that was never acknowledged")
      #expect(exchange(&sender, now) == "3 one")
      #expect(sender.counters.acknowledged == 1)
      #expect(sender.queue.replayed == UInt64(round))
      #expect(sender.sentMessages == UInt64(1 + round))
    }
    now = now + .seconds(2)
    #expect(!breakOff(&sender, &now))
    #expect(exchange(&sender, now) == "4 more")
    #expect(sender.counters.requeued == 0)
  }

  @Test("are the newest that fit, and none without a limit")
  func limited() {
    var sender = connected(11)
    var now = begin
    for text in ["one", "two", "three"] { _ = sender.put(text) }
    #expect(exchange(&sender, now) == "3 one3 two5 three")
    _ = breakOff(&sender, &now)
    #expect(exchange(&sender, now) == "5 three", "12 bytes would be too many")
    sender = connected(0)
    now = begin
    _ = sender.put("one")
    _ = exchange(&sender, now)
    #expect(!breakOff(&sender, &now))
    #expect(exchange(&sender, now) == "4 more")
  }

  @Test("are not sent after an end that is none, and still kept for the next break")
  func noBreak() {
    var sender = connected(1000)
    var now = begin
    _ = sender.put("one")
    _ = exchange(&sender, now)
    #expect(!breakOff(&sender, &now, isBreak: false))
    #expect(exchange(&sender, now) == "4 more")
    #expect(breakOff(&sender, &now))
    #expect(exchange(&sender, now) == "3 one4 more")
  }

  @Test("stand before what was not acknowledged, and take none of its room")
  func room() {
    var sender = connected(100_000)
    var now = begin
    let text = String(repeating: "m", count: 1000)
    var count: UInt64 = 0
    while sender.put("\(count)" + text) == .queued { count += 1 }
    _ = exchange(&sender, now)
    sender.failed(now: now, random: 0)
    #expect(sender.queue.isEmpty == false && sender.queue.count == 0)
    #expect(sender.queue.freeBytes == sender.queue.capacity)
    let discarded = sender.queue.discarded.total
    for number in 0..<count { #expect(sender.put("\(number)" + text) == .queued) }
    #expect(sender.put("\(count)" + text) == .discarded)
    #expect(sender.queue.discarded.total == discarded + 1)
    // What is more severe evicts what was never sent.
    #expect(
      sender.queue(
        .error, from: 0, .octetCounting, header: [UInt8]().span, body: Array(text.utf8).span)
        == .queued)
    now = now + .seconds(4000)
    _ = sender.deadlineReached(now: now)
    sender.becomeReady(now: now)
    _ = exchange(&sender, now)
    #expect(sender.queue.replayed == count)
    #expect(sender.counters.acknowledged + sender.queue.discarded.total == 2 * count + 3)
  }

  @Test("a message that ends each connection is found behind those that are sent again")
  func poison() {
    var sender = connected(100_000)
    var now = begin
    for number in 0..<20 { _ = sender.put("\(number):good") }
    _ = exchange(&sender, now)
    _ = sender.put("poison")
    var connections = 0
    while !sender.queue.isEmpty, connections < 60 {
      connections += 1
      var sent = 0
      var isAlive = true
      for _ in 0..<200 where isAlive {
        while isAlive, let bytes = sender.withRun(limit: 16384, now: now, { $0.copied() }) {
          sent += bytes.count
          sender.accepted(bytes.count, ciphertext: UInt64(sent), now: now)
          isAlive = !String(decoding: bytes, as: UTF8.self).contains("poison")
        }
        if isAlive { now = now + Interval(milliseconds: 25) }
        sender.acknowledged(ciphertext: UInt64(sent), now: now)
      }
      guard !isAlive else { break }
      sender.failed(now: now, random: 0)
      now = now + .seconds(2000)
      guard sender.deadlineReached(now: now) == .resolve else { break }
      sender.becomeReady(.awaited, now: now)
    }
    #expect(sender.queue.isEmpty == true)
    #expect(connections <= 14, "\(connections) connections")
    #expect(sender.counters.acknowledged + sender.counters.setAside == 21)
  }

  @Test("go with the queue to a sender that takes over; what was counted does not")
  func exchanged() {
    var first = connected(1000)
    var second = connected(1000)
    _ = first.put("one")
    _ = exchange(&first, begin)
    first.failed(now: begin, random: 0)
    second.exchangeMessages(with: &first, framing: .octetCounting, .octetCounting)
    #expect(first.queue.isEmpty == true)
    #expect(exchange(&second, begin) == "3 one")
    #expect(second.queue.replayed == 1)
    #expect(second.counters.acknowledged == 0)
    first.exchangeMessages(with: &second, framing: .octetCounting, .octetCounting)
    #expect(first.queue.keptBytes == 5)
    #expect(first.queue.replayed == 0)
    #expect(second.queue.keptBytes == 0)
    #expect(second.queue.replayed == 1)
  }

  @Test("are forgotten with another framing, which would make other bytes of them")
  func framing() {
    var sender = connected(1000)
    var now = begin
    _ = sender.put("one")
    _ = exchange(&sender, now)
    sender.failed(now: now, random: 0)
    _ = sender.put("two")
    _ = sender.changeSettings(
      queueCapacity: 20_000, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: sender.limits, framing: .octetCounting, to: .lineFeed, now: now)
    sender.becomeReady(now: now)
    #expect(exchange(&sender, now) == "two\n")
    #expect(breakOff(&sender, &now))
    #expect(exchange(&sender, now) == "two\n", "the limit has stayed")
  }

  @Test("are kept when the memory of the queue grows and shrinks", arguments: 0..<20)
  func memory(seed: UInt64) {
    var random = Xorshift(seed: seed)
    var queue = MessageQueue(capacity: 1 << 20)
    queue.setReplayLimit(40_000)
    var sent = ""
    for step in 0..<2000 {
      let isFilling = step / 300 % 2 == 0
      if random.next() % 4 < (isFilling ? 3 : 1) {
        _ = queue.put("\(step):" + String(repeating: "m", count: Int(random.next() % 1200)))
      } else if let run = queue.takeRun() {
        sent += run
        _ = queue.acknowledge(run.utf8.count)
      }
      if step % 50 == 0 { queue.trim() }
    }
    while let run = queue.takeRun() {
      sent += run
      _ = queue.acknowledge(run.utf8.count)
    }
    for _ in 0..<10 { queue.trim() }
    #expect(queue.storage.count <= 330_000)
    _ = queue.rewind()
    queue.replayKept()
    let copies = queue.takeAll()
    #expect(sent.hasSuffix(copies))
    #expect((38_000...40_000).contains(copies.utf8.count))
  }
}
