internal import Bytes

extension LogicalLine {
  /// The first word of a rule: parts between ';', each of which changes what those before it have
  /// selected.
  func selector(in word: Range<Int>) throws(ConfigurationError) -> Selector {
    var selector = Selector.none
    var start = word.lowerBound
    while let part = nextPart(of: word, before: UInt8(ascii: ";"), from: &start) {
      let facilities = part.lowerBound..<end(of: part, before: UInt8(ascii: "."))
      guard facilities.upperBound < part.upperBound else {
        let isLast = word.lowerBound < part.lowerBound && part.lowerBound == word.upperBound
        throw error(isLast ? .blankBehindSemicolon : .notASelector, at: part)
      }
      let severities = facilities.upperBound + 1..<part.upperBound
      // Of two that are unknown, the first is reported.
      let set = try set(ofFacilities: facilities)
      selector.apply(try change(in: severities), to: set)
    }
    return selector
  }

  /// Bit f for facility f. To BusyBox a '*' in front is all of them, whatever follows it.
  private func set(ofFacilities list: Range<Int>) throws(ConfigurationError) -> UInt32 {
    if begins(list, with: UInt8(ascii: "*")) { return 0xFF_FFFF }
    var set: UInt32 = 0
    var start = list.lowerBound
    while let name = nextPart(of: list, before: UInt8(ascii: ","), from: &start) {
      guard let facility = Facility(named: bytes.span.extracting(name)) else {
        throw error(.unknownFacility, at: name)
      }
      // "mark" is bit 24, which no message looks at.
      set |= 1 << UInt32(facility.rawValue)
    }
    return set
  }

  /// `[!][=]SEVERITY`, where SEVERITY alone is all that are as severe.
  private func change(in text: Range<Int>) throws(ConfigurationError) -> Selector.Change {
    var start = text.lowerBound
    let isNegated = begins(start..<text.upperBound, with: UInt8(ascii: "!"))
    if isNegated { start += 1 }
    let isSingle = begins(start..<text.upperBound, with: UInt8(ascii: "="))
    if isSingle { start += 1 }
    let range = start..<text.upperBound
    // To BusyBox whatever follows a '*' means nothing, and neither does a '!' in front of it.
    if begins(range, with: UInt8(ascii: "*")) { return isNegated ? .keepOnly(0xFF) : .add(0xFF) }
    let name = bytes.span.extracting(range)
    if name.equals("none") { return .keepOnly(0) }
    guard let severity = Severity(named: name) else { throw error(.unknownSeverity, at: range) }
    let set: UInt8 = isSingle ? 1 << severity.rawValue : 0xFF >> (7 - severity.rawValue)
    return isNegated ? .keepOnly(~set) : .add(set)
  }

  private func begins(_ range: Range<Int>, with byte: UInt8) -> Bool {
    !range.isEmpty && bytes[range.lowerBound] == byte
  }

  /// The part of `word` from `start` to the next separator or its end; nil behind that. It may be
  /// empty.
  private func nextPart(
    of word: Range<Int>, before separator: UInt8, from start: inout Int
  ) -> Range<Int>? {
    guard start <= word.upperBound else { return nil }
    let part = start..<end(of: start..<word.upperBound, before: separator)
    start = part.upperBound + 1
    return part
  }

  /// Where the first `separator` is, or the end.
  private func end(of range: Range<Int>, before separator: UInt8) -> Int {
    var index = range.lowerBound
    while index < range.upperBound, bytes[index] != separator { index += 1 }
    return index
  }
}
