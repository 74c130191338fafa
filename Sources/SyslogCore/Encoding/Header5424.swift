/// Writes the HEADER and the STRUCTURED-DATA of RFC 5424 §6.
///
/// Most messages share their second and the width of their PRIVAL with the one before: then the
/// date, the zone and the HOSTNAME are still where they must be and only digits are written.
struct Header5424: Sendable {
  private let hostname: [UInt8]
  /// Says that the clock is not known to be right, but the zone is (§7.1, M13).
  private let timeQuality: StaticString = #"[timeQuality tzKnown="1" isSynced="0"]"#
  private var kept = Prefix(priorityEnd: 0, secondKey: 0)
  private var keptEnd = 0

  /// What decides whether the beginning of the last header can stay.
  private struct Prefix: Equatable, Sendable {
    let priorityEnd: Int
    let secondKey: UInt64
  }

  init(_ host: HostName) {
    hostname = host.full
  }

  /// Writes from the beginning of `header`, where nobody else may have written since the last
  /// call, and returns how many bytes.
  mutating func write(
    _ priority: Priority, _ time: WireTime, _ clock: ClockState, _ tag: Tag?,
    of piece: Span<UInt8>, to header: inout [UInt8]
  ) -> Int {
    var out = header.mutableSpan
    var position = writePrefix(priority, time, to: &out)
    out.write(piece.extracting(tag?.name ?? 0..<0), orNil: &position)
    out.write(UInt8(ascii: " "), at: &position)
    out.write(piece.extracting(tag?.process ?? 0..<0), orNil: &position)
    out.write(UInt8(ascii: " "), at: &position)
    // No MSGID.
    out.write(UInt8(ascii: "-"), at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    switch clock {
    case .synchronized: out.write(UInt8(ascii: "-"), at: &position)
    case .free: out.write(timeQuality, at: &position)
    }
    return position
  }

  /// `<PRIVAL>1 TIMESTAMP HOSTNAME `. Returns where it ends.
  private mutating func writePrefix(
    _ priority: Priority, _ time: WireTime, to out: inout MutableSpan<UInt8>
  ) -> Int {
    var position = 0
    out.write(priority, at: &position)
    let prefix = Prefix(priorityEnd: position, secondKey: time.secondKey)
    if prefix == kept {
      if let microsecond = time.microsecond {
        position += 2 + WireTime.fractionOffset
        out.write(microsecond: microsecond, at: &position)
      }
      return keptEnd
    }
    out.write(UInt8(ascii: "1"), at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    out.write(time, at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    out.write(hostname.span, at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    kept = prefix
    keptEnd = position
    return position
  }
}

extension MutableSpan<UInt8> {
  /// The characters of an ASCII literal.
  fileprivate mutating func write(_ literal: StaticString, at position: inout Int) {
    for index in 0..<literal.utf8CodeUnitCount {
      let byte = literal.withUTF8Buffer { unsafe $0[index] }
      write(byte, at: &position)
    }
  }

  /// The bytes, or NILVALUE when there are none.
  fileprivate mutating func write(_ bytes: Span<UInt8>, orNil position: inout Int) {
    if bytes.isEmpty {
      write(UInt8(ascii: "-"), at: &position)
    } else {
      write(bytes, at: &position)
    }
  }
}
