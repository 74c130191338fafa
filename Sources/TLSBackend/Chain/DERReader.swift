internal import Bytes

/// Reads DER (ITU-T X.690) element by element, and strictly: lengths are definite and in their
/// shortest form, what is inside ends where it must.
///
/// What is wrong sticks: from then on the reader is at its end and every range is empty, so that
/// one look at `isValid` behind many steps is enough. A tag of more than one byte, which nothing of
/// RFC 5280 has, is wrong, too.
///
/// A class that certificates and lists inherit, each its own reader: as a value beside them, with
/// the bytes as an argument of every step, it was two kilobytes of code more.
class DERReader {
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

  final let der: [UInt8]
  final private(set) var position = 0
  final private(set) var end: Int
  final private(set) var isValid = true
  /// What is being read, or was when something was wrong.
  final private(set) var part = CertificatePart.encoding

  init(bytes: [UInt8]) {
    der = bytes
    end = bytes.count
  }

  /// Reads these bytes, whatever was read before.
  @inline(never)
  final func open(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
    isValid = true
  }

  final var isAtEnd: Bool { position >= end }

  /// Whether all was right, and nothing is left.
  final var isComplete: Bool { isValid && isAtEnd }

  /// The tag of the next element, 0 at the end.
  @inline(never)
  final func peek() -> UInt8 {
    position < end ? der[position] : 0
  }

  /// What is read from here on, for who asks what was wrong.
  final func begin(_ part: CertificatePart) {
    if isValid { self.part = part }
  }

  @inline(never)
  final func fail() {
    isValid = false
    position = end
  }

  /// Steps over an element of any kind; the result is its content.
  @inline(never)
  final func next() -> Range<Int> {
    guard end - position >= 2, der[position] & 0x1F != 0x1F else { return failing() }
    var length = Int(der[position + 1])
    var start = position + 2
    if length >= 0x80 {
      let count = length & 0x7F
      guard (1...3).contains(count), end - start >= count, der[start] != 0 else {
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

  @inline(never)
  private final func failing() -> Range<Int> {
    fail()
    return end..<end
  }

  /// Steps over an element of this kind; the result is its content.
  @inline(never)
  final func read(_ tag: UInt8) -> Range<Int> {
    peek() == tag ? next() : failing()
  }

  /// The same with the header.
  @inline(never)
  final func element(_ tag: UInt8) -> Range<Int> {
    let start = position
    _ = read(tag)
    return isValid ? start..<position : end..<end
  }

  /// Goes into an element of this kind; the result is to be handed to `leave`.
  @inline(never)
  final func enter(_ tag: UInt8) -> Int {
    let outer = end
    let content = read(tag)
    position = content.lowerBound
    end = content.upperBound
    return outer
  }

  /// Ends what `enter` has begun; something left in there is wrong.
  @inline(never)
  final func leave(_ outer: Int) {
    let isWhole = isComplete
    end = outer
    if !isWhole { fail() }
  }
}

// MARK: Values

extension DERReader {
  /// A SEQUENCE that is gone into.
  @inline(never)
  final func enterSequence() -> Int { enter(Tag.sequence) }

  /// An OBJECT IDENTIFIER.
  @inline(never)
  final func objectID() -> ObjectID {
    let range = read(Tag.objectIdentifier)
    return ObjectID(der, range)
  }

  /// The content of an INTEGER in its shortest form (§8.3.2).
  @inline(never)
  final func integer() -> Range<Int> {
    let content = read(Tag.integer)
    let first = content.lowerBound
    if content.isEmpty
      || content.count > 1
        && (der[first] == 0 && der[first + 1] < 0x80
          || der[first] == 0xFF && der[first + 1] >= 0x80)
    {
      return failing()
    }
    return content
  }

  /// An INTEGER from 0 to 127, which is as far as numbers here go.
  @inline(never)
  final func smallNumber() -> Int {
    let content = integer()
    guard content.count == 1, der[content.lowerBound] < 0x80 else {
      fail()
      return 0
    }
    return Int(der[content.lowerBound])
  }

  /// A BOOLEAN (§11.1) if one is next; else false. A false that stands there although it is the
  /// default (§11.5) is forgiven: too many certificates have it.
  @inline(never)
  final func flag() -> Bool {
    guard peek() == Tag.boolean else { return false }
    let content = next()
    let value = content.count == 1 ? der[content.lowerBound] : 1
    if value != 0, value != 0xFF { fail() }
    return value == 0xFF
  }

  /// The content of a BIT STRING of whole bytes (§8.6).
  @inline(never)
  final func bitString() -> Range<Int> {
    let content = read(Tag.bitString)
    guard content.count > 1, der[content.lowerBound] == 0 else { return failing() }
    return content.lowerBound + 1..<content.upperBound
  }

  /// The first 16 bits of a BIT STRING of flags, bit 0 as the highest (§8.6, §11.2).
  final func flags() -> UInt16 {
    let content = read(Tag.bitString)
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
  final func time() -> Int64 {
    let isShort = peek() == Tag.utcTime
    let content = read(isShort ? Tag.utcTime : Tag.generalizedTime)
    guard content.count == (isShort ? 13 : 15), der[content.upperBound - 1] == UInt8(ascii: "Z")
    else {
      fail()
      return 0
    }
    var place = content.lowerBound
    var year = pair(&place)
    if isShort {
      year += year < 50 ? 2000 : 1900
    } else {
      year = year * 100 + pair(&place)
    }
    let month = pair(&place)
    let day = pair(&place)
    let hour = pair(&place)
    let minute = pair(&place)
    let second = pair(&place)
    guard isValid, (1...12).contains(month), day >= 1,
      day <= CivilDate.days(inMonth: month, of: year), hour < 24, minute < 60, second < 60
    else {
      fail()
      return 0
    }
    let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
    return date.daysSince1970 * 86400 + Int64((hour * 60 + minute) * 60 + second)
  }

  /// Two decimal digits.
  @inline(never)
  private final func pair(_ place: inout Int) -> Int {
    guard let high = der[place].decimalValue, let low = der[place + 1].decimalValue else {
      fail()
      return 0
    }
    place += 2
    return Int(high) * 10 + Int(low)
  }
}
