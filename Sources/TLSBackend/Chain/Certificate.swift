internal import Bytes
internal import Features

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
  var key = PublicKey()
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

  /// Nil unless the bytes are one, to the last; `part` is then where it is malformed. One function
  /// for all who read one, because a class with so many fields is long to begin.
  @inline(never)
  static func reading(_ bytes: [UInt8], _ part: inout CertificatePart) -> Certificate? {
    Certificate(bytes, &part)
  }

  /// Appends this one; not inlined, for the same reason.
  @inline(never)
  func append(to certificates: inout [Certificate]) {
    certificates.append(self)
  }

  override func readFields() {
    begin(.version)
    if peek() == 0xA0 {
      let outer = enter(0xA0)
      version = smallNumber()
      if version != 1, version != 2 { fail() }
      leave(outer)
    }
    begin(.serialNumber)
    serialNumber = integer()
    readIssuer()
    let outer = enterSequence()
    notBefore = time()
    notAfter = time()
    leave(outer)
    begin(.subject)
    subject = element(Tag.sequence)
    begin(.publicKey)
    let start = position
    readKey()
    publicKey = start..<position
    // issuerUniqueID and subjectUniqueID, which nobody has.
    begin(.extensions)
    if peek() == 0x81 { _ = next() }
    if peek() == 0x82 { _ = next() }
    if peek() == 0xA3 { readExtensions() }
  }

  /// Extensions are for version 3 alone, and none of them stands twice (§4.1.2.9, §4.2).
  private func readExtensions() {
    let outer = enter(0xA3)
    let list = enterSequence()
    if version != 2 || isAtEnd { fail() }
    var seen: UInt64 = 0
    while !isAtEnd {
      let item = readExtension()
      let bit: UInt64 = 1 &<< UInt64(item.number)
      if item.number > 0, seen & bit != 0 { fail() }
      seen |= bit
      if Feature.chains.isBuilt, isValid { read(item) }
    }
    leave(list)
    leave(outer)
  }

  var isSelfIssued: Bool { isNamed(self) }

  /// Whether the issuer of a certificate or a list has this one's name.
  ///
  /// Names are compared as they are encoded, but without regard to case in ASCII (§7.1): an authority
  /// writes a name as it has written it before.
  @inline(never)
  func isNamed(_ other: SignedData) -> Bool {
    let (bytes, others) = (der, other.der)
    return subject.count == other.issuer.count
      && GeneralName.ends(
        bytes.span.extracting(subject), with: others.span.extracting(other.issuer))
  }

  /// How its subject is told: see `CertificateSummary.subject`.
  @inline(never)
  var words: Text { words(subject) }
}
