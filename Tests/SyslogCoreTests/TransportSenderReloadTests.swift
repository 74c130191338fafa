import Testing

@testable import SyslogCore

private let begin = Instant(milliseconds: 1_000_000)

private func make(queue capacity: Int = 0, minimum: Int64 = 1) -> TransportSender {
  TransportSender(
    queueCapacity: capacity,
    backoff: Backoff(minimum: .seconds(minimum), maximum: .seconds(60)),
    limits: TransportSender.Limits(connect: .seconds(10), handshake: .seconds(10)))
}

@Suite("TransportSender, when the configuration is read again") struct TransportSenderReloadTests {
  @Test("a connection and an attempt go on while nothing has changed")
  func kept() {
    var sender = make()
    _ = sender.start(now: begin)
    #expect(sender.filesReread(.none, now: begin) == .none)
    #expect(sender.isResolving == true)
    _ = sender.resolved(count: 1, now: begin, random: 0)
    let connecting = sender.phase
    #expect(sender.filesReread(.none, now: begin) == .none)
    #expect(sender.phase == connecting)
    sender.connected(now: begin)
    #expect(sender.filesReread(.none, now: begin) == .none)
    #expect(sender.phase == .handshaking(deadline: begin + .seconds(10)))
    sender.secured(.proven, now: begin)
    _ = sender.put("m")
    sender.send(now: begin)
    #expect(sender.filesReread(.none, now: begin) == .none)
    #expect(sender.phase == .ready)
    sender.acknowledged(ciphertext: 100, now: begin)
    #expect(sender.queue.isEmpty == true)
  }

  @Test("a new address or route brings the next attempt forward, and disturbs nothing else")
  func networkChanged() {
    var sender = make(minimum: 30)
    _ = sender.put("m")
    _ = sender.start(now: begin)
    let resolving = sender.phase
    sender.networkChanged(now: begin, random: 0)
    #expect(sender.phase == resolving)
    _ = sender.resolved(count: 0, now: begin, random: 0)
    #expect(sender.phase == .backingOff(until: begin + .seconds(30)))
    // A burst of news is one.
    for _ in 0..<9 { sender.networkChanged(now: begin, random: 249) }
    #expect(sender.phase == .backingOff(until: begin + Interval(milliseconds: 499)))
    let then = begin + .seconds(1)
    #expect(sender.deadlineReached(now: then) == .resolve)
    sender.becomeReady(now: then)
    let ready = sender.phase
    sender.networkChanged(now: then, random: 0)
    #expect(sender.phase == ready)
  }

  @Test("a changed one is made again at once; what was acknowledged is not sent again")
  func changed() {
    var sender = make()
    _ = sender.put("one")
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    sender.send(ciphertext: 100, now: begin)
    sender.acknowledged(ciphertext: 100, now: begin)
    _ = sender.put("two")
    sender.send(ciphertext: 200, now: begin)
    #expect(sender.filesReread(.connection, now: begin) == .resolve)
    #expect(sender.isResolving == true)
    #expect(sender.consecutiveFailures == 0)
    #expect(sender.counters.requeued == 1)
    sender.becomeReady(now: begin)
    #expect(sender.runText() == "3 two")
    // Acknowledgements of the old connection say nothing about the new one.
    sender.acknowledged(ciphertext: 200, now: begin)
    #expect(sender.queue.count == 1)
  }

  @Test("a changed one that was still being made is begun anew")
  func changedAttempt() {
    for isConnected in [false, true] {
      var sender = make()
      _ = sender.start(now: begin)
      _ = sender.resolved(count: 1, now: begin, random: 0)
      if isConnected { sender.connected(now: begin) }
      #expect(sender.filesReread(.connection, now: begin) == .resolve)
      #expect(sender.isResolving == true)
      #expect(sender.counters.failures == 0)
    }
  }

  @Test("who waits for the next attempt makes it now, and waits longer when it fails too")
  func mended() {
    var sender = make(minimum: 4)
    _ = sender.start(now: begin)
    sender.failed(now: begin, random: 0)
    sender.failed(now: begin, random: 0)
    #expect(sender.filesReread(.none, now: begin) == .resolve)
    #expect(sender.isResolving == true)
    sender.failed(now: begin, random: 0)
    #expect(sender.phase == .backingOff(until: begin + .seconds(16)))
  }

  @Test("who has nothing to send is connected too, as at the start")
  func idle() {
    var sender = make()
    #expect(sender.filesReread(.none, now: begin) == .resolve)
    #expect(sender.isResolving == true)
  }

  @Test("what was left has nothing to read again for")
  func needless() {
    var sender = make()
    _ = sender.start(now: begin)
    sender.stop()
    #expect(sender.filesReread(.connection, now: begin) == .none)
    #expect(sender.phase == .stopped)
  }

  @Test("other settings keep what is queued, and time limits, backoff and capacity are the new")
  func adopted() {
    var sender = make()
    _ = sender.put("one")
    _ = sender.put("two")
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    sender.send(ciphertext: 100, now: begin)
    let action = sender.changeSettings(
      queueCapacity: 50_000, backoff: Backoff(minimum: .seconds(7), maximum: .seconds(7)),
      limits: TransportSender.Limits(connect: .seconds(2), handshake: .seconds(3)),
      framing: .octetCounting, to: .lineFeed, now: begin)
    #expect(action == .resolve)
    #expect(sender.queue.capacity == 50_000)
    #expect(sender.counters.requeued == 2)
    _ = sender.resolved(count: 1, now: begin, random: 0)
    #expect(sender.deadline == begin + .seconds(2))
    sender.connected(now: begin)
    #expect(sender.deadline == begin + .seconds(3))
    sender.secured(.proven, now: begin)
    #expect(sender.runText() == "one\ntwo\n")
    sender.failed(now: begin, random: 0)
    #expect(sender.phase == .backingOff(until: begin + .seconds(7)))
  }
}

@Suite("TransportSender of a remote that is no longer configured") struct RetirementTests {
  @Test("is over at once when there is nothing left to deliver")
  func nothingLeft() {
    var sender = make()
    #expect(sender.hasRetired(now: begin) == false)
    sender.retire(now: begin)
    #expect(sender.isRetiring == true)
    #expect(sender.hasRetired(now: begin) == true)
  }

  @Test("is over when the last message was acknowledged, and is looked at until then")
  func delivered() {
    var sender = make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    sender.retire(now: begin)
    #expect(sender.hasRetired(now: begin) == false)
    #expect(sender.deadline == begin)
    #expect(sender.deadlineReached(now: begin) == .none)
    #expect(sender.deadline == begin + .seconds(1))
    sender.send(ciphertext: 100, now: begin)
    #expect(sender.hasRetired(now: begin) == false)
    sender.acknowledged(ciphertext: 100, now: begin)
    #expect(sender.hasRetired(now: begin) == true)
  }

  @Test("is over after a minute, however well the connection stands")
  func late() {
    var sender = make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    sender.retire(now: begin)
    // Asked again, it does not begin anew.
    sender.retire(now: begin + .seconds(30))
    #expect(sender.hasRetired(now: begin + Interval(milliseconds: 59_999)) == false)
    #expect(sender.hasRetired(now: begin + .seconds(60)) == true)
  }

  @Test("is over after one attempt that fails, which is made at once, and nothing follows it")
  func failed() {
    var sender = make(minimum: 30)
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.failed(now: begin, random: 0)
    sender.retire(now: begin)
    #expect(sender.deadline == begin)
    #expect(sender.deadlineReached(now: begin) == .resolve)
    #expect(sender.hasRetired(now: begin) == false)
    #expect(sender.resolved(count: 2, now: begin, random: 0) == .connect(index: 0))
    // Another address of the same attempt.
    #expect(sender.connectFailed(now: begin, random: 0) == .connect(index: 1))
    #expect(sender.hasRetired(now: begin) == false)
    #expect(sender.connectFailed(now: begin, random: 0) == .none)
    #expect(sender.hasRetired(now: begin) == true)
    #expect(sender.phase == .stopped)
    #expect(sender.queue.count == 1)
  }

  @Test("goes on after a connection that was lost: that was no attempt")
  func lost() {
    var sender = make()
    _ = sender.put("m")
    _ = sender.start(now: begin)
    sender.becomeReady(now: begin)
    sender.retire(now: begin)
    sender.failed(now: begin, random: 0)
    #expect(sender.hasRetired(now: begin) == false)
    #expect(sender.deadlineReached(now: begin + .seconds(1)) == .resolve)
    sender.becomeReady(now: begin + .seconds(1))
    #expect(sender.runText() == "1 m")
  }

  @Test("is undone when the remote is configured again")
  func undone() {
    var sender = make()
    _ = sender.put("m")
    sender.retire(now: begin)
    _ = sender.changeSettings(
      queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: TransportSender.Limits(connect: .seconds(1), handshake: .seconds(1)),
      framing: .octetCounting, to: .octetCounting, now: begin)
    #expect(sender.isRetiring == false)
    #expect(sender.hasRetired(now: begin + .seconds(3600)) == false)
    #expect(sender.deadline == begin + TransportSender.resolveTimeout)
  }
}

extension TransportSender {
  fileprivate mutating func runText() -> String? {
    let now = Instant(milliseconds: 0)
    return withRun(limit: 16384, now: now) { String(decoding: $0.copied(), as: UTF8.self) }
  }

  /// Everything that is queued is accepted by the connection.
  fileprivate mutating func send(ciphertext: UInt64 = 100, now: Instant) {
    guard let count = withRun(limit: 16384, now: now, { $0.count }) else { return }
    accepted(count, ciphertext: ciphertext, now: now)
  }

}
