internal import Bytes

extension DERReader {
  /// Steps over a Name (RFC 5280 §4.1.2.4); the result is the element with its header.
  @inline(never)
  mutating func name(_ der: Span<UInt8>) -> Range<Int> {
    let whole = element(Tag.sequence, der)
    if !DistinguishedName.isWellFormed(der, whole) { fail() }
    return isValid ? whole : end..<end
  }
}

/// Walks over the attributes of a Name.
struct NameParts {
  private var names: DERReader
  /// A RelativeDistinguishedName, most of which have one attribute.
  private var set = DERReader(0..<0)
  /// Whether the attribute is the first of its set.
  private(set) var isFirst = false
  private(set) var type = 0..<0
  private(set) var tag: UInt8 = 0
  private(set) var value = 0..<0

  init(_ der: Span<UInt8>, _ range: Range<Int>) {
    names = DERReader(range)
    // Something behind the name is wrong.
    if names.read(DERReader.Tag.sequence, der).upperBound != range.upperBound { names.fail() }
    guard names.isComplete else { return }
    names = DERReader(range)
    _ = names.enter(DERReader.Tag.sequence, der)
  }

  /// False at the end, or where it is malformed.
  @inline(never)
  mutating func next(_ der: Span<UInt8>) -> Bool {
    isFirst = set.isAtEnd
    if isFirst {
      guard !names.isAtEnd else { return false }
      set = DERReader(names.read(DERReader.Tag.set, der))
    }
    let outer = set.enter(DERReader.Tag.sequence, der)
    type = set.read(DERReader.Tag.objectIdentifier, der)
    tag = set.peek(der)
    value = set.next(der)
    set.leave(outer)
    if !set.isValid { names.fail() }
    return set.isValid
  }

  var isComplete: Bool { names.isComplete }
}

/// Names of subjects and issuers; each is a whole element.
enum DistinguishedName {
  /// Whether these bytes are a Name, and nothing else.
  @inline(never)
  static func isWellFormed(_ der: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var parts = NameParts(der, range)
    while parts.next(der) {}
    return parts.isComplete
  }

  /// The common name, or the organisation, or the organisational unit.
  @inline(never)
  static func words(_ bytes: [UInt8], _ range: Range<Int>) -> Text {
    let der = bytes.span
    for wanted: UInt8 in [3, 10, 11] {
      var parts = NameParts(der, range)
      while parts.next(der) {
        if ObjectID(der, parts.type).attribute == wanted {
          return Text(quotable: der.extracting(parts.value))
        }
      }
    }
    return ""
  }

  /// Whether two names are the same; with `isBase`, whether the second is what the first begins
  /// with (RFC 5280 §4.2.1.10).
  @inline(never)
  static func matches(
    _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>,
    isBase: Bool = false
  ) -> Bool {
    if left.extracting(leftRange).equals(right.extracting(rightRange)) { return true }
    var parts = NameParts(left, leftRange)
    var others = NameParts(right, rightRange)
    while others.next(right) {
      guard parts.next(left), parts.isFirst == others.isFirst,
        left.extracting(parts.type).equals(right.extracting(others.type)),
        isText(parts.tag) && isText(others.tag) || parts.tag == others.tag,
        isText(parts.tag)
          ? folded(left, parts.value, right, others.value)
          : left.extracting(parts.value).equals(right.extracting(others.value))
      else { return false }
    }
    return !parts.next(left) || isBase && parts.isFirst
  }

  /// UTF8String, PrintableString, TeletexString, IA5String: compared alike, because authorities
  /// change from one to the other.
  private static func isText(_ tag: UInt8) -> Bool {
    tag == 0x0C || tag == 0x13 || tag == 0x14 || tag == 0x16
  }

  /// Without regard to case in ASCII, spaces around, and how many there are between (RFC 5280
  /// §7.1).
  private static func folded(
    _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
  ) -> Bool {
    var place = leftRange.lowerBound
    var other = rightRange.lowerBound
    skipSpaces(left, &place, leftRange.upperBound)
    skipSpaces(right, &other, rightRange.upperBound)
    while true {
      let byte = next(left, &place, leftRange.upperBound)
      guard byte == next(right, &other, rightRange.upperBound) else { return false }
      if byte == end { return true }
    }
  }

  /// No byte.
  private static let end: UInt16 = 0x100

  @inline(never)
  private static func next(_ der: Span<UInt8>, _ place: inout Int, _ limit: Int) -> UInt16 {
    guard place < limit else { return end }
    let byte = der[place]
    place += 1
    guard byte == UInt8(ascii: " ") else { return UInt16(byte.lowercased) }
    skipSpaces(der, &place, limit)
    return place < limit ? UInt16(byte) : end
  }

  @inline(never)
  private static func skipSpaces(_ der: Span<UInt8>, _ place: inout Int, _ limit: Int) {
    while place < limit, der[place] == UInt8(ascii: " ") { place += 1 }
  }
}
