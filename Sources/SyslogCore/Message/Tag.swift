internal import Bytes

/// The TAG of RFC 3164 §4.1.3 with its process identifier, as programs write it: `name: `,
/// `name[pid]: `, or `name:text`.
///
/// What does not look like the name of a program stays in MSG, so that no APP-NAME is invented.
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
    guard let (end, needsProcess) = Tag.nameEnd(piece, from: start), end < piece.count else {
      return nil
    }
    name = start..<end
    var rest = end
    if piece[end] == UInt8(ascii: "[") {
      rest = end + 1
      let last = min(piece.count, rest + 128)
      while rest < last, Tag.isProcess(piece[rest]) { rest += 1 }
      process = end + 1..<rest
      guard rest < piece.count - 1, piece[rest] == UInt8(ascii: "]"),
        piece[rest + 1] == UInt8(ascii: ":")
      else { return nil }
      rest += 2
    } else {
      process = end..<end
      guard !needsProcess, Tag.isEnd(piece, colon: end) else { return nil }
      rest = end + 1
    }
    if rest < piece.count, piece[rest] == UInt8(ascii: " ") { rest += 1 }
    self.end = rest
  }

  /// Where the name ends, and whether it is one only in front of a process; nil when it is none.
  ///
  /// A part in parentheses is the whole, `(sd-pam)`, or the end, `run-parts(/etc/cron.daily)[7]`.
  private static func nameEnd(_ piece: Span<UInt8>, from start: Int) -> (Int, Bool)? {
    let last = min(piece.count, start + 48)
    var index = start
    var hasLetter = false
    var opened: Int?
    while index < last {
      let byte = piece[index]
      if byte == UInt8(ascii: "("), opened == nil {
        opened = index
      } else if isLetter(byte) {
        hasLetter = true
      } else if !isNameByte(byte) {
        break
      }
      index += 1
    }
    guard hasLetter else { return nil }
    guard let opened else { return (index, false) }
    guard index < last, piece[index] == UInt8(ascii: ")") else { return nil }
    return (index + 1, opened > start)
  }

  /// Whether a colon ends a tag: before a space, or before text that has no other colon, as the
  /// second part of a URL, an address or a time has.
  private static func isEnd(_ piece: Span<UInt8>, colon: Int) -> Bool {
    guard piece[colon] == UInt8(ascii: ":") else { return false }
    var index = colon + 1
    guard index < piece.count, piece[index].isPrintable else { return true }
    guard isLetter(piece[index]) else { return false }
    while index < piece.count, piece[index].isPrintable {
      if piece[index] == UInt8(ascii: ":") { return false }
      index += 1
    }
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte.lowercased
  }

  /// Beside the letters.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    // '-', '.', '/' and the digits follow each other.
    case UInt8(ascii: "-")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
      UInt8(ascii: "@"):
      true
    default: false
    }
  }

  private static func isProcess(_ byte: UInt8) -> Bool {
    byte.isPrintable && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "]")
  }
}
