import Features
import SyslogCore
import Testing

@Suite("When messages were lost")
struct LossPeriodTests {
  @Test("is from the first to the last of them, with their number")
  func period() throws {
    var lost = WithLosses<LossPeriod>()
    #expect(lost.value == nil)
    lost.add(0, at: 50)
    #expect(lost.value == nil, "nothing was lost")
    lost.add(2, at: 100)
    lost.add(3, at: 160)
    lost.add(0, at: 170)
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

  @Test("goes on when more is lost after something was delivered")
  func goesOn() {
    var lost = WithLosses<LossPeriod>()
    lost.add(1, at: 1)
    lost.value?.isOver = true
    lost.add(1, at: 2)
    #expect(lost.value?.isOver == false)
    #expect(lost.value?.count == 2)
  }
}
