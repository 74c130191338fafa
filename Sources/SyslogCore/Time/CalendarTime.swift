internal import Bytes

/// A local time in the fields of a calendar, as the I/O floor has it from `localtime_r`.
///
/// Fields outside their range are moved to its nearest end, so that whatever is written from
/// them is well-formed; a leap second becomes :59 (RFC 5424 §6.2.3, M7).
public struct CalendarTime: Equatable, Sendable {
  /// 0 to 9999.
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to the last day of the month.
  public let day: Int
  public let hour: Int
  public let minute: Int
  public let second: Int
  /// 0 to 999,999. The only field that changes within a second.
  public var microsecond: Int {
    didSet { microsecond = CalendarTime.clamped(microsecond, 0, 999_999) }
  }
  /// East of Greenwich, less than a day either way.
  public let utcOffsetMinutes: Int
  /// Whether the clock is known to be right (RFC 5424 §7.1, M13).
  public let isSynchronized: Bool

  public init(
    year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, microsecond: Int,
    utcOffsetMinutes: Int, isSynchronized: Bool
  ) {
    let year = CalendarTime.clamped(year, 0, 9999)
    let month = CalendarTime.clamped(month, 1, 12)
    self.year = year
    self.month = month
    self.day = CalendarTime.clamped(day, 1, CivilDate.days(inMonth: month, of: year))
    self.hour = CalendarTime.clamped(hour, 0, 23)
    self.minute = CalendarTime.clamped(minute, 0, 59)
    self.second = CalendarTime.clamped(second, 0, 59)
    self.microsecond = CalendarTime.clamped(microsecond, 0, 999_999)
    self.utcOffsetMinutes = CalendarTime.clamped(utcOffsetMinutes, -1439, 1439)
    self.isSynchronized = isSynchronized
  }

  private static func clamped(_ value: Int, _ low: Int, _ high: Int) -> Int {
    max(low, min(value, high))
  }

  var clock: ClockState { isSynchronized ? .synchronized : .free }

  /// The fields that a client's timestamp has too.
  var stamp: ClientTimestamp {
    ClientTimestamp(month: month, day: day, hour: hour, minute: minute, second: second)
  }
}

/// Whether a clock is known to be right.
enum ClockState {
  case synchronized
  case free
}
