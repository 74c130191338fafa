/// A day of the Gregorian calendar, which is taken back before its beginning.
public struct CivilDate: Equatable, Sendable {
  public let year: Int64
  /// 1 to 12.
  public let month: Int64
  /// 1 to 31.
  public let day: Int64

  public static var secondsPerDay: Int { 86_400 }

  public init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that is so many days after 1970-01-01, not before the year 0 (Howard Hinnant's
  /// civil_from_days).
  public init(daysSince1970: Int64) {
    let days = daysSince1970 + 719_468
    let era = days / 146_097
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Howard Hinnant's days_from_civil, for years from 0.
  public var daysSince1970: Int64 {
    let shiftedYear = year - (month <= 2 ? 1 : 0)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
      + dayOfYear - 719_468
  }

  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  public static func days(inYear year: Int) -> Int {
    isLeap(year) ? 366 : 365
  }

  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  /// Days of `year` before the first of `month`.
  public static func days(beforeMonth month: Int, of year: Int) -> Int {
    var days = 0
    var earlier = 1
    while earlier < month {
      days += self.days(inMonth: earlier, of: year)
      earlier += 1
    }
    return days
  }
}

extension Text {
  /// A moment in seconds since 1970 as an operator reads it, `2026-11-24 17:03:00 UTC`; the nearest
  /// moment of the years 1 to 9999 for others.
  public init(utc seconds: Int64) {
    let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
    // Positive, so that the division rounds down.
    let day = Int64(CivilDate.secondsPerDay)
    let shifted = bounded + 719_468 * day
    let rest = shifted % day
    let date = CivilDate(daysSince1970: shifted / day - 719_468)
    self.init([])
    append(date.year, width: 4, before: UInt8(ascii: "-"))
    append(date.month, width: 2, before: UInt8(ascii: "-"))
    append(date.day, width: 2, before: UInt8(ascii: " "))
    append(rest / 3600, width: 2, before: UInt8(ascii: ":"))
    append(rest / 60 % 60, width: 2, before: UInt8(ascii: ":"))
    append(rest % 60, width: 2, before: UInt8(ascii: " "))
    self += "UTC"
  }

  @inline(never)
  private mutating func append(_ value: Int64, width: Int, before separator: UInt8) {
    let digits = Text(value)
    for _ in digits.bytes.count..<max(width, digits.bytes.count) { append(UInt8(ascii: "0")) }
    self += digits
    append(separator)
  }
}
