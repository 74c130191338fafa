import Bytes
import Testing

@testable import SyslogCore

/// Berlin: an hour east of Greenwich, two from the last Sunday of March, 01:00 UTC, to that of
/// October, in 2025 and 2026.
private let berlin: UTCOffset = { seconds in
  let summers: [Range<Int64>] = [
    1_743_296_400..<1_761_440_400, 1_774_746_000..<1_792_890_000,
  ]
  for summer in summers where summer.contains(seconds) { return 7200 }
  return 3600
}

private let losAngeles: UTCOffset = { _ in -8 * 3600 }
private let kathmandu: UTCOffset = { _ in 5 * 3600 + 45 * 60 }
private let greenwich: UTCOffset = { _ in 0 }

@Suite("What a client means by its time")
struct ClientTimeTests {
  /// A time of receipt, `2026-11-29T20:10:11+01:00`.
  private static func receipt(_ text: String) throws -> CalendarTime {
    var position = 0
    let bytes = Array(text.utf8)
    let time = try #require(ClientTime(iso: bytes.span, at: &position, .any))
    let year = try #require(time.year)
    let offset = try #require(time.utcOffsetMinutes)
    return CalendarTime(
      year: year, month: time.stamp.month, day: time.stamp.day, hour: time.stamp.hour,
      minute: time.stamp.minute, second: time.stamp.second, microsecond: 250_000,
      utcOffsetMinutes: offset, isSynchronized: true)
  }

  private static func header(
    _ format: MessageFormat, _ piece: String, at receipt: CalendarTime, _ zone: @escaping UTCOffset,
    _ timestamps: LocalLine.Timestamps = .client
  ) -> String {
    var encoder = MessageEncoder(
      format: format,
      Originator(hostname: Array("r".utf8).span, timestamps: timestamps, utcOffset: zone))
    return encoder.encode(piece, at: receipt).text
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String { "\(stamp) received \(receipt)" }
    let stamp: String
    let receipt: String
    let zone: UTCOffset
    /// As RFC 5424 has it.
    let time: String
    /// As RFC 3164 has it.
    let short: String
    var isKnown = true

    init(
      _ stamp: String, _ receipt: String, _ zone: @escaping UTCOffset, _ time: String,
      _ short: String, isKnown: Bool = true
    ) {
      self.stamp = stamp
      self.receipt = receipt
      self.zone = zone
      self.time = time
      self.short = short
      self.isKnown = isKnown
    }
  }

  static let rows: [Row] = [
    // Local time, as glibc stamps it.
    Row(
      "Nov 29 12:10:11", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:10:11.250000-08:00", "Nov 29 12:10:11"),
    Row(
      "Nov 29 12:09:11", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:09:11-08:00", "Nov 29 12:09:11"),
    // A clock that is a little ahead.
    Row(
      "Nov 29 12:11:11", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:11:11-08:00", "Nov 29 12:11:11"),
    // UTC, as musl stamps it.
    Row(
      "Nov 29 20:10:11", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:10:11.250000-08:00", "Nov 29 12:10:11"),
    Row(
      "Nov 29 20:10:09", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:10:09-08:00", "Nov 29 12:10:09"),
    Row(
      "Nov 30 07:10:11", "2026-11-29T23:10:11-08:00", losAngeles,
      "2026-11-29T23:10:11.250000-08:00", "Nov 29 23:10:11"),
    Row(
      "Nov 29 20:10:11", "2026-11-30T01:55:11+05:45", kathmandu,
      "2026-11-30T01:55:11.250000+05:45", "Nov 30 01:55:11"),
    // The years of both sides of New Year.
    Row(
      "Jan  1 07:59:59", "2025-12-31T23:59:59-08:00", losAngeles,
      "2025-12-31T23:59:59.250000-08:00", "Dec 31 23:59:59"),
    Row(
      "Dec 31 23:59:59", "2026-01-01T00:00:00-08:00", losAngeles,
      "2025-12-31T23:59:59-08:00", "Dec 31 23:59:59"),
    Row(
      "Dec 31 23:59:58", "2026-01-01T05:44:59+05:45", kathmandu,
      "2026-01-01T05:44:58+05:45", "Jan  1 05:44:58"),
    // UTC and local are the same.
    Row(
      "Nov 29 20:10:11", "2026-11-29T20:10:11Z", greenwich,
      "2026-11-29T20:10:11.250000Z", "Nov 29 20:10:11"),
    // A second before the clocks went forward, and back.
    Row(
      "Mar 29 01:59:59", "2026-03-29T03:00:00+02:00", berlin,
      "2026-03-29T01:59:59+01:00", "Mar 29 01:59:59"),
    Row(
      "Oct 25 02:59:59", "2026-10-25T02:00:00+01:00", berlin,
      "2026-10-25T02:59:59+02:00", "Oct 25 02:59:59"),
    // In the double hour: the reading that is near.
    Row(
      "Oct 25 02:30:00", "2026-10-25T02:30:01+02:00", berlin,
      "2026-10-25T02:30:00+02:00", "Oct 25 02:30:00"),
    Row(
      "Oct 25 02:30:00", "2026-10-25T02:30:01+01:00", berlin,
      "2026-10-25T02:30:00+01:00", "Oct 25 02:30:00"),
    // Neither reading is near: local time with the offset of that date, and it is said that nobody
    // knows.
    Row(
      "Jul  1 12:00:00", "2026-11-29T20:10:11+01:00", berlin,
      "2026-07-01T12:00:00+02:00", "Jul  1 12:00:00", isKnown: false),
    Row(
      "Jan  1 00:00:05", "2026-11-29T20:10:11-08:00", losAngeles,
      "2026-01-01T00:00:05-08:00", "Jan  1 00:00:05", isKnown: false),
    Row(
      "Nov 29 12:09:10", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:09:10-08:00", "Nov 29 12:09:10", isKnown: false),
    // ISO 8601, with its zone.
    Row(
      "2026-11-29T20:10:09Z", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T20:10:09Z", "Nov 29 12:10:09"),
    Row(
      "2026-11-29T20:10:09.5+01:00", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T20:10:09.500000+01:00", "Nov 29 11:10:09"),
    Row(
      "2026-11-29T20:10:09,123+0100", "2026-11-29T20:10:11+01:00", berlin,
      "2026-11-29T20:10:09.123000+01:00", "Nov 29 20:10:09"),
    Row(
      "2026-11-29T20:10:09.123456789-03:30", "2026-11-29T20:10:11+01:00", berlin,
      "2026-11-29T20:10:09.123456-03:30", "Nov 30 00:40:09"),
    Row(
      "2019-07-01T12:00:00.000001Z", "2026-11-29T20:10:11+01:00", berlin,
      "2019-07-01T12:00:00.000001Z", "Jul  1 13:00:00"),
    // ISO 8601 without one is as good as RFC 3164, with its year.
    Row(
      "2026-11-29T12:10:10.75", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:10:10.750000-08:00", "Nov 29 12:10:10"),
    Row(
      "2026-11-29T20:10:10", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:10:10-08:00", "Nov 29 12:10:10"),
    Row(
      "2026-11-29T12:10:11", "2026-11-29T12:10:11-08:00", losAngeles,
      "2026-11-29T12:10:11.250000-08:00", "Nov 29 12:10:11"),
    Row(
      "2025-07-01T12:00:00", "2026-11-29T20:10:11+01:00", berlin,
      "2025-07-01T12:00:00+02:00", "Jul  1 12:00:00", isKnown: false),
  ]

  @Test("the reading that agrees with the time of receipt is meant", arguments: rows)
  func meaning(_ row: Row) throws {
    let receipt = try Self.receipt(row.receipt)
    let quality = row.isKnown ? "-" : #"[timeQuality tzKnown="0" isSynced="1"]"#
    for name in ["", "r "] {
      let piece = "<30>\(row.stamp) \(name)app[7]: x"
      #expect(
        Self.header(.rfc5424, piece, at: receipt, row.zone)
          == "<30>1 \(row.time) r app 7 - \(quality) x")
      #expect(
        Self.header(.rfc3164, piece, at: receipt, row.zone) == "<30>\(row.short) r app[7]: x")
      #expect(Self.header(.raw, piece, at: receipt, row.zone) == piece)
    }
  }

  @Test("with -t, the time of receipt is sent in every format but raw", arguments: rows)
  func ownTime(_ row: Row) throws {
    let receipt = try Self.receipt(row.receipt)
    let own = WireTime(receipt)
    var time = [UInt8](repeating: 0, count: 40)
    var count = 0
    var span = time.mutableSpan
    span.write(own, at: &count)
    let text = String(decoding: time[..<count], as: UTF8.self)
    let stamp = own.stamp.text
    let short = String(decoding: (0..<15).map { stamp[$0] }, as: UTF8.self)
    let piece = "<30>\(row.stamp) app[7]: x"
    #expect(
      Self.header(.rfc5424, piece, at: receipt, row.zone, .own) == "<30>1 \(text) r app 7 - - x")
    #expect(
      Self.header(.rfc3164, piece, at: receipt, row.zone, .own) == "<30>\(short) r app[7]: x")
    #expect(Self.header(.raw, piece, at: receipt, row.zone, .own) == piece)
    let modern = "<30>1 2003-10-11T22:14:15.003Z h a p m [a@1 x=\"y\"] text"
    #expect(
      Self.header(.rfc5424, modern, at: receipt, row.zone, .own)
        == "<30>1 \(text) h a p m [a@1 x=\"y\"] text")
    #expect(
      Self.header(.rfc3164, modern, at: receipt, row.zone, .own) == "<30>\(short) h a[p]: text")
  }

  @Test("one message's time is never the next one's")
  func nothingIsKept() throws {
    var dice = Dice(state: 11)
    let originator = Originator(
      hostname: Array("r".utf8).span, timestamps: .client, utcOffset: losAngeles)
    for format in [MessageFormat.rfc3164, .rfc5424] {
      var kept = MessageEncoder(format: format, originator)
      for _ in 0..<4000 {
        let hour = Int.random(in: 0...1, using: &dice)
        let receipt = time(
          year: 2026, 11, 29, hour, 0, Int.random(in: 0...1, using: &dice),
          microsecond: Int.random(in: 0...999_999, using: &dice), utcOffsetMinutes: -480)
        let other = [0, 1, 8, 9][Int.random(in: 0..<4, using: &dice)]
        let piece = "<30>Nov 29 0\(other):00:0\(Int.random(in: 0...1, using: &dice)) app: x"
        var fresh = MessageEncoder(format: format, originator)
        #expect(kept.encode(piece, at: receipt) == fresh.encode(piece, at: receipt))
      }
    }
  }

  @Test(
    "what is no time of ISO 8601 is text",
    arguments: [
      "2026-11-29T20:10:11x", "2026-11-29T20:10:11.", "2026-11-29T20:10:11.x", "2026-11-29T20:10",
      "2026-11-29T20:10:60", "2026-11-29T24:00:00Z", "2026-11-29T20:60:00Z", "2026-02-29T20:10:11Z",
      "2026-13-01T20:10:11Z", "2026-00-01T20:10:11Z", "2026-11-00T20:10:11Z", "2026-11-29 20:10:11",
      "2026-11-29t20:10:11Z", "2026-11-29T20:10:11+24:00", "2026-11-29T20:10:11+01:60",
      "2026-11-29T20:10:11+01", "2026-11-29T20:10:11+1:00", "26-11-29T20:10:11Z",
      "20261129T201011Z", "2026-W48-7T20:10:11Z",
    ])
  func noTime(text: String) throws {
    let receipt = time()
    #expect(
      Self.header(.rfc5424, "<30>\(text) app: x", at: receipt, berlin)
        == "<30>1 2025-11-24T07:30:01.000042+01:00 r - - - - \(text) app: x")
    #expect(
      Self.header(.rfc3164, "<30>\(text) app: x", at: receipt, berlin)
        == "<30>Nov 24 07:30:01 r \(text) app: x")
  }

  @Test("a space in front of a time of ISO 8601 is none of the text")
  func spaceBefore() {
    let stamp = "2025-11-24T07:30:00+01:00"
    #expect(
      Self.header(.rfc5424, "<30> \(stamp) r app[7]: x", at: time(), berlin)
        == "<30>1 \(stamp) r app 7 - - x")
    #expect(
      Self.header(.rfc3164, "<30> \(stamp) app[7]: x", at: time(), berlin)
        == "<30>Nov 24 07:30:00 r app[7]: x")
    let own = "2025-11-24T07:30:01.000042+01:00"
    for text in [" app: x", "  \(stamp) app: x", " \(stamp)x", " ", ""] {
      let separator = text.isEmpty ? "" : " "
      #expect(
        Self.header(.rfc5424, "<30>\(text)", at: time(), berlin)
          == "<30>1 \(own) r - - - -\(separator)\(text)")
    }
  }

  @Test("a time alone is a message without text")
  func timeAlone() {
    #expect(
      Self.header(.rfc5424, "<30>2025-11-24T07:30:00+01:00", at: time(), berlin)
        == "<30>1 2025-11-24T07:30:00+01:00 r - - - -")
    #expect(
      Self.header(.rfc5424, "<30>2025-11-24T07:30:00+01:00 ", at: time(), berlin)
        == "<30>1 2025-11-24T07:30:00+01:00 r - - - -")
  }

  @Test("a clock that is not right and a zone that is not known are both said")
  func neither() {
    #expect(
      Self.header(
        .rfc5424, "<30>Jan  1 00:00:05 app: x", at: time(isSynchronized: false), berlin)
        == #"<30>1 2025-01-01T00:00:05+01:00 r app - - [timeQuality tzKnown="0" isSynced="0"] x"#)
  }

  @Test("every moment of a time is the moment of its local form")
  func moments() {
    var dice = Dice(state: 5)
    for _ in 0..<5000 {
      let seconds = Int64.random(in: -62_167_132_800...253_402_214_400, using: &dice)
      let offset = Int.random(in: -1439...1439, using: &dice)
      let time = WireTime(seconds: seconds, utcOffsetMinutes: offset, microsecond: nil)
      #expect(time.seconds == seconds)
    }
    // Outside the calendar: no trap, and something that can be written.
    for seconds in [Int64.min, -62_167_219_201, 253_402_300_800, .max] {
      for offset in [-1439, 0, 1439] {
        #expect(
          0...9999
            ~= WireTime(seconds: seconds, utcOffsetMinutes: offset, microsecond: nil).year)
      }
    }
  }
}
