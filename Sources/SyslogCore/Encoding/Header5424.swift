internal import Bytes
internal import Features

/// Writes the HEADER and the STRUCTURED-DATA of RFC 5424 §6.
///
/// Most messages share their second and the width of their PRIVAL with the one before: then the
/// date, the zone and the HOSTNAME are still where they must be and only digits are written.
struct Header5424: Sendable {
  private var kept = Prefix(priorityEnd: 0, secondKey: 0, nameVersion: 0)
  private var keptEnd = 0

  /// What decides whether the beginning of the last header can stay.
  private struct Prefix: Equatable, Sendable {
    let priorityEnd: Int
    let secondKey: UInt64
    let nameVersion: Int
  }

  /// Writes from the beginning of `header`, where nobody else may have written since the last
  /// call, and returns how many bytes.
  ///
  /// `number`: the message's sequenceId, 0 for none.
  mutating func write(
    _ priority: Priority, _ time: WireTime, _ clock: ClockState, _ originator: Originator,
    _ tag: Tag?, of piece: Span<UInt8>, number: Int32, to header: inout [UInt8]
  ) -> Int {
    var out = header.mutableSpan
    var position = writePrefix(priority, time, originator, to: &out)
    out.write(piece.extracting(tag?.name ?? 0..<0), orNil: &position)
    out.write(UInt8(ascii: " "), at: &position)
    out.write(piece.extracting(tag?.process ?? 0..<0), orNil: &position)
    out.write(UInt8(ascii: " "), at: &position)
    // No MSGID.
    out.write(UInt8(ascii: "-"), at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    if Feature.replay.isBuilt, number > 0 { out.write(sequenceID: number, at: &position) }
    if clock == .synchronized, time.isZoneKnown {
      if number == 0 { out.write(UInt8(ascii: "-"), at: &position) }
    } else {
      out.write(timeQuality: clock, time, at: &position)
    }
    return position
  }

  /// `<PRIVAL>1 TIMESTAMP`, for a message that keeps the rest of its own header.
  mutating func writeTime(
    _ priority: Priority, _ time: WireTime, to header: inout [UInt8]
  ) -> Int {
    kept = Prefix(priorityEnd: 0, secondKey: 0, nameVersion: 0)
    var out = header.mutableSpan
    var position = 0
    out.write(priority, at: &position)
    out.write(UInt8(ascii: "1"), at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    out.write(time, at: &position)
    return position
  }

  /// Everything of the message before its STRUCTURED-DATA, from `start` on, behind `position`; then
  /// the element with its number.
  mutating func write(
    _ original: RFC5424Header, of piece: Span<UInt8>, from start: Int, number: Int32,
    behind position: Int, to header: inout [UInt8]
  ) -> Int {
    kept = Prefix(priorityEnd: 0, secondKey: 0, nameVersion: 0)
    var out = header.mutableSpan
    var position = position
    out.write(piece.extracting(start..<original.dataStart), at: &position)
    out.write(sequenceID: number, at: &position)
    return position
  }

  /// `<PRIVAL>1 TIMESTAMP HOSTNAME `. Returns where it ends.
  private mutating func writePrefix(
    _ priority: Priority, _ time: WireTime, _ originator: Originator,
    to out: inout MutableSpan<UInt8>
  ) -> Int {
    var position = 0
    out.write(priority, at: &position)
    let prefix = Prefix(
      priorityEnd: position, secondKey: time.secondKey, nameVersion: originator.version)
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
    let name = originator.name
    out.write(name.span, at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    kept = prefix
    keptEnd = position
    return position
  }
}

extension MutableSpan<UInt8> {
  /// Says which of the clock and the zone are known to be right (§7.1, M13).
  fileprivate mutating func write(
    timeQuality clock: ClockState, _ time: WireTime, at position: inout Int
  ) {
    write("[timeQuality tzKnown=\"", at: &position)
    write(UInt8(ascii: time.isZoneKnown ? "1" : "0"), at: &position)
    write("\" isSynced=\"", at: &position)
    write(UInt8(ascii: clock == .synchronized ? "1" : "0"), at: &position)
    write("\"]", at: &position)
  }

  /// The number of a message (§7.3.1).
  fileprivate mutating func write(sequenceID number: Int32, at position: inout Int) {
    write("[meta sequenceId=\"", at: &position)
    var divisor: Int32 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      write(UInt8(units: Int(number / divisor)), at: &position)
      divisor /= 10
    }
    write("\"]", at: &position)
  }

  /// The characters of an ASCII literal.
  fileprivate mutating func write(_ literal: Literal, at position: inout Int) {
    var index = 0
    while literal[index] != 0 {
      write(literal[index], at: &position)
      index += 1
    }
  }

  /// The bytes, or NILVALUE when there are none.
  mutating func write(_ bytes: Span<UInt8>, orNil position: inout Int) {
    if bytes.isEmpty {
      write(UInt8(ascii: "-"), at: &position)
    } else {
      write(bytes, at: &position)
    }
  }
}
