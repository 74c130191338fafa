/// Walks over elements of DER (ITU-T X.690 §8.1), as far as the key inside a certificate.
///
/// GnuTLS hands out a public key only as it would encode it itself, while a pin is the hash of the
/// bytes that stand in the certificate (RFC 7469 §2.4). What is read here, GnuTLS has parsed before.
struct DERReader {
  private static let sequence: UInt8 = 0x30
  /// The version of a certificate, [0] EXPLICIT; the first version leaves it out (RFC 5280 §4.1).
  private static let version: UInt8 = 0xA0

  private var position: Int
  private let end: Int

  /// Whether the bytes are one SEQUENCE and nothing behind it, which the library does not ask.
  static func isOneSequence(_ der: Span<UInt8>) -> Bool {
    var reader = DERReader(position: 0, end: der.count)
    guard let whole = reader.next(in: der), der[0] == sequence else { return false }
    return whole.upperBound == der.count
  }

  /// Where the SubjectPublicKeyInfo stands in a certificate (RFC 5280 §4.1), its header included.
  static func publicKeyInfo(inCertificate der: Span<UInt8>) -> Range<Int>? {
    var outside = DERReader(position: 0, end: der.count)
    guard let certificate = outside.next(in: der) else { return nil }
    var inside = DERReader(position: certificate.lowerBound, end: certificate.upperBound)
    guard let signed = inside.next(in: der) else { return nil }
    var fields = DERReader(position: signed.lowerBound, end: signed.upperBound)
    if fields.position < fields.end, der[fields.position] == version {
      guard fields.next(in: der) != nil else { return nil }
    }
    // serialNumber, signature, issuer, validity, subject.
    for _ in 0..<5 {
      guard fields.next(in: der) != nil else { return nil }
    }
    let start = fields.position
    guard let key = fields.next(in: der), der[start] == sequence else { return nil }
    return start..<key.upperBound
  }

  /// Steps over an element; the result is its content. Nil when it does not end where it must.
  private mutating func next(in der: Span<UInt8>) -> Range<Int>? {
    guard end - position >= 2 else { return nil }
    var length = Int(der[position + 1])
    var start = position + 2
    if length >= 0x80 {
      let count = length & 0x7F
      guard (1...3).contains(count), end - start >= count else { return nil }
      length = 0
      for index in start..<(start + count) { length = length << 8 | Int(der[index]) }
      start += count
    }
    guard end - start >= length else { return nil }
    position = start + length
    return start..<position
  }
}
