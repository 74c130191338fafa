internal import Bytes

/// What a certificate says about its key.
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
  @inline(never)
  var strength: Int { isRSA ? KeyStrength.ofRSA(bits: bits) : KeyStrength.ofCurve(bits: bits) }

  /// The kind as it is told.
  var name: Literal {
    switch kind {
    case .rsa: "RSA"
    case .rsaPSS: "RSASSA-PSS"
    case .curve: "EC"
    case .ed25519: "Ed25519"
    case .ed448: "Ed448"
    default: "unknown"
    }
  }

  init() {}

  /// 0 bits of what is not known; the exponent is an RSA key's, 0 when it is even.
  init(_ kind: ObjectID, bits: Int, exponentBits: Int) {
    self.kind = kind
    self.bits = bits
    trouble = .none
    if bits == 0 {
      trouble = .unknown
    } else if bits > PublicKey.maximumModulus {
      trouble = .large
    } else if isRSA, exponentBits < 2 || exponentBits > PublicKey.maximumExponent {
      trouble = .exponent
    } else if strength < KeyStrength.minimum {
      trouble = .weak
    }
  }
}
