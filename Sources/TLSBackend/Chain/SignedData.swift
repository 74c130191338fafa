internal import Bytes

/// What certificates and revocation lists are alike (RFC 5280 §4.1.1, §5.1.1): something that is
/// signed, how, and the signature.
struct SignedData {
  let der: [UInt8]
  /// What is signed, with its header, and what is in it.
  let signed: Range<Int>
  let content: Range<Int>
  /// The AlgorithmIdentifier with its header.
  let algorithm: Range<Int>
  let signature: Range<Int>
  /// Where the name of the issuer stands, with its header; to be set by who reads the content.
  var issuer = 0..<0

  /// Nil when the bytes are something else, or have something behind it.
  init?(_ bytes: [UInt8]) {
    der = bytes
    let der = bytes.span
    var reader = DERReader(0..<der.count)
    let outer = reader.enter(DERReader.Tag.sequence, der)
    let start = reader.position
    content = reader.read(DERReader.Tag.sequence, der)
    signed = start..<reader.position
    algorithm = reader.element(DERReader.Tag.sequence, der)
    signature = reader.bitString(der)
    reader.leave(outer)
    guard reader.isComplete else { return nil }
  }

  /// Steps over the algorithm inside, which must be the same as outside (§4.1.1.2).
  func readAlgorithm(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let inside = reader.element(DERReader.Tag.sequence, der)
    if !der.extracting(inside).equals(der.extracting(algorithm)) { reader.fail() }
  }

  /// How the kind of its signature is told.
  var algorithmWords: Text {
    let bytes = der
    var reader = DERReader(algorithm)
    _ = reader.enter(DERReader.Tag.sequence, bytes.span)
    return ObjectID.words(bytes.span, reader.read(DERReader.Tag.objectIdentifier, bytes.span))
  }

  /// A signature with SHA-1 or MD5 is none (C14). RSASSA-PSS has SHA-1 where its parameters name no
  /// other (RFC 8017 §A.2.3).
  var isWeak: Bool {
    let bytes = der
    let der = bytes.span
    var reader = DERReader(algorithm)
    _ = reader.enter(DERReader.Tag.sequence, der)
    let id = ObjectID(der, reader.read(DERReader.Tag.objectIdentifier, der))
    guard id == .rsaPSS else { return id.isWeakSignature }
    _ = reader.enter(DERReader.Tag.sequence, der)
    _ = reader.enter(0xA0, der)
    _ = reader.enter(DERReader.Tag.sequence, der)
    let hash = ObjectID(der, reader.read(DERReader.Tag.objectIdentifier, der))
    return !reader.isValid || hash == .sha1
  }
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
