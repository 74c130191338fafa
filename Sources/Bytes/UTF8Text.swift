/// UTF-8 in its shortest form (RFC 3629), looked at byte by byte.
public enum UTF8Text {
  /// The length of the well-formed sequence that begins at `index`, nil when there is none.
  public static func sequenceLength(_ text: Span<UInt8>, at index: Int) -> Int? {
    guard index >= 0, index < text.count else { return nil }
    let lead = text[index]
    if lead < 0x80 { return 1 }
    let length: Int
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return nil
    }
    guard length <= text.count - index, isSecond(text[index + 1], after: lead) else { return nil }
    var next = index + 2
    while next < index + length {
      guard isContinuation(text[next]) else { return nil }
      next += 1
    }
    return length
  }

  /// Whether the text from `start` to `end` is whole sequences only.
  public static func isValid(_ text: Span<UInt8>, from start: Int, to end: Int) -> Bool {
    var index = start
    while index < end {
      guard let length = sequenceLength(text, at: index), length <= end - index else {
        return false
      }
      index += length
    }
    return true
  }

  /// The code points of a text; nil when it is not whole sequences only.
  public static func codePoints(_ text: Span<UInt8>) -> [UInt32]? {
    var points: [UInt32] = []
    var index = 0
    while index < text.count {
      guard let length = sequenceLength(text, at: index) else { return nil }
      var point = UInt32(text[index])
      // What a lead byte has beside its mark.
      if length > 1 { point &= 0x7F >> UInt32(length) }
      for next in index + 1..<index + length { point = point << 6 | UInt32(text[next] & 0x3F) }
      points.append(point)
      index += length
    }
    return points
  }

  /// Where to cut before `limit`, which is inside the text: there, or in front of the sequence
  /// that the cut would divide.
  public static func cut(_ text: Span<UInt8>, at limit: Int) -> Int {
    var start = limit
    while start > 0, limit - start < 3, isContinuation(text[start]) { start -= 1 }
    guard let length = sequenceLength(text, at: start), start + length > limit else {
      return limit
    }
    return start
  }

  private static func isContinuation(_ byte: UInt8) -> Bool {
    0x80...0xBF ~= byte
  }

  /// No overlong forms, no surrogates, nothing above U+10FFFF.
  private static func isSecond(_ byte: UInt8, after lead: UInt8) -> Bool {
    switch lead {
    case 0xE0: 0xA0...0xBF ~= byte
    case 0xED: 0x80...0x9F ~= byte
    case 0xF0: 0x90...0xBF ~= byte
    case 0xF4: 0x80...0x8F ~= byte
    default: isContinuation(byte)
    }
  }
}
