internal import Bytes

/// The grammar of RFC 5424 §6 for what stands between PRI and MSG.
///
/// A message that follows it is forwarded unaltered (M1), so nothing is guessed and nothing is
/// forgiven. Repeated SD-IDs (§6.3.2) are a rule beyond the grammar and not looked for.
struct RFC5424Syntax {
  private var index: Int

  /// Where MSG begins, or the end of a message without one, when VERSION 1 is at `start` and
  /// everything is as it must be; nil otherwise.
  static func messageStart(_ text: Span<UInt8>, from start: Int) -> Int? {
    var syntax = RFC5424Syntax(index: start)
    guard syntax.skip(UInt8(ascii: "1"), text), syntax.skipSpace(text),
      syntax.timestamp(text), syntax.skipSpace(text),
      syntax.name(text, limit: 255), syntax.skipSpace(text),  // HOSTNAME
      syntax.name(text, limit: 48), syntax.skipSpace(text),  // APP-NAME
      syntax.name(text, limit: 128), syntax.skipSpace(text),  // PROCID
      syntax.name(text, limit: 32), syntax.skipSpace(text),  // MSGID
      syntax.structuredData(text)
    else { return nil }
    if syntax.index == text.count { return syntax.index }
    return syntax.skipSpace(text) ? syntax.index : nil
  }

  @inline(__always)
  private func peek(_ text: Span<UInt8>) -> UInt8? {
    index < text.count ? text[index] : nil
  }

  @inline(__always)
  private mutating func skip(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
    guard peek(text) == byte else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace(_ text: Span<UInt8>) -> Bool {
    skip(UInt8(ascii: " "), text)
  }

  /// 1 to `limit` of PRINTUSASCII; NILVALUE is one of them.
  private mutating func name(_ text: Span<UInt8>, limit: Int) -> Bool {
    let start = index
    while let byte = peek(text), byte.isPrintable { index += 1 }
    return 1...limit ~= index - start
  }
}

// MARK: TIMESTAMP (§6.2.3)

extension RFC5424Syntax {
  private mutating func timestamp(_ text: Span<UInt8>) -> Bool {
    if skip(UInt8(ascii: "-"), text) { return true }
    guard let century = number(text, 0...99), let rest = number(text, 0...99),
      skip(UInt8(ascii: "-"), text), let month = number(text, 1...12),
      skip(UInt8(ascii: "-"), text), let day = number(text, 1...31),
      day <= CivilDate.days(inMonth: month, of: century * 100 + rest),
      skip(UInt8(ascii: "T"), text), number(text, 0...23) != nil,
      skip(UInt8(ascii: ":"), text), number(text, 0...59) != nil,
      skip(UInt8(ascii: ":"), text), number(text, 0...59) != nil
    else { return false }
    if skip(UInt8(ascii: "."), text), !fraction(text) { return false }
    if skip(UInt8(ascii: "Z"), text) { return true }
    guard skip(UInt8(ascii: "+"), text) || skip(UInt8(ascii: "-"), text) else { return false }
    return number(text, 0...23) != nil && skip(UInt8(ascii: ":"), text)
      && number(text, 0...59) != nil
  }

  private mutating func number(_ text: Span<UInt8>, _ range: ClosedRange<Int>) -> Int? {
    guard let value = text.number(at: index), range ~= value else { return nil }
    index += 2
    return value
  }

  private mutating func fraction(_ text: Span<UInt8>) -> Bool {
    let start = index
    while peek(text)?.decimalValue != nil { index += 1 }
    return 1...6 ~= index - start
  }
}

// MARK: STRUCTURED-DATA (§6.3)

extension RFC5424Syntax {
  private mutating func structuredData(_ text: Span<UInt8>) -> Bool {
    if skip(UInt8(ascii: "-"), text) { return true }
    guard peek(text) == UInt8(ascii: "[") else { return false }
    while skip(UInt8(ascii: "["), text) {
      guard structuredName(text) else { return false }
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
