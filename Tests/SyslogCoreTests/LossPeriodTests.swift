import Features
import SyslogCore
import Testing

@Suite("When messages were lost")
struct LossPeriodTests {
  @Test("is from the first to the last of them, with their number")
  func period() throws {
    var lost = WithLosses<LossPeriod>()
    #expect(lost.value == nil, "nothing was lost")
    lost.add(2, at: 100)
    lost.add(3, at: 160)
    let period = try #require(lost.value)
    #expect(period.count == 5)
    #expect(period.first == 100 && period.last == 160)
  }

  @Test("never ends before it begins, however the clock is set meanwhile")
  func clockIsSet() throws {
    for times: [Int64] in [[100, 40, 70], [70, 100, 40], [40, 70, 100]] {
      var lost = WithLosses<LossPeriod>()
      for time in times { lost.add(1, at: time) }
      let period = try #require(lost.value)
      #expect(period.count == 3)
      #expect(period.first == 40 && period.last == 100)
    }
  }

  @Test("is over when messages were delivered for ten seconds and none was lost meanwhile")
  func end() {
    let lost = LossPeriod()
    func deliver(_ seconds: Int64...) -> [Bool] {
      seconds.map {
        lost.delivered(now: Instant(milliseconds: 1000 * $0))
        return lost.isOver
      }
    }
    lost.add(1, at: 1)
    #expect(!lost.isOver)
    #expect(deliver(5, 14) == [false, false])
    lost.add(1, at: 2)
    #expect(deliver(16, 25) == [false, false])
    #expect(deliver(26) == [true])
    lost.add(1, at: 3)
    #expect(!lost.isOver && lost.count == 3)
  }
}
