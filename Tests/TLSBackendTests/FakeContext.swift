import Bytes

@testable import TLSBackend

/// Stands in for a TLS library: the "fingerprint" of DER is its first byte repeated, 0x80 added for
/// a certificate's. DER that begins with 0 is refused.
final class FakeContext: TLSContext {
  init(_ parameters: TLSParameters) throws(TLSError) {}

  func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    try digest(der, adding: 0)
  }

  func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
    .made(spki: try digest(der, adding: 0x80))
  }

  var fipsModule: Text? { nil }

  private func digest(_ der: Span<UInt8>, adding: UInt8) throws(TLSError) -> SHA256Digest {
    guard der.count > 0, der[0] != 0 else { throw unreadableKey }
    return SHA256Digest.repeating(der[0] | adding)
  }
}

/// What `FakeContext` says of DER that begins with 0.
let unreadableKey = TLSError.unreadable("PUBLIC KEY", by: "Fake TLS")

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
    match(.made(spki: .repeating(spki), certificate: .repeating(certificate)))
  }
}

extension CertificateSummary {
  /// A certificate of which only what a test needs is said.
  static func made(
    spki: SHA256Digest = .repeating(0x11), certificate: SHA256Digest = .repeating(0x22),
    sha1: [UInt8] = [], subject: Text = "collector", issuer: Text = "authority",
    dates: ClosedRange<Int64> = 0...4_000_000_000, strength: Int = 128, isAuthority: Bool = false,
    pathLimit: Int = -1, dnsNames: [String] = [], addresses: [[UInt8]] = []
  ) -> CertificateSummary {
    CertificateSummary(
      der: [], subject: subject, issuer: issuer, notBefore: dates.lowerBound,
      notAfter: dates.upperBound,
      key: Key(kind: "EC", bits: strength * 2, strength: strength), isAuthority: isAuthority,
      pathLimit: pathLimit, dnsNames: dnsNames.map { Array($0.utf8) }, addresses: addresses,
      spkiFingerprint: spki, fingerprint: certificate, sha1Fingerprint: sha1)
  }
}

extension PeerEvidence {
  /// What a chain of these certificates is, with what is wrong with it.
  static func of(_ certificates: CertificateSummary..., refusal: Sentence? = nil) -> PeerEvidence {
    PeerEvidence(certificates: certificates, refusal: refusal)
  }
}

extension Text {
  /// For what a test compares and prints.
  var words: String { String(decoding: bytes, as: UTF8.self) }
}

extension Sentence {
  /// For what a test compares and prints.
  var words: String { text.words }
}
