internal import Bytes

/// A certificate as it was read (RFC 5280 §4.1).
///
/// What is no certificate gives none. An extension that is known and malformed makes one with a
/// `fault`, which no path to a trust anchor may have.
final class Certificate: SignedData {
  private(set) var serialNumber = 0..<0
  /// A whole element, as the issuer is.
  private(set) var subject = 0..<0
  /// The SubjectPublicKeyInfo with its header.
  private(set) var publicKey = 0..<0
  private(set) var key = PublicKey()
  /// 0 for version 1, which has no extensions.
  private(set) var version = 0

  // MARK: Extensions (§4.2.1)

  /// Flags, the first as the highest bit; all where the extension is missing.
  var keyUsage: UInt16 = 0xFFFF
  var isForServers = true
  var isAuthority = false
  /// Negative when it is not limited.
  var pathLimit = -1
  /// The names, without the header of their SEQUENCE; empty where there are none.
  var alternativeNames = 0..<0
  var nameCount = 0
  /// The lists of subtrees, without the header of their SEQUENCE.
  var nameConstraints = 0..<0
  /// Whether there is a critical extension that is not known.
  var hasUnknown = false
  /// Which extension is malformed.
  var fault: CertificatePart?

  static let digitalSignature: UInt16 = 0x8000
  static let certificateSigning: UInt16 = 0x0400
  static let listSigning: UInt16 = 0x0200

  override func readFields(_ reader: inout DERReader, _ der: Span<UInt8>) {
    reader.begin(.version)
    if reader.peek(der) == 0xA0 {
      let outer = reader.enter(0xA0, der)
      version = reader.smallNumber(der)
      if version != 1, version != 2 { reader.fail() }
      reader.leave(outer)
    }
    reader.begin(.serialNumber)
    serialNumber = reader.integer(der)
    readIssuer(&reader, der)
    let outer = reader.enter(DERReader.Tag.sequence, der)
    notBefore = reader.time(der)
    notAfter = reader.time(der)
    reader.leave(outer)
    reader.begin(.subject)
    subject = reader.element(DERReader.Tag.sequence, der)
    reader.begin(.publicKey)
    publicKey = reader.element(DERReader.Tag.sequence, der)
    key.read(&reader, publicKey, der)
    // issuerUniqueID and subjectUniqueID, which nobody has.
    reader.begin(.extensions)
    if reader.peek(der) == 0x81 { _ = reader.next(der) }
    if reader.peek(der) == 0x82 { _ = reader.next(der) }
    if reader.peek(der) == 0xA3 { readExtensions(&reader, der) }
  }

  /// Extensions are for version 3 alone, and none of them stands twice (§4.1.2.9, §4.2).
  private func readExtensions(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let outer = reader.enter(0xA3, der)
    let list = reader.enter(DERReader.Tag.sequence, der)
    if version != 2 || reader.isAtEnd { reader.fail() }
    var seen: UInt64 = 0
    while !reader.isAtEnd {
      let item = ExtensionItem(&reader, der)
      let bit: UInt64 = 1 &<< UInt64(item.number)
      if item.number > 0, seen & bit != 0 { reader.fail() }
      seen |= bit
      if reader.isValid { read(item, der) }
    }
    reader.leave(list)
    reader.leave(outer)
  }

  var isSelfIssued: Bool { isNamed(self) }

  /// Whether the issuer of a certificate or a list has this one's name.
  @inline(never)
  func isNamed(_ other: SignedData) -> Bool {
    DistinguishedName.matches(other.der, other.issuer, der, subject)
  }

  /// How its subject is told: see `CertificateSummary.subject`.
  @inline(never)
  var words: Text { DistinguishedName.words(der, subject) }
  /// The same of its issuer.
  @inline(never)
  var issuerWords: Text { DistinguishedName.words(der, issuer) }
}
