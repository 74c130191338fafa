import Testing

@testable import SyslogCore

@Suite("DatagramSender") struct DatagramSenderTests {
  private let begin = Instant(milliseconds: 1_000_000)

  @Test("the first message has the name looked up, as in BusyBox")
  func lazy() {
    var sender = DatagramSender()
    #expect(sender.phase == .unresolved)
    #expect(sender.wake(now: begin) == .resolve)
    #expect(sender.wake(now: begin) == .none)
    sender.resolved(count: 1, now: begin)
    #expect(sender.phase == .ready)
  }

  @Test("a name without an address is asked for again after 120 s (DNS_WAIT_SEC), not before")
  func retry() {
    var sender = DatagramSender()
    _ = sender.wake(now: begin)
    sender.resolved(count: 0, now: begin)
    #expect(sender.wake(now: begin + .seconds(119)) == .none)
    #expect(sender.wake(now: begin + .seconds(120)) == .resolve)
  }

  @Test("a lookup without an answer is given up after 30 s; a later answer is welcome")
  func hungLookup() {
    for found in [0, 2] {
      var sender = DatagramSender()
      _ = sender.wake(now: begin)
      #expect(sender.wake(now: begin + Interval(milliseconds: 29_999)) == .none)
      let end = begin + .seconds(30)
      #expect(sender.wake(now: end) == .abandonLookup)
      #expect(sender.wake(now: end) == .none)
      #expect(sender.wake(now: end + .seconds(120)) == .resolve)
      _ = sender.wake(now: end + .seconds(150))
      sender.resolved(count: found, now: end + .seconds(151))
      let waiting = DatagramSender.Phase.waiting(until: end + .seconds(271))
      #expect(sender.phase == (found > 0 ? .ready : waiting))
    }
  }

  @Test("a name is looked up again once an hour and at SIGHUP, and its address used meanwhile")
  func hourly() {
    var sender = DatagramSender()
    #expect(sender.refresh(now: begin) == .none, "an address is no name")
    #expect(sender.reload(now: begin) == .none)
    _ = sender.wake(now: begin)
    sender.resolved(count: 1, now: begin)
    #expect(sender.refresh(now: begin + .seconds(3599)) == .none)
    let hour = begin + .seconds(3600)
    #expect(sender.refresh(now: hour) == .resolve)
    #expect(sender.refresh(now: hour) == .none, "one at a time")
    // Nothing was found: again after 120 s, as ever.
    sender.resolved(count: 0, now: hour)
    #expect(sender.refresh(now: hour + .seconds(119)) == .none)
    #expect(sender.refresh(now: hour + .seconds(120)) == .resolve)
    sender.resolved(count: 1, now: hour + .seconds(121))
    #expect(sender.reload(now: hour + .seconds(122)) == .resolve)
    #expect(sender.reload(now: hour + .seconds(122)) == .none)
    sender.resolved(count: 1, now: hour + .seconds(123))
    #expect(sender.phase == .ready)
  }

  @Test("a clock that jumps back does not silence it for longer than 120 s")
  func clockJump() {
    var sender = DatagramSender()
    _ = sender.wake(now: begin)
    sender.resolved(count: 0, now: begin)
    #expect(sender.wake(now: Instant(milliseconds: 5)) == .resolve)
  }

  @Test("reasons that alternate are reported every 10 s, one that stays only once")
  func reports() {
    var sender = DatagramSender()
    func reports(_ code: Int32, after seconds: Int) -> Bool {
      sender.reports(code, now: begin + .seconds(Int64(seconds)))
    }
    var reported = [reports(1, after: 0), reports(2, after: 9)]
    sender.sendingWorked()
    reported += [reports(1, after: 9), reports(2, after: 10), reports(2, after: 100)]
    sender.sendingWorked()
    reported.append(reports(2, after: 100))
    #expect(reported == [true, false, false, true, false, true])
  }

  @Test("a failing send looks the name up again, but not with every datagram")
  func refresh() {
    var sender = DatagramSender()
    _ = sender.wake(now: begin)
    sender.resolved(count: 1, now: begin)
    #expect(sender.sendingFailed(now: begin + .seconds(9)) == .none)
    #expect(sender.sendingFailed(now: begin + .seconds(10)) == .resolve)
    sender.resolved(count: 1, now: begin + .seconds(11))
    #expect(sender.sendingFailed(now: begin + .seconds(12)) == .none)
  }
}
