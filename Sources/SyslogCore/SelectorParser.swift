/// Reads the first word of a rule: parts between ';', each of which changes what those before it
/// have selected.
struct SelectorParser {
  let line: LogicalLine

  func selector(_ word: ArraySlice<UInt8>) throws(ConfigurationError) -> Selector {
    var selector = Selector.none
    for part in word.parts(between: UInt8(ascii: ";")) {
      guard let period = part.firstIndex(of: UInt8(ascii: ".")) else {
        throw line.error(.notASelector, at: part)
      }
      let facilities = try facilities(part[..<period])
      selector.apply(try change(part[(period + 1)...]), to: facilities)
    }
    return selector
  }

  /// Bit f for facility f. To BusyBox a '*' in front is all of them, whatever follows it.
  private func facilities(_ list: ArraySlice<UInt8>) throws(ConfigurationError) -> UInt32 {
    if list.first == UInt8(ascii: "*") { return 0xFF_FFFF }
    var set: UInt32 = 0
    for name in list.parts(between: UInt8(ascii: ",")) {
      guard let facility = Facility(named: name.span) else {
        throw line.error(.unknownFacility, at: name)
      }
      // "mark" is bit 24, which no message looks at.
      set |= 1 << UInt32(facility.rawValue)
    }
    return set
  }

  /// `[!][=]SEVERITY`, where SEVERITY alone is all that are as severe.
  private func change(_ text: ArraySlice<UInt8>) throws(ConfigurationError) -> Selector.Change {
    var name = text
    let isNegated = name.removeFirst(UInt8(ascii: "!"))
    let isSingle = name.removeFirst(UInt8(ascii: "="))
    // To BusyBox whatever follows a '*' means nothing, and neither does a '!' in front of it.
    if name.first == UInt8(ascii: "*") { return isNegated ? .keepOnly(0xFF) : .add(0xFF) }
    if name.span.equals("none") { return .keepOnly(0) }
    guard let severity = Severity(named: name.span) else {
      throw line.error(.unknownSeverity, at: name)
    }
    let set: UInt8 = isSingle ? 1 << severity.rawValue : 0xFF >> (7 - severity.rawValue)
    return isNegated ? .keepOnly(~set) : .add(set)
  }
}

extension ArraySlice<UInt8> {
  /// At least one, and possibly empty ones.
  fileprivate func parts(between separator: UInt8) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = startIndex
    for index in indices where self[index] == separator {
      parts.append(self[start..<index])
      start = index + 1
    }
    parts.append(self[start...])
    return parts
  }

  /// Whether `byte` was in front, and was removed.
  fileprivate mutating func removeFirst(_ byte: UInt8) -> Bool {
    guard first == byte else { return false }
    removeFirst()
    return true
  }
}

extension Span<UInt8> {
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { buffer in
      for index in 0..<count where unsafe self[index] != buffer[index] { return false }
      return true
    }
  }
}
