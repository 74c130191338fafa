public import Bytes

/// The pins of one remote, ready to compare.
public struct PinSet: Equatable, Sendable {
  /// One accepted server.
  public enum Pin: Equatable, Sendable {
    /// SHA-256 over the DER SubjectPublicKeyInfo (RFC 7469 §2.4).
    case spki(SHA256Digest)
    /// SHA-256 over the DER certificate (RFC 5425 §4.2.2).
    case certificate(SHA256Digest)
    /// SHA-1 over the DER certificate, which RFC 5425 §4.2.2 demands (T11) and nobody should use.
    case certificateSHA1([UInt8])
  }

  /// Where the pins came from, for the reason of a refusal; never their content.
  public let source: Text
  private var pins: [Pin] = []

  public init(source: Text) {
    self.source = source
  }

  public var count: Int { pins.count }
  /// Whether a certificate's fingerprint, rather than its key's, would have been enough.
  var namesCertificate: Bool {
    pins.contains { pin in
      switch pin {
      case .spki: false
      case .certificate, .certificateSHA1: true
      }
    }
  }
  /// Whether one of them is a SHA-1 fingerprint, which is refused under FIPS.
  public var hasSHA1: Bool {
    pins.indices.contains { isSHA1($0) }
  }

  func isSHA1(_ index: Int) -> Bool {
    if case .certificateSHA1 = pins[index] { return true }
    return false
  }

  public mutating func insert(_ pin: Pin) {
    pins.append(pin)
  }

  /// The place of the first pin that the certificate matches.
  func match(_ certificate: CertificateSummary) -> Int? {
    pins.firstIndex { pin in
      switch pin {
      case .spki(let digest): digest == certificate.spkiFingerprint
      case .certificate(let digest): digest == certificate.fingerprint
      case .certificateSHA1(let digest): digest == certificate.sha1Fingerprint
      }
    }
  }

  /// Whether `text` is one pin as it may stand on a command line: `sha256//BASE64`,
  /// `sha-256:AA:BB…` or `sha-1:AA:BB…`, and nothing else.
  public static func isLiteral(_ text: Span<UInt8>) -> Bool {
    do throws(TLSError) {
      return try PinReader.literal(text) != nil
    } catch {
      return false
    }
  }

  /// Adds every pin that `text` holds: PEM public keys, PEM certificates, `sha256//BASE64`,
  /// `sha-256:AA:BB…` and `sha-1:AA:BB…` lines, in any mixture, with blank lines and `#` comments
  /// between them.
  ///
  /// Throws `.configuration` when there is anything else in it, or nothing.
  public mutating func insert(
    contentsOf text: Span<UInt8>, using context: some TLSContext
  ) throws(TLSError) {
    var reader = PinReader(text)
    var found = 0
    while let item = try reader.next(text) {
      found += 1
      switch item {
      case .pin(let pin): insert(pin)
      case .publicKey(let der):
        insert(.spki(try context.spkiFingerprint(ofPublicKey: der.span)))
      case .certificate(let der):
        insert(.spki(try context.certificate(der.span).spkiFingerprint))
      }
    }
    guard found > 0 else { throw TLSError(.configuration, .noPin) }
  }
}

/// How pins are written.
public enum PinSpelling {
  /// `sha256//BASE64`, as curl and RFC 7469 write an SPKI fingerprint.
  public static func spki(_ digest: SHA256Digest) -> Text {
    var bytes: [UInt8] = []
    for index in 0..<SHA256Digest.byteCount { bytes.append(digest[index]) }
    return "sha256//" + Base64.encode(bytes.span)
  }

  /// `sha-256:AA:BB…`, as RFC 5425 §4.2.2 writes a certificate fingerprint (T10).
  public static func certificate(_ digest: SHA256Digest) -> Text {
    var bytes: [UInt8] = []
    for index in 0..<SHA256Digest.byteCount { bytes.append(digest[index]) }
    return certificate("sha-256", bytes.span)
  }

  /// The same with the label of another hash: `sha-1:AA:BB…` (T11).
  public static func certificate(_ label: Literal, _ digest: Span<UInt8>) -> Text {
    var text: Text = "\(label)"
    for index in digest.indices {
      text.append(UInt8(ascii: ":"))
      text.append(hex: digest[index])
    }
    return text
  }
}
