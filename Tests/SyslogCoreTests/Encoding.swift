import SyslogCore

/// 24 November 2025, 07:30:01.000042, an hour east of Greenwich.
let received = time()

func time(
  year: Int = 2025, _ month: Int = 11, _ day: Int = 24, _ hour: Int = 7, _ minute: Int = 30,
  _ second: Int = 1, microsecond: Int = 42, utcOffsetMinutes: Int = 60,
  isSynchronized: Bool = true
) -> CalendarTime {
  CalendarTime(
    year: year, month: month, day: day, hour: hour, minute: minute, second: second,
    microsecond: microsecond, utcOffsetMinutes: utcOffsetMinutes, isSynchronized: isSynchronized)
}

/// One encoded message as it goes over the wire.
struct Wire: Equatable {
  let bytes: [UInt8]
  let severity: Severity
  let truncated: Bool

  var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Originator {
  convenience init(_ hostname: String) {
    self.init(
      hostname: Array(hostname.utf8).span, timestamps: .client, utcOffset: { _ in 3600 })
  }
}

extension MessageEncoder {
  init(_ format: MessageFormat, hostname: String = "router.example.net") {
    self.init(format: format, Originator(hostname))
  }

  mutating func encode(_ piece: [UInt8], at time: CalendarTime = received) -> Wire {
    let encoded = encode(piece.span, Message(piece.span), at: time)
    return Wire(
      bytes: Array(header[..<headerCount]) + piece[encoded.body], severity: encoded.severity,
      truncated: encoded.truncated)
  }

  mutating func encode(_ piece: String, at time: CalendarTime = received) -> Wire {
    encode(Array(piece.utf8), at: time)
  }
}

/// A repeatable source of randomness (SplitMix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
