internal import Bytes

/// What certificates and revocation lists are alike (RFC 5280 §4.1.1, §5.1.1): something that is
/// signed, how, and the signature. Where it stands in the DER is kept, not copies of it.
class SignedData: DERReader {
  /// What is signed, with its header.
  final private(set) var signed = 0..<0
  /// The AlgorithmIdentifier with its header.
  final private(set) var algorithm = 0..<0
  final private(set) var signature = 0..<0
  /// The name of who has signed it, with its header.
  final private(set) var issuer = 0..<0
  /// From when to when it is valid, in seconds since 1970. The end is long ago where there is none.
  final var notBefore: Int64 = 0
  final var notAfter = Int64.min

  /// Nil unless the bytes are one, to the last; `fault` is then where it is malformed.
  init?(_ bytes: [UInt8], _ fault: inout CertificatePart) {
    super.init(bytes: bytes)
    let outer = enterSequence()
    let start = position
    let content = read(Tag.sequence)
    signed = start..<position
    algorithm = element(Tag.sequence)
    signature = bitString()
    leave(outer)
    if isComplete {
      open(content)
      readFields()
    }
    fault = part
    if !isComplete { return nil }
  }

  /// Reads what is signed.
  func readFields() {}

  /// Steps over the algorithm inside, which must be the same as outside (§4.1.1.2), and the issuer.
  final func readIssuer() {
    begin(.signature)
    let inside = element(Tag.sequence)
    let bytes = der
    if !bytes.span.extracting(inside).equals(bytes.span.extracting(algorithm)) { fail() }
    begin(.issuer)
    issuer = element(Tag.sequence)
    begin(.validity)
  }

  /// The kind of its signature.
  @inline(never)
  final func algorithmID() -> Range<Int> {
    open(algorithm)
    _ = enterSequence()
    return read(Tag.objectIdentifier)
  }

  /// The common name, or the organisation, or the organisational unit, of a Name with its header.
  @inline(never)
  final func words(_ name: Range<Int>) -> Text {
    var (found, best) = (0..<0, 0)
    open(name)
    _ = enterSequence()
    while !isAtEnd {
      let set = enter(Tag.set)
      while !isAtEnd {
        let outer = enterSequence()
        let type = objectID().attribute
        let value = next()
        leave(outer)
        let rank = type == 3 ? 3 : type == 10 ? 2 : type == 11 ? 1 : 0
        if rank > best { (found, best) = (value, rank) }
      }
      leave(set)
    }
    let bytes = der
    return Text(quotable: bytes.span.extracting(found))
  }

  /// One extension (§4.1) of a certificate, a list or an entry of one.
  struct Extension {
    /// Its number below id-ce, 0 for another.
    let number: UInt8
    let isCritical: Bool
    /// What the OCTET STRING holds.
    let value: Range<Int>
  }

  @inline(never)
  final func readExtension() -> Extension {
    let outer = enterSequence()
    let item = Extension(
      number: objectID().certificateExtension, isCritical: flag(), value: read(Tag.octetString))
    leave(outer)
    return item
  }
}
