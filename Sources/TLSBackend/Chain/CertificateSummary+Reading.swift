internal import Bytes

extension CertificateSummary {
  /// What a DER certificate out of a file says. Throws `.configuration` when it is none, to the last
  /// byte, and `.library` when the library cannot hash.
  public static func reading<Library: Cryptography & ~Copyable>(
    _ der: [UInt8], using library: inout Library
  ) throws(TLSError) -> CertificateSummary {
    var part = CertificatePart.encoding
    guard let certificate = Certificate.reading(der, &part) else {
      throw .malformed("CERTIFICATE", 0, of: 1, part, nil)
    }
    return try CertificateSummary.of(certificate, using: &library)
  }

  @inline(never)
  static func of<Library: Cryptography & ~Copyable>(
    _ certificate: Certificate, using library: inout Library
  ) throws(TLSError) -> CertificateSummary {
    let bytes = certificate.der
    let der = bytes.span
    guard let spki = library.sha256(der.extracting(certificate.publicKey)),
      let whole = library.sha256(der)
    else { throw TLSError(.library, .cannotHash) }
    return CertificateSummary(
      certificate, spkiFingerprint: spki, fingerprint: whole, sha1Fingerprint: library.sha1(der))
  }
}

extension Certificate {
  /// The subjectAltNames of one form; none when the extension is malformed.
  @inline(never)
  func names(_ form: UInt8) -> [[UInt8]] {
    let bytes = der
    let der = bytes.span
    var found: [[UInt8]] = []
    open(fault == .subjectAltName ? 0..<0 : alternativeNames)
    while !isAtEnd, found.count < CertificateSummary.maximumNames {
      let isWanted = peek() == form
      let range = next()
      guard isWanted else { continue }
      var name: [UInt8] = []
      name.append(copying: der.extracting(range))
      found.append(name)
    }
    return found
  }
}
