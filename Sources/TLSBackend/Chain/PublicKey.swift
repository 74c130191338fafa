internal import Bytes

/// What a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) says about its key without any cryptography.
struct PublicKey {
  /// What is the matter with a key that may not be used.
  enum Trouble: UInt8 {
    case none
    /// Of a kind, or in a form, that no path may have.
    case unknown
    case weak
    /// Checking a signature of it would take too long.
    case large
    case exponent
  }

  private(set) var kind = ObjectID.none
  private(set) var bits = 0
  private(set) var trouble = Trouble.unknown

  /// The longest modulus of an RSA key.
  static let maximumModulus = 8192
  /// The longest exponent of an RSA key.
  static let maximumExponent = 64

  private var isRSA: Bool { kind == .rsa || kind == .rsaPSS }

  /// Bits of strength (see `KeyStrength`).
  var strength: Int { isRSA ? KeyStrength.ofRSA(bits: bits) : KeyStrength.ofCurve(bits: bits) }

  /// The kind as it is told.
  var name: StaticString {
    switch kind {
    case .rsa: "RSA"
    case .rsaPSS: "RSASSA-PSS"
    case .curve: "EC"
    case .ed25519: "Ed25519"
    case .ed448: "Ed448"
    default: "unknown"
    }
  }

  /// `range` is the whole element. Fails the outer reader when it is malformed.
  mutating func read(_ outer: inout DERReader, _ range: Range<Int>, _ der: Span<UInt8>) {
    var reader = DERReader(range)
    let whole = reader.enter(DERReader.Tag.sequence, der)
    let algorithm = reader.enter(DERReader.Tag.sequence, der)
    kind = reader.objectID(der)
    let isNamed = reader.peek(der) == DERReader.Tag.objectIdentifier
    if !reader.isAtEnd { _ = reader.next(der) }
    reader.leave(algorithm)
    let value = reader.bitString(der)
    reader.leave(whole)
    guard reader.isComplete else { return outer.fail() }
    trouble = .none
    if isRSA {
      reader = DERReader(value)
      readRSA(&reader, der)
      if !reader.isComplete { outer.fail() }
    } else if kind == .curve, isNamed {
      // A point of a named curve (RFC 5480 §2.1.1, §2.2); one that describes itself is refused.
      let field = der[value.lowerBound] == 4 ? (value.count - 1) / 2 : value.count - 1
      bits = field == 66 ? 521 : field * 8
    } else if kind == .ed25519 {
      bits = 256
    } else if kind == .ed448 {
      bits = 448
    } else {
      trouble = .unknown
    }
    if trouble == .none, strength < KeyStrength.minimum { trouble = .weak }
  }

  /// RSAPublicKey (RFC 8017 §A.1.1).
  private mutating func readRSA(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let whole = reader.enter(DERReader.Tag.sequence, der)
    bits = reader.bits(der)
    let exponent = reader.bits(der)
    let isOdd = reader.isValid && der[reader.position - 1] & 1 == 1
    reader.leave(whole)
    if bits > PublicKey.maximumModulus {
      trouble = .large
    } else if exponent < 2 || exponent > PublicKey.maximumExponent || !isOdd {
      trouble = .exponent
    }
  }
}

extension DERReader {
  /// How many bits an INTEGER that is not negative has.
  @inline(never)
  fileprivate mutating func bits(_ der: Span<UInt8>) -> Int {
    let number = integer(der)
    guard !number.isEmpty, der[number.lowerBound] < 0x80 else {
      fail()
      return 0
    }
    var start = number.lowerBound
    if der[start] == 0, number.count > 1 { start += 1 }
    return (number.upperBound - start) * 8 - der[start].leadingZeroBitCount
  }
}
