internal import Bytes

/// What a client says about the time of its message: the fields of RFC 3164 §4.1.2, or those of
/// ISO 8601.
struct ClientTime: Equatable, Sendable {
  /// Nil in RFC 3164.
  var year: Int?
  let stamp: ClientTimestamp
  /// Nil without a fraction.
  var microsecond: Int?
  /// Nil without a zone.
  var utcOffsetMinutes: Int?

  /// Which forms of ISO 8601 are understood.
  enum Form {
    /// The TIMESTAMP of RFC 5424 §6.2.3: with a zone, at most six digits of fraction.
    case rfc5424
    /// What programs write in the place of the TIMESTAMP of RFC 3164, too: without a zone, with one
    /// that has no colon, with nanoseconds, with a comma before the fraction.
    case any
  }

  init(_ stamp: ClientTimestamp) {
    self.stamp = stamp
  }

  /// Reads `YYYY-MM-DDThh:mm:ss` with fraction and zone at `position`, and moves it behind them.
  init?(iso text: Span<UInt8>, at position: inout Int, _ form: Form) {
    guard position <= text.count - 19 else { return nil }
    for place in 0..<19 {
      let byte = text[position + place]
      let fits =
        switch place {
        case 4, 7: byte == UInt8(ascii: "-")
        case 10: byte == UInt8(ascii: "T")
        case 13, 16: byte == UInt8(ascii: ":")
        default: byte.decimalValue != nil
        }
      guard fits else { return nil }
    }
    func pair(_ place: Int) -> Int { text.number(at: position + place) ?? 0 }
    let year = pair(0) * 100 + pair(2)
    let (month, day) = (pair(5), pair(8))
    let (hour, minute, second) = (pair(11), pair(14), pair(17))
    guard 1...12 ~= month, 1...CivilDate.days(inMonth: month, of: year) ~= day, hour < 24,
      minute < 60, second < 60
    else { return nil }
    self.year = year
    stamp = ClientTimestamp(month: month, day: day, hour: hour, minute: minute, second: second)
    var index = position + 19
    guard readFraction(text, &index, form), readZone(text, &index, form) else { return nil }
    position = index
  }

  /// False when it is not of this form; true without a fraction.
  private mutating func readFraction(
    _ text: Span<UInt8>, _ index: inout Int, _ form: Form
  ) -> Bool {
    guard index < text.count,
      text[index] == UInt8(ascii: ".") || (form == .any && text[index] == UInt8(ascii: ","))
    else { return true }
    index += 1
    var value = 0
    var digits = 0
    while index < text.count, let digit = text[index].decimalValue {
      // Digits behind the microseconds are left out.
      if digits < 6 { value = value * 10 + Int(digit) }
      digits += 1
      index += 1
    }
    guard digits > 0, digits <= 6 || form == .any else { return false }
    while digits < 6 {
      value *= 10
      digits += 1
    }
    microsecond = value
    return true
  }

  /// False when it is not of this form.
  private mutating func readZone(_ text: Span<UInt8>, _ index: inout Int, _ form: Form) -> Bool {
    let sign = index < text.count ? text[index] : 0
    if sign == UInt8(ascii: "Z") {
      utcOffsetMinutes = 0
      index += 1
      return true
    }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return form == .any }
    guard let hours = text.number(at: index + 1), hours < 24 else { return false }
    index += 3
    if index < text.count, text[index] == UInt8(ascii: ":") {
      index += 1
    } else if form == .rfc5424 {
      return false
    }
    guard let minutes = text.number(at: index), minutes < 60 else { return false }
    index += 2
    let offset = hours * 60 + minutes
    utcOffsetMinutes = sign == UInt8(ascii: "-") ? -offset : offset
    return true
  }
}
