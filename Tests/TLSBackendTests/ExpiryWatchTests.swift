import Testing

@testable import TLSBackend

/// Everything at a time of the test's own.
@Suite("Certificates that expire soon")
final class ExpiryWatchTests {
  private static let day: Int64 = 86_400
  private static let end: Int64 = 2_000_000_000
  private var watch = ExpiryWatch()

  /// Whether there is a warning so many seconds before the end of a certificate.
  private func warns(_ number: UInt8 = 1, secondsLeft left: Int64) -> Bool {
    let certificate = CertificateSummary.made(
      certificate: .repeating(number), dates: 0...Self.end)
    return watch.warns(of: certificate, at: Self.end - left)
  }

  @Test("are warned of once when 30, 7 and 1 days are left, and once when they have expired")
  func thresholds() {
    var warned: [Int64] = []
    var left = 40 * Self.day
    while left > -2 * Self.day {
      if warns(secondsLeft: left) { warned.append(left) }
      left -= 3600
    }
    let expected: [Int64] = [
      30 * Self.day - 3600, 7 * Self.day - 3600, Self.day - 3600, -3600,
    ]
    #expect(warned == expected)
  }

  @Test("one that is met late has one warning for all thresholds behind it")
  func late() {
    let first = warns(secondsLeft: Self.day / 2)
    let again = warns(secondsLeft: 1)
    let expired = warns(secondsLeft: -1)
    let later = warns(secondsLeft: -100 * Self.day)
    #expect([first, again, expired, later] == [true, false, true, false])
  }

  @Test("a clock that is set back does not repeat a warning")
  func setBack() {
    let seen = [6, 29, 100, 6].map { warns(secondsLeft: $0 * Self.day) }
    #expect(seen == [true, false, false, false])
  }

  @Test("each certificate has warnings of its own, several servers behind one name, too")
  func several() {
    let time = 3 * Self.day
    #expect((UInt8(1)...8).map { warns($0, secondsLeft: time) }.allSatisfy { $0 })
    #expect(!(UInt8(1)...8).map { warns($0, secondsLeft: time) }.contains(true))
  }

  @Test("of more than eight the oldest is forgotten")
  func many() {
    let time = 3 * Self.day
    #expect((UInt8(1)...9).map { warns($0, secondsLeft: time) }.allSatisfy { $0 })
    #expect(!warns(9, secondsLeft: time))
    #expect(warns(1, secondsLeft: time))
  }

  @Test("dates at the ends of what can be are no trap", arguments: [Int64.min, -1, 0, .max])
  func extremes(end: Int64) {
    let certificate = CertificateSummary.made(dates: min(0, end)...max(0, end))
    for time in [Int64.min, -1, 0, 1, .max] { _ = watch.warns(of: certificate, at: time) }
  }
}
