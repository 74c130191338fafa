internal import Bytes

// Which keys and signatures are looked at by a library at all.
extension PathBuilder {
  /// What is said of a key that no signature is checked with; nil for a good one.
  static func trouble(with issuer: Certificate, _ isAnchor: Bool) -> Sentence? {
    switch issuer.key.trouble {
    case .none: nil
    case .weak:
      isAnchor
        ? .weakSignatureInChain : .weakKeyInChain(issuer.words, bits: issuer.key.strength)
    case .large: .largeKey(issuer.words, bits: issuer.key.bits)
    case .badExponent: .badExponent(issuer.words)
    case .unknown: .unknownKey(issuer.words)
    }
  }

  /// The OBJECT IDENTIFIER of an AlgorithmIdentifier, and a reader behind it.
  private static func identifier(_ der: Span<UInt8>, _ algorithm: Range<Int>) -> (
    DERReader, Range<Int>
  ) {
    var reader = DERReader(algorithm)
    _ = reader.enter(DERReader.Tag.sequence, der)
    let identifier = reader.read(DERReader.Tag.objectIdentifier, der)
    return (reader, identifier)
  }

  /// How a kind of signature is told.
  static func algorithm(_ bytes: [UInt8], _ algorithm: Range<Int>) -> Text {
    let der = bytes.span
    return ObjectID.words(der, identifier(der, algorithm).1)
  }

  /// A signature with SHA-1 or MD5 is none (C14). RSASSA-PSS has SHA-1 where its parameters name no
  /// other (RFC 8017 §A.2.3).
  @inline(never)
  static func isWeak(_ bytes: [UInt8], _ algorithm: Range<Int>) -> Bool {
    let der = bytes.span
    var (reader, range) = identifier(der, algorithm)
    let id = ObjectID(der, range)
    guard id == .rsaPSS else { return id.isWeakSignature }
    _ = reader.enter(DERReader.Tag.sequence, der)
    _ = reader.enter(0xA0, der)
    _ = reader.enter(DERReader.Tag.sequence, der)
    let hash = reader.read(DERReader.Tag.objectIdentifier, der)
    return !reader.isValid || ObjectID(der, hash) == .sha1
  }
}
