@testable import TLSBackend

/// Stands in for a TLS library: the "fingerprint" of DER is its first byte repeated, 0x80 added for
/// a certificate's. DER that begins with 0 is refused.
final class FakeContext: TLSContext {
  init(_ parameters: TLSParameters) throws(TLSError) {}

  func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    try digest(der, adding: 0)
  }

  func spkiFingerprint(ofCertificate der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    try digest(der, adding: 0x80)
  }

  private func digest(_ der: Span<UInt8>, adding: UInt8) throws(TLSError) -> SHA256Digest {
    guard der.count > 0, der[0] != 0 else { throw TLSError(.configuration, "is no key") }
    return SHA256Digest.repeating(der[0] | adding)
  }
}

extension SHA256Digest {
  static func repeating(_ byte: UInt8) -> SHA256Digest {
    guard let digest = SHA256Digest([UInt8](repeating: byte, count: byteCount).span) else {
      preconditionFailure("32 are 32 bytes")
    }
    return digest
  }
}

/// The pins that a text holds, or why it is refused.
func read(_ text: String) -> Result<PinSet, TLSError> {
  var pins = PinSet(source: "pin.pem")
  do throws(TLSError) {
    try pins.insert(contentsOf: Array(text.utf8).span, using: FakeContext(TLSParameters()))
    return .success(pins)
  } catch {
    return .failure(error)
  }
}

extension PinSet {
  /// The place of the pin that accepts these fingerprints, as a policy sees it.
  func place(spki: UInt8, certificate: UInt8 = 0) -> Int? {
    match(
      PeerEvidence(
        spkiFingerprint: .repeating(spki), certificateFingerprint: .repeating(certificate)))
  }
}

extension Text {
  /// For what a test compares and prints.
  var words: String { String(decoding: bytes, as: UTF8.self) }
}
