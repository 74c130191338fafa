internal import Bytes

/// The TAG of RFC 3164 §4.1.3 with its process identifier, as the C library writes it:
/// `name: ` or `name[pid]: `.
struct Tag {
  /// What becomes the APP-NAME.
  let name: Range<Int>
  /// What becomes the PROCID; empty when there is none.
  let process: Range<Int>
  /// Behind the tag, its colon and one space.
  let end: Int

  /// Nil when the text does not begin with a tag, or with one that is longer than RFC 5424
  /// allows: better no APP-NAME than half of one (M9).
  init?(_ piece: Span<UInt8>, at start: Int) {
    let end = Tag.end(of: piece, from: start, limit: 48) { byte in
      byte.isPrintable && byte != UInt8(ascii: ":") && byte != UInt8(ascii: "[")
    }
    guard end > start, end < piece.count else { return nil }
    name = start..<end
    var rest = end
    if piece[end] == UInt8(ascii: "[") {
      let close = Tag.end(of: piece, from: end + 1, limit: 128) { byte in
        byte.isPrintable && byte != UInt8(ascii: "]")
      }
      guard close < piece.count, piece[close] == UInt8(ascii: "]") else { return nil }
      process = end + 1..<close
      rest = close + 1
      if rest < piece.count, piece[rest] == UInt8(ascii: ":") { rest += 1 }
    } else {
      guard piece[end] == UInt8(ascii: ":") else { return nil }
      process = end..<end
      rest = end + 1
    }
    if rest < piece.count, piece[rest] == UInt8(ascii: " ") { rest += 1 }
    self.end = rest
  }

  /// Where the run of fitting bytes ends, at most `limit` further on.
  @inline(__always)
  private static func end(
    of piece: Span<UInt8>, from start: Int, limit: Int, while fits: (UInt8) -> Bool
  ) -> Int {
    let last = min(piece.count, start + limit)
    var index = start
    while index < last, fits(piece[index]) { index += 1 }
    return index
  }
}
