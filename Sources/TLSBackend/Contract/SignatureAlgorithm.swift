/// The kinds of signature that are checked at all, read from an AlgorithmIdentifier, so that every
/// library is asked for the same ones: RSA and ECDSA with SHA-256, SHA-384 or SHA-512, and EdDSA.
public struct SignatureAlgorithm: Sendable {
  /// The key that it is made by, and how.
  public enum Kind: Sendable {
    case rsa
    case rsaPSS
    case ecdsa
    case ed25519
    case ed448
  }

  /// A member of SHA-2.
  public enum Digest: UInt8, Sendable {
    case sha256 = 1
    case sha384
    case sha512
  }

  /// The key that it is made by, and how.
  public let kind: Kind
  /// The digest that is signed. EdDSA has its own and signs the message itself.
  public let digest: Digest
  /// Bytes of salt of RSASSA-PSS; 0 for the others.
  public private(set) var saltLength = 0

  /// Nil for any other, and for RSASSA-PSS with another digest in its mask (RFC 4055 §3.1).
  public init?(_ der: Span<UInt8>) {
    let reader = DERReader(copying: der)
    let end = reader.enterSequence()
    let code = reader.identifier()
    switch code {
    case 0x8648_86F7_0D01_010B...0x8648_86F7_0D01_010D:
      (kind, digest) = (.rsa, Digest(code &- 10))
      reader.skipNull()
    case 0x8648_86F7_0D01_010A:
      kind = .rsaPSS
      digest = Digest(reader.readPSS(salt: &saltLength))
    case 0x2A86_48CE_3D04_0302...0x2A86_48CE_3D04_0304:
      (kind, digest) = (.ecdsa, Digest(code &- 1))
    case 0x2B_6570: (kind, digest) = (.ed25519, .sha512)
    case 0x2B_6571: (kind, digest) = (.ed448, .sha512)
    default: return nil
    }
    reader.leave(end)
    guard reader.isComplete else { return nil }
  }
}

extension SignatureAlgorithm.Digest {
  /// Bytes of the digest.
  public var byteCount: Int { 16 + 16 * Int(rawValue) }

  /// By the last byte of its number.
  fileprivate init(_ code: UInt64) {
    self = SignatureAlgorithm.Digest(rawValue: UInt8(truncatingIfNeeded: code)) ?? .sha512
  }
}

extension DERReader {
  /// An OBJECT IDENTIFIER as the number of its last eight bytes: of one with nine, the first is
  /// left out.
  @inline(never)
  fileprivate func identifier() -> UInt64 {
    let content = read(Tag.objectIdentifier)
    if content.count > 9 { fail() }
    var code: UInt64 = 0
    for index in content { code = code << 8 | UInt64(der[index]) }
    return code
  }

  /// Parameters that are there and say nothing, or are left out.
  fileprivate func skipNull() {
    if peek() == 5, !next().isEmpty { fail() }
  }

  /// An AlgorithmIdentifier of SHA-2; the result ends with the digest's number.
  @inline(never)
  private func digest() -> UInt64 {
    let end = enterSequence()
    let code = identifier()
    skipNull()
    leave(end)
    if !(0x8648_0165_0304_0201...0x8648_0165_0304_0203).contains(code) { fail() }
    return code
  }

  /// RSASSA-PSS-params; the result ends with the number of the digest that stands for both.
  fileprivate func readPSS(salt: inout Int) -> UInt64 {
    let whole = enterSequence()
    var end = enter(0xA0)
    let code = digest()
    leave(end)
    end = enter(0xA1)
    let mask = enterSequence()
    // MGF1.
    if identifier() != 0x8648_86F7_0D01_0108 || digest() != code { fail() }
    leave(mask)
    leave(end)
    salt = 20
    if peek() == 0xA2 {
      end = enter(0xA2)
      let content = integer()
      salt = 0
      for index in content.suffix(3) { salt = salt << 8 | Int(der[index]) }
      if content.count > 2 || salt >= 0x8000 { fail() }
      leave(end)
    }
    leave(whole)
    return code
  }
}
