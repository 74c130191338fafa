/// A TIMESTAMP of RFC 5424 §6.2.3 before it is written.
struct WireTime {
  let year: Int
  let stamp: ClientTimestamp
  /// Nil when the client did not say and it cannot be told.
  let microsecond: Int?
  let utcOffsetMinutes: Int

  /// When a message was received.
  init(_ time: CalendarTime) {
    year = time.year
    stamp = time.stamp
    microsecond = time.microsecond
    utcOffsetMinutes = time.utcOffsetMinutes
  }

  /// What a client meant by `stamp` in a message received at `time` (M19); nil when it meant a
  /// day that does not exist.
  ///
  /// The zone is the one of `time`: a message that waited through a change of daylight saving
  /// time is an hour off, because its timestamp does not say which side it is from.
  init?(_ stamp: ClientTimestamp, receivedAt time: CalendarTime) {
    guard let year = time.year(of: stamp) else { return nil }
    self.year = year
    self.stamp = stamp
    // Within the same second, the time of receipt is the closest guess.
    microsecond = stamp == time.stamp ? time.microsecond : nil
    utcOffsetMinutes = time.utcOffsetMinutes
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
