/// What a backend asks of DER that its library does not tell.
public enum DER {
  /// Whether the bytes are one SEQUENCE and nothing behind it.
  public static func isOneSequence(_ der: Span<UInt8>) -> Bool {
    var reader = DERReader(0..<der.count)
    _ = reader.read(DERReader.Tag.sequence, der)
    return reader.isComplete
  }

  /// Where the SubjectPublicKeyInfo stands in a certificate (RFC 5280 §4.1), its header included;
  /// empty when the bytes are none.
  public static func publicKeyInfo(inCertificate der: Span<UInt8>) -> Range<Int> {
    var reader = DERReader(0..<der.count)
    _ = reader.enter(DERReader.Tag.sequence, der)
    _ = reader.enter(DERReader.Tag.sequence, der)
    // The first version leaves itself out.
    if reader.peek(der) == 0xA0 { _ = reader.next(der) }
    // serialNumber, signature, issuer, validity, subject.
    for _ in 0..<5 { _ = reader.next(der) }
    return reader.element(DERReader.Tag.sequence, der)
  }
}
