internal import Bytes

// The PRI and the HEADER of RFC 3164 §4.1.
extension MutableSpan<UInt8> {
  /// `<PRI>TIMESTAMP HOSTNAME ` (B2).
  @inline(never)
  mutating func write(
    _ priority: Priority, _ stamp: ClientTimestamp, _ hostname: Span<UInt8>,
    at position: inout Int
  ) {
    write(priority, at: &position)
    write(stamp.text.span, at: &position)
    write(UInt8(ascii: " "), at: &position)
    write(hostname.extracting(first: Originator.labelCount(hostname)), orNil: &position)
    write(UInt8(ascii: " "), at: &position)
  }

  /// `TAG[PROCESS]: ` of a message of RFC 5424. Its MSGID and its STRUCTURED-DATA have no place in
  /// RFC 3164.
  mutating func writeTag(
    _ original: RFC5424Header, of piece: Span<UInt8>, at position: inout Int
  ) {
    guard !piece.isNilValue(original.application) else { return }
    write(piece.extracting(original.application), at: &position)
    if !piece.isNilValue(original.process) {
      write(UInt8(ascii: "["), at: &position)
      write(piece.extracting(original.process), at: &position)
      write(UInt8(ascii: "]"), at: &position)
    }
    write(UInt8(ascii: ":"), at: &position)
    write(UInt8(ascii: " "), at: &position)
  }
}

extension Span<UInt8> {
  func isNilValue(_ range: Range<Int>) -> Bool {
    range.count == 1 && self[range.lowerBound] == UInt8(ascii: "-")
  }
}
