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
    case badExponent
  }

  private(set) var isWellFormed = false
  private(set) var kind: StaticString = "unknown"
  private(set) var bits = 0
  /// Bits of strength (see `KeyStrength`).
  private(set) var strength = 0
  private(set) var trouble = Trouble.unknown

  /// The longest modulus of an RSA key.
  static let maximumModulus = 8192
  /// The longest exponent of an RSA key.
  private static let maximumExponent = 64

  init() {}

  /// `range` is the whole element.
  init(_ der: Span<UInt8>, _ range: Range<Int>) {
    var reader = DERReader(range)
    let outer = reader.enter(DERReader.Tag.sequence, der)
    let algorithm = reader.enter(DERReader.Tag.sequence, der)
    let id = ObjectID(der, reader.read(DERReader.Tag.objectIdentifier, der))
    let isNamed = reader.peek(der) == DERReader.Tag.objectIdentifier
    if !reader.isAtEnd { _ = reader.next(der) }
    reader.leave(algorithm)
    let value = reader.bitString(der)
    reader.leave(outer)
    guard reader.isComplete else { return }
    isWellFormed = true
    switch id {
    case .rsa: readRSA(der, value, "RSA")
    case .rsaPSS: readRSA(der, value, "RSASSA-PSS")
    case .curve:
      // A point of a named curve (RFC 5480 §2.1.1, §2.2): what describes one itself is refused.
      guard isNamed else { return }
      let isCompressed = der[value.lowerBound] != 4
      let field = isCompressed ? value.count - 1 : (value.count - 1) / 2
      setCurve("EC", field == 66 ? 521 : field * 8)
    case .ed25519: setCurve("Ed25519", 256)
    case .ed448: setCurve("Ed448", 448)
    default: return
    }
    if trouble == .none, strength < KeyStrength.minimum { trouble = .weak }
  }

  private mutating func setCurve(_ kind: StaticString, _ bits: Int) {
    self.kind = kind
    self.bits = bits
    strength = KeyStrength.ofCurve(bits: bits)
    trouble = .none
  }

  /// RSAPublicKey (RFC 8017 §A.1.1).
  private mutating func readRSA(_ der: Span<UInt8>, _ range: Range<Int>, _ kind: StaticString) {
    var reader = DERReader(range)
    let outer = reader.enter(DERReader.Tag.sequence, der)
    let modulus = reader.integer(der)
    let exponent = reader.integer(der)
    reader.leave(outer)
    guard reader.isComplete, der[modulus.lowerBound] < 0x80, der[exponent.lowerBound] < 0x80 else {
      isWellFormed = false
      return
    }
    self.kind = kind
    bits = PublicKey.bits(der, modulus)
    strength = KeyStrength.ofRSA(bits: bits)
    let size = PublicKey.bits(der, exponent)
    trouble =
      if bits > PublicKey.maximumModulus {
        .large
      } else if size < 2 || size > PublicKey.maximumExponent || der[exponent.upperBound - 1] & 1 == 0
      {
        .badExponent
      } else {
        .none
      }
  }

  /// The bits of a number that is not negative.
  private static func bits(_ der: Span<UInt8>, _ number: Range<Int>) -> Int {
    let first = der[number.lowerBound]
    if first == 0, number.count > 1 {
      return (number.count - 1) * 8 - der[number.lowerBound + 1].leadingZeroBitCount
    }
    return number.count * 8 - first.leadingZeroBitCount
  }
}
