internal import Bytes

/// A certificate as it was read (RFC 5280 §4.1): its DER, and where in it what stands.
///
/// What is no certificate gives none. An extension that is known and malformed makes one with a
/// `fault`, which no path to a trust anchor may have.
final class Certificate {
  let der: [UInt8]
  /// What is signed.
  private(set) var signed = 0..<0
  private(set) var serialNumber = 0..<0
  /// The AlgorithmIdentifier of the signature, and its OBJECT IDENTIFIER.
  private(set) var algorithm = 0..<0
  private(set) var signature = 0..<0
  /// Whole elements: names with their headers.
  private(set) var issuer = 0..<0
  private(set) var subject = 0..<0
  /// The SubjectPublicKeyInfo with its header.
  private(set) var publicKey = 0..<0
  private(set) var key = PublicKey()
  /// Seconds since 1970.
  private(set) var notBefore: Int64 = 0
  private(set) var notAfter: Int64 = 0
  /// 0 for version 1, which has no extensions.
  private(set) var version = 0

  // MARK: Extensions (§4.2.1)

  /// Flags, the first as the highest bit; all where the extension is missing.
  var keyUsage: UInt16 = 0xFFFF
  var isForServers = true
  var isAuthority = false
  /// Negative when it is not limited.
  var pathLimit = -1
  /// The content of the extension: a SEQUENCE with its header; empty where there is none.
  var alternativeNames = 0..<0
  var nameCount = 0
  var nameConstraints = 0..<0
  /// The OBJECT IDENTIFIER of a critical extension that is not known.
  var unknownCritical: Range<Int>?
  /// Which extension is malformed.
  var fault: CertificatePart?

  static let digitalSignature: UInt16 = 0x8000
  static let certificateSigning: UInt16 = 0x0400
  static let listSigning: UInt16 = 0x0200

  /// Nil when it is none, to the last byte; `part` is then where it is malformed.
  init?(_ bytes: [UInt8], _ part: inout CertificatePart) {
    der = bytes
    let der = bytes.span
    var reader = DERReader(0..<der.count)
    part = .encoding
    let whole = reader.enter(DERReader.Tag.sequence, der)
    let start = reader.position
    let inside = reader.enter(DERReader.Tag.sequence, der)
    guard readFields(&reader, der, &part) else { return nil }
    if reader.peek(der) == 0xA3 { readExtensions(&reader, der, &part) }
    if !reader.isValid { return nil }
    part = .encoding
    reader.leave(inside)
    signed = start..<reader.position
    guard readSignature(&reader, der, &part) else { return nil }
    part = .encoding
    reader.leave(whole)
    guard reader.isComplete else { return nil }
  }

  /// Everything before the extensions.
  private func readFields(
    _ reader: inout DERReader, _ der: Span<UInt8>, _ part: inout CertificatePart
  ) -> Bool {
    part = .version
    if reader.peek(der) == 0xA0 {
      let outer = reader.enter(0xA0, der)
      version = reader.smallNumber(der)
      if version != 1, version != 2 { reader.fail() }
      reader.leave(outer)
    }
    if !reader.isValid { return false }
    part = .serialNumber
    serialNumber = reader.integer(der)
    if !reader.isValid { return false }
    part = .signature
    algorithm = reader.element(DERReader.Tag.sequence, der)
    if !reader.isValid { return false }
    part = .issuer
    issuer = reader.name(der)
    if !reader.isValid { return false }
    part = .validity
    let outer = reader.enter(DERReader.Tag.sequence, der)
    notBefore = reader.time(der)
    notAfter = reader.time(der)
    reader.leave(outer)
    if !reader.isValid { return false }
    part = .subject
    subject = reader.name(der)
    if !reader.isValid { return false }
    part = .publicKey
    publicKey = reader.element(DERReader.Tag.sequence, der)
    key = PublicKey(der, publicKey)
    if !key.isWellFormed { reader.fail() }
    // issuerUniqueID and subjectUniqueID, which nobody has.
    if reader.peek(der) == 0x81 { _ = reader.next(der) }
    if reader.peek(der) == 0x82 { _ = reader.next(der) }
    return reader.isValid
  }

  /// What follows what is signed, as in a revocation list: the algorithm once more (§4.1.1.2), and
  /// the signature.
  private func readSignature(
    _ reader: inout DERReader, _ der: Span<UInt8>, _ part: inout CertificatePart
  ) -> Bool {
    part = .signature
    let second = reader.element(DERReader.Tag.sequence, der)
    signature = reader.bitString(der)
    return reader.isValid && der.extracting(second).equals(der.extracting(algorithm))
  }

  /// Extensions are for version 3 alone, and none of them stands twice (§4.1.2.9, §4.2).
  private func readExtensions(
    _ reader: inout DERReader, _ der: Span<UInt8>, _ part: inout CertificatePart
  ) {
    part = .extensions
    let outer = reader.enter(0xA3, der)
    let list = reader.enter(DERReader.Tag.sequence, der)
    if version != 2 || reader.isAtEnd { reader.fail() }
    var seen: UInt64 = 0
    while !reader.isAtEnd {
      let item = ExtensionItem(&reader, der)
      let number = item.id.certificateExtension
      let bit: UInt64 = number == 0 ? 0 : 1 << UInt64(number & 63)
      if seen & bit != 0 { reader.fail() }
      seen |= bit
      if reader.isValid { read(item, number, der) }
    }
    reader.leave(list)
    reader.leave(outer)
  }

  var isSelfIssued: Bool {
    let bytes = der
    return DistinguishedName.matches(bytes.span, issuer, bytes.span, subject)
  }

  /// Whether a certificate or a list of this issuer may be this one's.
  @inline(never)
  func isNamed(_ issuer: Range<Int>, in other: [UInt8]) -> Bool {
    let bytes = der
    return DistinguishedName.matches(other.span, issuer, bytes.span, subject)
  }

  /// How its subject is told: see `CertificateSummary.subject`.
  var words: Text { DistinguishedName.words(der, subject) }
  /// The same of its issuer.
  var issuerWords: Text { DistinguishedName.words(der, issuer) }
}

/// One extension (§4.1) of a certificate, a list or an entry of one.
struct ExtensionItem {
  let identifier: Range<Int>
  let id: ObjectID
  let isCritical: Bool
  /// What the OCTET STRING holds.
  let value: Range<Int>

  @inline(never)
  init(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    identifier = reader.read(DERReader.Tag.objectIdentifier, der)
    id = ObjectID(der, identifier)
    isCritical = reader.flag(der)
    value = reader.read(DERReader.Tag.octetString, der)
    reader.leave(outer)
  }
}
