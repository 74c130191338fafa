import Bytes
import Testing

@testable import SyslogCore

@Suite("Calendar time and client timestamps")
struct CalendarTimeTests {
  private func timestamp(_ piece: String, at time: CalendarTime) -> String {
    var encoder = MessageEncoder(.rfc5424, hostname: "h")
    let text = encoder.encode("<30>" + piece + " x", at: time).text
    return String(text.dropFirst("<30>1 ".count).prefix { $0 != " " })
  }

  static let years: [(stamp: String, receivedOn: (Int, Int, Int), year: Int)] = [
    ("Nov 24 07:30:00", (2025, 11, 24), 2025),
    ("Jan  1 00:00:00", (2025, 11, 24), 2025),
    // A day ahead is a clock that is wrong, more is last year.
    ("Nov 25 07:30:01", (2025, 11, 24), 2025),
    ("Nov 25 07:30:02", (2025, 11, 24), 2024),
    ("Dec 31 23:59:59", (2025, 11, 24), 2024),
    ("Dec 31 23:59:59", (2025, 1, 1), 2024),
    ("Dec 31 23:59:59", (2025, 12, 31), 2025),
    // New Year has come to the client already.
    ("Jan  1 00:00:00", (2025, 12, 31), 2026),
    ("Jan  1 07:30:01", (2025, 12, 31), 2026),
    ("Jan  1 07:30:02", (2025, 12, 31), 2025),
    ("Jan  1 00:00:00", (2024, 12, 31), 2025),
    ("Jan  2 00:00:00", (2025, 12, 31), 2025),
    // Leap days.
    ("Feb 29 12:00:00", (2024, 3, 1), 2024),
    ("Feb 29 07:00:00", (2024, 2, 28), 2024),
    ("Feb 29 12:00:00", (2025, 1, 1), 2024),
    // The ends of the calendar.
    ("Dec 31 00:00:00", (1, 1, 1), 0),
  ]

  @Test(
    "The year is the latest in which a timestamp is at most a day ahead (M19)", arguments: years)
  func year(stamp: String, receivedOn: (Int, Int, Int), year: Int) {
    let (thisYear, month, day) = receivedOn
    let written = timestamp(stamp, at: time(year: thisYear, month, day))
    #expect(written.prefix(4) == String(repeating: "0", count: 4 - "\(year)".count) + "\(year)")
    #expect(!written.contains("."))
  }

  @Test("A day that its year does not have is no timestamp (M7)")
  func noSuchDay() {
    let own = "2025-03-01T07:30:01.000042+01:00"
    #expect(timestamp("Feb 29 12:00:00", at: time(year: 2025, 3, 1)) == own)
    // 29 February of 1900, and one before year 0.
    #expect(timestamp("Feb 29 12:00:00", at: time(year: 1900, 3, 1)).hasPrefix("1900-03-01"))
    #expect(timestamp("Dec 31 12:00:00", at: time(year: 0, 1, 1)).hasPrefix("0000-01-01"))
    #expect(timestamp("Jan  1 07:00:00", at: time(year: 9999, 12, 31)).hasPrefix("9999-12-31"))
  }

  @Test(
    "Offsets are written with their sign, and none as Z (M7)",
    arguments: [
      (0, "Z"), (60, "+01:00"), (-60, "-01:00"), (345, "+05:45"), (-210, "-03:30"), (-1, "-00:01"),
      (1439, "+23:59"), (9999, "+23:59"), (-9999, "-23:59"),
    ])
  func offset(minutes: Int, text: String) {
    #expect(
      timestamp("", at: time(utcOffsetMinutes: minutes)) == "2025-11-24T07:30:01.000042" + text)
  }

  @Test(
    "Six digits of fraction, leading zeros kept (M7)",
    arguments: [(0, "000000"), (3, "000003"), (42_000, "042000"), (999_999, "999999")])
  func fraction(microsecond: Int, digits: String) {
    #expect(
      timestamp("", at: time(microsecond: microsecond)) == "2025-11-24T07:30:01.\(digits)+01:00")
  }

  @Test("Fields out of range are moved into it; a leap second is :59 (M7)")
  func clamping() {
    let high = CalendarTime(
      year: 10_000, month: 13, day: 32, hour: 24, minute: 60, second: 60, microsecond: 1_000_000,
      utcOffsetMinutes: 1440, isSynchronized: true)
    #expect(timestamp("", at: high) == "9999-12-31T23:59:59.999999+23:59")
    let low = CalendarTime(
      year: -1, month: 0, day: 0, hour: -1, minute: .min, second: -1, microsecond: -1,
      utcOffsetMinutes: .min, isSynchronized: true)
    #expect(timestamp("", at: low) == "0000-01-01T00:00:00.000000-23:59")
    var time = time(year: 2025, 2, 31)
    #expect(time.day == 28)
    time.microsecond = 1_000_000
    #expect(time.microsecond == 999_999)
    time.microsecond = -1
    #expect(time.microsecond == 0)
  }

  @Test("Every second of every day is written as it is read (B2)")
  func roundTrip() throws {
    for month in 1...12 {
      for day in 1...CivilDate.days(inMonth: month, of: 2000) {
        let stamp = ClientTimestamp(
          month: month, day: day, hour: day % 24, minute: day * 2 % 60, second: month * 4)
        let text = stamp.text
        #expect(ClientTimestamp(text.span, at: 0) == stamp)
        #expect([stamp.month, stamp.day, stamp.hour] == [month, day, day % 24])
        #expect([stamp.minute, stamp.second] == [day * 2 % 60, month * 4])
      }
    }
    let may = ClientTimestamp(month: 5, day: 3, hour: 4, minute: 5, second: 6).text
    #expect(String(decoding: (0..<15).map { may[$0] }, as: UTF8.self) == "May  3 04:05:06")
  }

  @Test(
    "What is no date and time is no timestamp (B5)",
    arguments: [
      "jan  2 03:04:05", "JAN  2 03:04:05", "Jän 2 03:04:05", "Jan  0 03:04:05", "Jan 00 03:04:05",
      "Jan 32 03:04:05", "Apr 31 03:04:05", "Feb 30 03:04:05", "Jan  2 24:04:05",
      "Jan  2 03:60:05", "Jan  2 03:04:60", "Jan  2  3:04:05", "Jan 2  03:04:05",
      "Jan  2 03:04:5", "Jan-02 03:04:05", "Jan  2T03:04:05", "Jan  2 03.04.05", "Jan  2 03:04:0x",
      "2025-01-02T03:04:05", "",
    ])
  func noTimestamp(text: String) {
    #expect(ClientTimestamp(Array(text.utf8).span, at: 0) == nil)
  }
}
