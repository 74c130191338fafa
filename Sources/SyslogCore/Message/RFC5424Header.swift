internal import Bytes
internal import Features

/// The header of a message of RFC 5424 §6.
///
/// A message that follows the grammar is forwarded unaltered (M1), so nothing is guessed and nothing
/// is forgiven. Repeated SD-IDs (§6.3.2) are a rule beyond the grammar and not looked for.
struct RFC5424Header {
  /// Where the TIMESTAMP is, or NILVALUE.
  let time: Range<Int>
  /// Each is NILVALUE or has text.
  let hostname: Range<Int>
  let application: Range<Int>
  let process: Range<Int>
  /// Where STRUCTURED-DATA begins.
  let dataStart: Int
  /// Whether it has an element with the SD-ID `meta` (§7.3).
  let hasMeta: Bool
  /// Where MSG begins, or the end of a message without one.
  let messageStart: Int

  /// Nil unless VERSION 1 is at `start` and everything is as it must be.
  init?(_ text: Span<UInt8>, from start: Int) {
    var syntax = RFC5424Syntax(index: start)
    guard syntax.skip(UInt8(ascii: "1"), text), syntax.skipSpace(text),
      syntax.skip(UInt8(ascii: "-"), text)
        || ClientTime(iso: text, at: &syntax.index, .rfc5424) != nil
    else { return nil }
    time = start + 2..<syntax.index
    guard let hostname = syntax.name(text, limit: 255),
      let application = syntax.name(text, limit: 48),
      let process = syntax.name(text, limit: 128),
      syntax.name(text, limit: 32) != nil,  // MSGID
      syntax.skipSpace(text)
    else { return nil }
    dataStart = syntax.index
    guard syntax.structuredData(text), syntax.index == text.count || syntax.skipSpace(text) else {
      return nil
    }
    self.hostname = hostname
    self.application = application
    self.process = process
    hasMeta = syntax.hasMeta
    messageStart = syntax.index
  }
}

/// The grammar of RFC 5424 §6 for what stands between PRI and MSG.
private struct RFC5424Syntax {
  var index: Int
  var hasMeta = false

  @inline(__always)
  func peek(_ text: Span<UInt8>) -> UInt8? {
    index < text.count ? text[index] : nil
  }

  @inline(__always)
  mutating func skip(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
    guard peek(text) == byte else { return false }
    index += 1
    return true
  }

  mutating func skipSpace(_ text: Span<UInt8>) -> Bool {
    skip(UInt8(ascii: " "), text)
  }

  /// A space, and 1 to `limit` of PRINTUSASCII; NILVALUE is one of them.
  mutating func name(_ text: Span<UInt8>, limit: Int) -> Range<Int>? {
    guard skipSpace(text) else { return nil }
    let start = index
    while let byte = peek(text), byte.isPrintable { index += 1 }
    return 1...limit ~= index - start ? start..<index : nil
  }
}

// MARK: STRUCTURED-DATA (§6.3)

extension RFC5424Syntax {
  fileprivate mutating func structuredData(_ text: Span<UInt8>) -> Bool {
    if skip(UInt8(ascii: "-"), text) { return true }
    guard peek(text) == UInt8(ascii: "[") else { return false }
    while skip(UInt8(ascii: "["), text) {
      let start = index
      guard structuredName(text) else { return false }
      if Feature.replay.isBuilt, text.extracting(start..<index).equals("meta") { hasMeta = true }
      while skipSpace(text) {
        guard structuredName(text), skip(UInt8(ascii: "="), text), parameterValue(text) else {
          return false
        }
      }
      guard skip(UInt8(ascii: "]"), text) else { return false }
    }
    return true
  }

  /// SD-NAME: at most 32 of PRINTUSASCII without '=', ']' and '"'.
  private mutating func structuredName(_ text: Span<UInt8>) -> Bool {
    let start = index
    while let byte = peek(text), byte.isPrintable, byte != UInt8(ascii: "="),
      byte != UInt8(ascii: "]"), byte != UInt8(ascii: "\"")
    { index += 1 }
    return 1...32 ~= index - start
  }

  /// Quoted UTF-8, in which '"', '\' and ']' are escaped (§6.3.3, M10). A '\' before anything
  /// else stands for itself.
  private mutating func parameterValue(_ text: Span<UInt8>) -> Bool {
    guard skip(UInt8(ascii: "\""), text) else { return false }
    while let byte = peek(text) {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return true
      case UInt8(ascii: "]"):
        return false
      case UInt8(ascii: "\\"):
        index += 1
        if let next = peek(text), isEscapable(next) { index += 1 }
      default:
        guard let length = UTF8Text.sequenceLength(text, at: index) else { return false }
        index += length
      }
    }
    return false
  }

  private func isEscapable(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "]")
  }
}
