internal import Bytes

/// What a backend asks of DER that its library does not tell.
public enum DER {
  /// Whether the bytes are one SEQUENCE and nothing behind it.
  public static func isOneSequence(_ der: Span<UInt8>) -> Bool {
    let reader = DERReader(copying: der)
    _ = reader.read(DERReader.Tag.sequence)
    return reader.isComplete
  }

  /// Where the SubjectPublicKeyInfo stands in a certificate (RFC 5280 §4.1), its header included;
  /// empty when the bytes are none.
  public static func publicKeyInfo(inCertificate der: Span<UInt8>) -> Range<Int> {
    let reader = DERReader(copying: der)
    _ = reader.enterSequence()
    _ = reader.enterSequence()
    // The first version leaves itself out.
    if reader.peek() == 0xA0 { _ = reader.next() }
    // serialNumber, signature, issuer, validity, subject.
    for _ in 0..<5 { _ = reader.next() }
    return reader.element(DERReader.Tag.sequence)
  }
}

extension DERReader {
  /// Of bytes that are not kept elsewhere.
  convenience init(copying der: Span<UInt8>) {
    var bytes: [UInt8] = []
    bytes.append(copying: der)
    self.init(bytes: bytes)
  }
}
