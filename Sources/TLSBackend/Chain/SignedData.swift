internal import Bytes

/// What certificates and revocation lists are alike (RFC 5280 §4.1.1, §5.1.1): something that is
/// signed, how, and the signature. Where it stands in the DER is kept, not copies of it.
class SignedData {
  final let der: [UInt8]
  /// What is signed, with its header.
  final let signed: Range<Int>
  /// The AlgorithmIdentifier with its header.
  final let algorithm: Range<Int>
  final let signature: Range<Int>
  /// The name of who has signed it, with its header.
  final var issuer = 0..<0
  /// From when to when it is valid, in seconds since 1970. The end is long ago where there is none.
  final var notBefore: Int64 = 0
  final var notAfter = Int64.min

  /// Nil unless the bytes are one, to the last; `part` is then where it is malformed.
  init?(_ bytes: [UInt8], _ part: inout CertificatePart) {
    der = bytes
    let der = bytes.span
    var reader = DERReader(0..<der.count)
    let outer = reader.enter(DERReader.Tag.sequence, der)
    let start = reader.position
    let content = reader.read(DERReader.Tag.sequence, der)
    signed = start..<reader.position
    algorithm = reader.element(DERReader.Tag.sequence, der)
    signature = reader.bitString(der)
    reader.leave(outer)
    part = .encoding
    guard reader.isComplete else { return nil }
    reader = DERReader(content)
    readFields(&reader, der)
    part = reader.part
    guard reader.isComplete else { return nil }
  }

  /// Reads what is signed.
  func readFields(_ reader: inout DERReader, _ der: Span<UInt8>) {}

  /// Steps over the algorithm inside, which must be the same as outside (§4.1.1.2), and the issuer.
  final func readIssuer(_ reader: inout DERReader, _ der: Span<UInt8>) {
    reader.begin(.encoding)
    let inside = reader.element(DERReader.Tag.sequence, der)
    if !der.extracting(inside).equals(der.extracting(algorithm)) { reader.fail() }
    reader.begin(.issuer)
    issuer = reader.element(DERReader.Tag.sequence, der)
    reader.begin(.validity)
  }

  /// How the kind of its signature is told.
  final var algorithmWords: Text {
    let bytes = der
    var reader = DERReader(algorithm)
    _ = reader.enter(DERReader.Tag.sequence, bytes.span)
    return ObjectID.words(bytes.span, reader.read(DERReader.Tag.objectIdentifier, bytes.span))
  }

  /// A signature with SHA-1 or MD5 is none (C14). RSASSA-PSS has SHA-1 where its parameters name no
  /// other (RFC 8017 §A.2.3).
  @inline(never)
  final var isWeak: Bool {
    let bytes = der
    let der = bytes.span
    var reader = DERReader(algorithm)
    _ = reader.enter(DERReader.Tag.sequence, der)
    let id = reader.objectID(der)
    guard id == .rsaPSS else { return id.isWeakSignature }
    _ = reader.enter(DERReader.Tag.sequence, der)
    _ = reader.enter(0xA0, der)
    _ = reader.enter(DERReader.Tag.sequence, der)
    let hash = reader.objectID(der)
    return !reader.isValid || hash == .sha1
  }
}

/// One extension (§4.1) of a certificate, a list or an entry of one.
struct ExtensionItem {
  /// Its number below id-ce, 0 for another.
  let number: UInt8
  let isCritical: Bool
  /// What the OCTET STRING holds.
  let value: Range<Int>

  @inline(never)
  init(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    number = reader.objectID(der).certificateExtension
    isCritical = reader.flag(der)
    value = reader.read(DERReader.Tag.octetString, der)
    reader.leave(outer)
  }
}
