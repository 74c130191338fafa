internal import Bytes

/// A time as the headers write it: the TIMESTAMP of RFC 5424 §6.2.3, or that of RFC 3164 §4.1.2 and
/// what belongs to it. Two words, because every message has one.
struct WireTime: Equatable, Sendable {
  let stamp: ClientTimestamp
  /// Negative when the client did not say and it cannot be told.
  var fraction: Int32
  private let packedYear: Int16
  private let packedOffset: Int16
  /// False when the zone is a guess (tzKnown of RFC 5424 §7.1.1).
  var isZoneKnown = true

  /// 0 to 9999.
  var year: Int { Int(packedYear) }
  var utcOffsetMinutes: Int { Int(packedOffset) }
  /// Nil when it is not written.
  var microsecond: Int? { fraction < 0 ? nil : Int(fraction) }

  /// The arguments are in their ranges.
  init(_ year: Int, _ stamp: ClientTimestamp, microsecond: Int?, utcOffsetMinutes: Int) {
    packedYear = Int16(truncatingIfNeeded: year)
    self.stamp = stamp
    fraction = Int32(truncatingIfNeeded: microsecond ?? -1)
    packedOffset = Int16(truncatingIfNeeded: utcOffsetMinutes)
  }

  /// When a message was received.
  init(_ time: CalendarTime) {
    self.init(
      time.year, time.stamp, microsecond: time.microsecond,
      utcOffsetMinutes: time.utcOffsetMinutes)
  }

  /// A moment in seconds since 1970, the nearest of the years 0 to 9999.
  init(seconds: Int64, utcOffsetMinutes: Int, microsecond: Int?) {
    let day = Int64(CivilDate.secondsPerDay)
    let bounded = min(max(seconds, -62_167_219_200), 253_402_300_799)
    // Positive, so that the division rounds down; an offset may lead out of the range again.
    let shifted = max(0, bounded + Int64(utcOffsetMinutes) * 60 + 719_468 * day)
    let date = CivilDate(daysSince1970: shifted / day - 719_468)
    let rest = Int(shifted % day)
    self.init(
      min(9999, max(0, Int(date.year))),
      ClientTimestamp(
        month: Int(date.month), day: Int(date.day), hour: rest / 3600, minute: rest / 60 % 60,
        second: rest % 60),
      microsecond: microsecond, utcOffsetMinutes: utcOffsetMinutes)
  }

  /// Since 1970.
  var seconds: Int64 {
    let date = CivilDate(year: Int64(year), month: Int64(stamp.month), day: Int64(stamp.day))
    let time = stamp.hour * 3600 + stamp.minute * 60 + stamp.second - utcOffsetMinutes * 60
    return date.daysSince1970 * Int64(CivilDate.secondsPerDay) + Int64(time)
  }

  /// Equal for two that differ in their microseconds only.
  var secondKey: UInt64 {
    let zone = UInt64(truncatingIfNeeded: utcOffsetMinutes + 1440)
    let fraction: UInt64 = microsecond == nil ? 0 : 1
    return UInt64(truncatingIfNeeded: year) << 39 | zone << 27 | fraction << 26
      | UInt64(stamp.packed)
  }

  /// How far behind the beginning of the text the digits of the fraction are.
  static let fractionOffset = 20
}

extension MutableSpan<UInt8> {
  /// With six digits of fraction, or none (M7).
  mutating func write(_ time: WireTime, at position: inout Int) {
    write(pair: time.year / 100, at: &position)
    write(pair: time.year, at: &position)
    write(UInt8(ascii: "-"), at: &position)
    write(pair: time.stamp.month, at: &position)
    write(UInt8(ascii: "-"), at: &position)
    write(pair: time.stamp.day, at: &position)
    write(UInt8(ascii: "T"), at: &position)
    write(pair: time.stamp.hour, at: &position)
    write(UInt8(ascii: ":"), at: &position)
    write(pair: time.stamp.minute, at: &position)
    write(UInt8(ascii: ":"), at: &position)
    write(pair: time.stamp.second, at: &position)
    if let microsecond = time.microsecond {
      write(UInt8(ascii: "."), at: &position)
      write(microsecond: microsecond, at: &position)
    }
    write(utcOffsetMinutes: time.utcOffsetMinutes, at: &position)
  }

  /// Six digits, leading zeros kept (RFC 5424 A.4).
  mutating func write(microsecond: Int, at position: inout Int) {
    write(pair: microsecond / 10_000, at: &position)
    write(pair: microsecond / 100, at: &position)
    write(pair: microsecond, at: &position)
  }

  private mutating func write(utcOffsetMinutes offset: Int, at position: inout Int) {
    if offset == 0 {
      write(UInt8(ascii: "Z"), at: &position)
      return
    }
    write(UInt8(ascii: offset < 0 ? "-" : "+"), at: &position)
    write(pair: abs(offset) / 60, at: &position)
    write(UInt8(ascii: ":"), at: &position)
    write(pair: abs(offset) % 60, at: &position)
  }
}
