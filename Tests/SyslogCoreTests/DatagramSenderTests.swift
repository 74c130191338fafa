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

  @Test("a new address or route brings a lookup forward, at most every 10 s")
  func networkChanged() {
    var sender = DatagramSender()
    sender.networkChanged()
    #expect(sender.phase == .unresolved)
    _ = sender.wake(now: begin)
    sender.networkChanged()
    #expect(sender.wake(now: begin) == .none, "it is under way")
    sender.resolved(count: 0, now: begin)
    for _ in 0..<100 { sender.networkChanged() }
    #expect(sender.wake(now: begin + Interval(milliseconds: 9999)) == .none)
    #expect(sender.wake(now: begin + .seconds(10)) == .resolve)
    // One that got no answer has had its time, too.
    let end = begin + .seconds(40)
    #expect(sender.wake(now: end) == .abandonLookup)
    sender.networkChanged()
    #expect(sender.wake(now: end + .seconds(9)) == .none)
    #expect(sender.wake(now: end + .seconds(10)) == .resolve)
    sender.resolved(count: 1, now: end + .seconds(11))
    sender.networkChanged()
    #expect(sender.phase == .ready)
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

  @Test("a trouble is reported once, and its end when nothing failed for 10 s of sending")
  func trouble() {
    var sender = DatagramSender()
    func fails(_ code: Int32, after seconds: Int64) -> Bool {
      sender.reports(code, now: begin + .seconds(seconds))
    }
    func works(after seconds: Int64) -> Bool {
      sender.sendingWorked(now: begin + .seconds(seconds))
    }
    var said = [works(after: 0), works(after: 20)]
    said += [fails(1, after: 30), fails(1, after: 300), works(after: 301), works(after: 310)]
    #expect(said == [false, false, true, false, false, false])
    // What came back for the message of second 310 is known by now.
    said = [fails(1, after: 311), works(after: 312), works(after: 321), works(after: 322)]
    #expect(said == [false, false, false, true])
    #expect(!works(after: 400), "once")
    #expect(fails(1, after: 401), "a new one")
  }

  @Test("reasons that alternate are reported after 10 s, 20 s, 40 s …")
  func alternating() {
    var sender = DatagramSender()
    var seconds: [Int64] = []
    for second in 0..<200
    where sender.reports(Int32(second % 2 + 1), now: begin + .seconds(Int64(second))) {
      seconds.append(Int64(second))
    }
    #expect(seconds == [0, 11, 32, 73, 154])
  }

  @Test("a failing send looks the name up again, after 10 s, 20 s, 40 s … of a trouble")
  func refresh() {
    var sender = DatagramSender()
    _ = sender.wake(now: begin)
    sender.resolved(count: 1, now: begin)
    _ = sender.reports(1, now: begin)
    var seconds: [Int64] = []
    for second: Int64 in 0..<20_000
    where sender.sendingFailed(now: begin + .seconds(second)) == .resolve {
      seconds.append(second)
      sender.resolved(count: 1, now: begin + .seconds(second))
    }
    #expect(seconds.prefix(5) == [10, 30, 70, 150, 310])
    #expect(seconds.suffix(2) == [15_910, 19_510], "at least once an hour")
    _ = sender.sendingWorked(now: begin + .seconds(20_000))
    let works = sender.sendingWorked(now: begin + .seconds(20_010))
    #expect(works)
    sender.resolved(count: 1, now: begin + .seconds(20_010))
    #expect(sender.sendingFailed(now: begin + .seconds(20_020)) == .resolve, "anew")
  }
}
