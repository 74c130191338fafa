// Fuzzes: SyslogCore

internal import Bytes
internal import Features

/// One datagram from the world-writable log socket: every piece through every encoder and into
/// the local log.
///
/// The pieces of one datagram share their encoders, as messages do, and each must come out as
/// from an encoder that has seen nothing else.
@c(LLVMFuzzerTestOneInput)
public func fuzzDatagram(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var bytes = Array(UnsafeBufferPointer(start: start, count: count))
  _ = Message(bytes.span)
  // Short inputs teach faster, long ones meet the limits: every seventh length is made long.
  if count > 0, count % 7 == 0 {
    let unit = bytes
    while bytes.count <= Message.maximumDatagram { bytes += unit }
  }
  let datagram = Array(bytes.prefix(Message.trimmedCount(bytes.span)))
  // One setting per input, for speed; the length of the input picks it.
  let setting = Setting.all[count % Setting.all.count]
  var encoders = setting.encoders
  var joined: [UInt8] = []
  var position = 0
  var pieces = 0
  while let range = Message.nextPiece(datagram.span, from: &position) {
    joined += datagram[range]
    joined.append(0)
    pieces += 1
    // Thousands of pieces teach nothing that a few do not, and take their time.
    if pieces <= 8 { checkPiece(Array(datagram[range]), setting, &encoders) }
  }
  expect(joined.dropLast() == datagram[...], "the pieces are the datagram")
  return 0
}

private func checkPiece(
  _ piece: [UInt8], _ setting: Setting, _ encoders: inout [MessageEncoder]
) {
  checkLocalLines(piece, setting)
  for index in encoders.indices {
    var fresh = setting.encoders[index]
    fresh.number = encoders[index].number
    let wire = encode(piece, setting.time, &encoders[index])
    expect(wire == encode(piece, setting.time, &fresh), "independent of the message before")
  }
}

/// What is not in the datagram.
private struct Setting {
  let time: CalendarTime
  let encoders: [MessageEncoder]
  let localLines: [LocalLine]

  init(hostname: [UInt8], time: CalendarTime) {
    self.time = time
    var encoders = [MessageFormat.raw, .rfc3164, .rfc5424, .rfc5424].map {
      MessageEncoder(
        format: $0,
        Originator(hostname: hostname.span, timestamps: .client, utcOffset: { _ in 3600 }))
    }
    encoders[3].isNumbered = true
    encoders[3].number.value = Int(Int32.max) - 2
    self.encoders = encoders
    localLines = [
      LocalLine(hostname: hostname.span, style: .full, timestamps: .client),
      LocalLine(hostname: hostname.span, style: .short, timestamps: .own),
    ]
  }

  // One thread.
  nonisolated(unsafe) static let all = [
    Setting(
      hostname: Array("router.example.net".utf8),
      time: CalendarTime(
        year: 2025, month: 11, day: 24, hour: 7, minute: 30, second: 1, microsecond: 42,
        utcOffsetMinutes: 60, isSynchronized: true)),
    Setting(
      hostname: [UInt8](repeating: 0x80, count: 300),
      time: CalendarTime(
        year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999,
        utcOffsetMinutes: -1439, isSynchronized: false)),
    Setting(
      hostname: [],
      time: CalendarTime(
        year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0,
        utcOffsetMinutes: 0, isSynchronized: false)),
  ]
}

private func encode(
  _ piece: [UInt8], _ time: CalendarTime, _ encoder: inout MessageEncoder
) -> [UInt8] {
  let message = Message(piece.span)
  let encoded = encoder.encode(piece.span, message, at: time)
  let wire = encoder.header[..<encoder.headerCount] + piece[encoded.body]
  expect(encoded.truncated == (encoded.body.upperBound < piece.count), "a cut is told")
  expect(!encoded.truncated || wire.count > encoder.limit - 4, "no more is cut than must be")
  switch encoder.format {
  case .raw:
    expect(wire.count <= Message.maximumDatagram, "T15")
    expect(piece.starts(with: wire), "raw is what was received")
  case .rfc3164:
    expect(wire.count <= MessageEncoder.maximum3164, "B1")
    let reread = Message(Array(wire).span)
    expect(reread.hasValidPRI && reread.clientTimestamp != nil, "a header of RFC 3164")
    expect(reread.priority.severity == encoded.severity, "the severity on the wire")
  case .rfc5424:
    expect(wire.count <= Message.maximumDatagram, "T15")
    check5424(Array(wire), encoded.severity, time, encoder)
  }
  return Array(wire)
}

extension MessageEncoder {
  /// A cut may have to leave out up to three bytes of a character.
  fileprivate var limit: Int {
    format == .rfc3164 ? MessageEncoder.maximum3164 : Message.maximumDatagram
  }
}

private func check5424(
  _ wire: [UInt8], _ severity: Severity, _ time: CalendarTime, _ encoder: MessageEncoder
) {
  let message = Message(wire.span)
  expect(message.hasValidPRI, "M6")
  expect(message.priority.severity == severity, "the severity on the wire")
  expect(
    RFC5424Header(wire.span, from: message.contentStart) != nil,
    "a header of RFC 5424")
  var relay = encoder
  let relayed = relay.encode(wire.span, message, at: time)
  expect(relay.headerCount == 0 && relayed.body == wire.indices, "M1")
}

private func checkLocalLines(_ piece: [UInt8], _ setting: Setting) {
  let message = Message(piece.span)
  for localLine in setting.localLines {
    var line: [UInt8] = []
    localLine.append(piece.span, message, at: setting.time, to: &line)
    expect(line.popLast() == UInt8(ascii: "\n"), "a line ends")
    for byte in line where byte < 0x20 {
      expect(byte == UInt8(ascii: "\t"), "nothing in a line controls anything")
    }
    expect(line.count <= 128 + 2 * piece.count, "a line is bounded")
  }
}

private func expect(_ condition: Bool, _ promise: StaticString) {
  if !condition { fatalError("broken promise: \(promise)") }
}
