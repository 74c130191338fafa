internal import Bytes

/// The TIMESTAMP of RFC 3164 §4.1.2, `Mmm dd hh:mm:ss`: local time without year and zone (B2).
///
/// Only real ones exist: a day that its month can have, 24 hours, 60 seconds.
struct ClientTimestamp: Equatable, Sendable {
  /// Bytes of the text.
  static let length = 15

  /// Month, day, hour, minute and second in 4, 5, 5, 6 and 6 bits, so that later is greater.
  let packed: UInt32

  /// The arguments are in their ranges: `CalendarTime` and `init?` see to that.
  init(month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    let date = UInt32(truncatingIfNeeded: month) << 22 | UInt32(truncatingIfNeeded: day) << 17
    let time = UInt32(truncatingIfNeeded: hour) << 12 | UInt32(truncatingIfNeeded: minute) << 6
    packed = date | time | UInt32(truncatingIfNeeded: second)
  }

  /// Reads the 15 bytes at `start`; the day may be padded with a space or a zero.
  init?(_ piece: Span<UInt8>, at start: Int) {
    guard start >= 0, piece.count - start >= ClientTimestamp.length else { return nil }
    let text = piece.extracting(start..<start + ClientTimestamp.length)
    guard text[3] == UInt8(ascii: " "), text[6] == UInt8(ascii: " "),
      text[9] == UInt8(ascii: ":"), text[12] == UInt8(ascii: ":"),
      let month = MonthName(text[0], text[1], text[2])?.number,
      let day = text.number(at: 4, paddedWith: UInt8(ascii: " ")), day >= 1,
      // Any year's February: which year is meant is not known yet.
      day <= CivilDate.days(inMonth: month, of: 2000),
      let hour = text.number(at: 7), hour < 24,
      let minute = text.number(at: 10), minute < 60,
      let second = text.number(at: 13), second < 60
    else { return nil }
    self.init(month: month, day: day, hour: hour, minute: minute, second: second)
  }

  var month: Int { Int(packed >> 22 & 15) }
  var day: Int { Int(packed >> 17 & 31) }
  var hour: Int { Int(packed >> 12 & 31) }
  var minute: Int { Int(packed >> 6 & 63) }
  var second: Int { Int(packed & 63) }

  private var secondsIntoDay: Int { hour * 3600 + minute * 60 + second }

  /// Whether the two are on the same day and no more than so many seconds apart.
  func isNear(_ other: ClientTimestamp, within seconds: Int) -> Bool {
    packed >> 17 == other.packed >> 17 && abs(secondsIntoDay - other.secondsIntoDay) <= seconds
  }

  func secondsIntoYear(_ year: Int) -> Int {
    let days = CivilDate.days(beforeMonth: month, of: year) + day - 1
    return days * CivilDate.secondsPerDay + secondsIntoDay
  }

  /// The text, the day padded with a space.
  var text: InlineArray<15, UInt8> {
    let name = MonthName(number: month).rawValue
    var text = InlineArray<15, UInt8>(repeating: UInt8(ascii: " "))
    text[0] = UInt8(truncatingIfNeeded: name >> 16)
    text[1] = UInt8(truncatingIfNeeded: name >> 8)
    text[2] = UInt8(truncatingIfNeeded: name)
    if day >= 10 { text[4] = UInt8(tens: day) }
    text[5] = UInt8(units: day)
    text[7] = UInt8(tens: hour)
    text[8] = UInt8(units: hour)
    text[9] = UInt8(ascii: ":")
    text[10] = UInt8(tens: minute)
    text[11] = UInt8(units: minute)
    text[12] = UInt8(ascii: ":")
    text[13] = UInt8(tens: second)
    text[14] = UInt8(units: second)
    return text
  }
}

/// The English abbreviations of RFC 3164 §4.1.2, as three letters in 24 bits.
private enum MonthName: UInt32 {
  case january = 0x4A_616E
  case february = 0x46_6562
  case march = 0x4D_6172
  case april = 0x41_7072
  case may = 0x4D_6179
  case june = 0x4A_756E
  case july = 0x4A_756C
  case august = 0x41_7567
  case september = 0x53_6570
  case october = 0x4F_6374
  case november = 0x4E_6F76
  case december = 0x44_6563

  /// 1 to 12; December above.
  init(number: Int) {
    self =
      switch number {
      case 1: .january
      case 2: .february
      case 3: .march
      case 4: .april
      case 5: .may
      case 6: .june
      case 7: .july
      case 8: .august
      case 9: .september
      case 10: .october
      case 11: .november
      default: .december
      }
  }

  init?(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
    self.init(rawValue: UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third))
  }

  var number: Int {
    switch self {
    case .january: 1
    case .february: 2
    case .march: 3
    case .april: 4
    case .may: 5
    case .june: 6
    case .july: 7
    case .august: 8
    case .september: 9
    case .october: 10
    case .november: 11
    case .december: 12
    }
  }
}

extension UInt8 {
  /// The digit for the tens of a number of two digits.
  init(tens value: Int) {
    self = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10 % 10)
  }

  /// The digit for the units of a number.
  init(units value: Int) {
    self = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
  }
}

extension Span<UInt8> {
  /// Two digits, the first of which may be `padding`.
  @inline(never)
  func number(at index: Int, paddedWith padding: UInt8? = nil) -> Int? {
    guard index >= 0, index < count - 1, let units = self[index + 1].decimalValue else {
      return nil
    }
    if self[index] == padding { return Int(units) }
    guard let tens = self[index].decimalValue else { return nil }
    return Int(tens) * 10 + Int(units)
  }
}
