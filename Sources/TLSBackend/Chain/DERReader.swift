internal import Bytes

/// Reads DER (ITU-T X.690) element by element, and strictly: lengths are definite and in their
/// shortest form, what is inside ends where it must.
///
/// What is wrong sticks: from then on the reader is at its end and every range is empty, so that
/// one look at `isValid` behind many steps is enough. A tag of more than one byte, which nothing of
/// RFC 5280 has, is wrong, too. The bytes are an argument of each step, always the same.
struct DERReader {
  enum Tag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let objectIdentifier: UInt8 = 0x06
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
  }

  private(set) var position: Int
  private(set) var end: Int
  private(set) var isValid = true
  /// What is being read, or was when something was wrong.
  private(set) var part = CertificatePart.encoding

  /// `range` lies within the bytes.
  init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position >= end }

  /// Whether all was right, and nothing is left.
  var isComplete: Bool { isValid && isAtEnd }

  /// The tag of the next element, 0 at the end.
  @inline(never)
  func peek(_ der: Span<UInt8>) -> UInt8 {
    position < end ? der[position] : 0
  }

  /// What is read from here on, for who asks what was wrong.
  mutating func begin(_ part: CertificatePart) {
    if isValid { self.part = part }
  }

  @inline(never)
  mutating func fail() {
    isValid = false
    position = end
  }

  /// Steps over an element of any kind; the result is its content.
  @inline(never)
  mutating func next(_ der: Span<UInt8>) -> Range<Int> {
    guard end - position >= 2, der[position] & 0x1F != 0x1F else { return failing() }
    var length = Int(der[position + 1])
    var start = position + 2
    if length >= 0x80 {
      let count = length & 0x7F
      guard (1...4).contains(count), end - start >= count, der[start] != 0 else {
        return failing()
      }
      length = 0
      for index in start..<start + count { length = length << 8 | Int(der[index]) }
      start += count
      guard length >= 0x80 else { return failing() }
    }
    guard end - start >= length else { return failing() }
    position = start + length
    return start..<position
  }

  private mutating func failing() -> Range<Int> {
    fail()
    return end..<end
  }

  /// Steps over an element of this kind; the result is its content.
  @inline(never)
  mutating func read(_ tag: UInt8, _ der: Span<UInt8>) -> Range<Int> {
    guard peek(der) == tag else { return failing() }
    return next(der)
  }

  /// The same with the header.
  @inline(never)
  mutating func element(_ tag: UInt8, _ der: Span<UInt8>) -> Range<Int> {
    let start = position
    _ = read(tag, der)
    return isValid ? start..<position : end..<end
  }

  /// Goes into an element of this kind; the result is to be handed to `leave`.
  @inline(never)
  mutating func enter(_ tag: UInt8, _ der: Span<UInt8>) -> Int {
    let outer = end
    let content = read(tag, der)
    position = content.lowerBound
    end = content.upperBound
    return outer
  }

  /// Ends what `enter` has begun; something left in there is wrong.
  @inline(never)
  mutating func leave(_ outer: Int) {
    let isWhole = isComplete
    end = outer
    if !isWhole { fail() }
  }
}

// MARK: Values

extension DERReader {
  /// The content of an INTEGER in its shortest form (§8.3.2).
  @inline(never)
  mutating func integer(_ der: Span<UInt8>) -> Range<Int> {
    let content = read(Tag.integer, der)
    let first = content.lowerBound
    if content.isEmpty
      || content.count > 1 && (der[first] == 0 && der[first + 1] < 0x80
        || der[first] == 0xFF && der[first + 1] >= 0x80)
    {
      return failing()
    }
    return content
  }

  /// An OBJECT IDENTIFIER.
  @inline(never)
  mutating func objectID(_ der: Span<UInt8>) -> ObjectID {
    ObjectID(der, read(Tag.objectIdentifier, der))
  }

  /// An INTEGER from 0 to 127, which is as far as numbers here go.
  mutating func smallNumber(_ der: Span<UInt8>) -> Int {
    let content = integer(der)
    guard content.count == 1, der[content.lowerBound] < 0x80 else {
      fail()
      return 0
    }
    return Int(der[content.lowerBound])
  }

  /// A BOOLEAN (§11.1) if one is next; else false. A false that stands there although it is the
  /// default (§11.5) is forgiven: too many certificates have it.
  @inline(never)
  mutating func flag(_ der: Span<UInt8>) -> Bool {
    guard peek(der) == Tag.boolean else { return false }
    let content = next(der)
    guard content.count == 1 else {
      fail()
      return false
    }
    let value = der[content.lowerBound]
    if value != 0, value != 0xFF { fail() }
    return value != 0
  }

  /// The content of a BIT STRING of whole bytes (§8.6).
  @inline(never)
  mutating func bitString(_ der: Span<UInt8>) -> Range<Int> {
    let content = read(Tag.bitString, der)
    guard content.count > 1, der[content.lowerBound] == 0 else { return failing() }
    return content.lowerBound + 1..<content.upperBound
  }

  /// The first 16 bits of a BIT STRING of flags, bit 0 as the highest (§8.6, §11.2).
  mutating func flags(_ der: Span<UInt8>) -> UInt16 {
    let content = read(Tag.bitString, der)
    guard content.count > 1, der[content.lowerBound] < 8,
      der[content.upperBound - 1] & (1 << der[content.lowerBound] - 1) == 0
    else {
      fail()
      return 0
    }
    let first = UInt16(der[content.lowerBound + 1]) << 8
    return content.count > 2 ? first | UInt16(der[content.lowerBound + 2]) : first
  }

  /// A Time (RFC 5280 §4.1.2.5) in seconds since 1970: UTCTime or GeneralizedTime with seconds, in
  /// UTC, without fractions.
  @inline(never)
  mutating func time(_ der: Span<UInt8>) -> Int64 {
    let isShort = peek(der) == Tag.utcTime
    let content = read(isShort ? Tag.utcTime : Tag.generalizedTime, der)
    guard content.count == (isShort ? 13 : 15), der[content.upperBound - 1] == UInt8(ascii: "Z")
    else {
      fail()
      return 0
    }
    var place = content.lowerBound
    var year = pair(der, &place)
    if isShort {
      year += year < 50 ? 2000 : 1900
    } else {
      year = year * 100 + pair(der, &place)
    }
    let month = pair(der, &place)
    let day = pair(der, &place)
    let hour = pair(der, &place)
    let minute = pair(der, &place)
    let second = pair(der, &place)
    guard isValid, (1...12).contains(month), day >= 1,
      day <= CivilDate.days(inMonth: month, of: year), hour < 24, minute < 60, second < 60
    else {
      fail()
      return 0
    }
    let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
    return ((date.daysSince1970 * 24 + Int64(hour)) * 60 + Int64(minute)) * 60 + Int64(second)
  }

  /// Two decimal digits.
  @inline(never)
  private mutating func pair(_ der: Span<UInt8>, _ place: inout Int) -> Int {
    guard let high = der[place].decimalValue, let low = der[place + 1].decimalValue else {
      fail()
      return 0
    }
    place += 2
    return Int(high) * 10 + Int(low)
  }
}
