internal import Bytes

extension PeerPolicy {
  /// What is wrong with the chain of a peer whose own certificate has been read.
  func faults<Library: Cryptography & ~Copyable>(
    of leaf: Certificate, _ chain: [[UInt8]], _ trust: TrustStore, _ library: inout Library
  ) -> PathFaults {
    var builder = PathBuilder(trust, at: time)
    var bytes = 0
    for der in chain { bytes += der.count }
    guard chain.count <= PathBuilder.maximumChain, bytes <= PathBuilder.maximumBytes else {
      builder.note(.exhausted, .chainBeyondLimits(chain.count, bytes: bytes))
      return builder.faults
    }
    var certificates = [leaf]
    for index in 1..<max(chain.count, 1) {
      var part = CertificatePart.encoding
      if let certificate = Certificate(chain[index], &part) {
        certificates.append(certificate)
      } else {
        // It may not be needed.
        builder.note(.badSignature, .malformedCertificate(index + 1, part.name))
      }
    }
    if builder.search(certificates, &library) { return PathFaults() }
    if builder.isExhausted { builder.note(.exhausted, .tooDear) }
    return builder.faults
  }

  /// The summaries of a chain, as far as it can be read.
  func summaries<Library: Cryptography & ~Copyable>(
    of leaf: CertificateSummary, _ chain: [[UInt8]], _ library: inout Library
  ) -> [CertificateSummary] {
    var summaries = [leaf]
    for index in 1..<max(min(chain.count, PathBuilder.maximumChain), 1) {
      do throws(TLSError) {
        summaries.append(try CertificateSummary.reading(chain[index], using: &library))
      } catch {}
    }
    return summaries
  }
}

extension CertificateSummary {
  /// What a DER certificate out of a file says. Throws `.configuration` when it is none, to the last
  /// byte, and `.library` when the library cannot hash.
  public static func reading<Library: Cryptography & ~Copyable>(
    _ der: [UInt8], using library: inout Library
  ) throws(TLSError) -> CertificateSummary {
    var part = CertificatePart.encoding
    guard let certificate = Certificate(der, &part) else {
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
    var (dnsNames, addresses): ([[UInt8]], [[UInt8]]) = ([], [])
    var names = DERReader(certificate.alternativeNames)
    if certificate.fault != .subjectAltName, !names.isAtEnd {
      _ = names.enter(DERReader.Tag.sequence, der)
    } else {
      names = DERReader(0..<0)
    }
    while !names.isAtEnd {
      let tag = names.peek(der)
      var name: [UInt8] = []
      name.append(copying: der.extracting(names.next(der)))
      if tag == GeneralName.dns, dnsNames.count < maximumNames { dnsNames.append(name) }
      if tag == GeneralName.address, addresses.count < maximumNames { addresses.append(name) }
    }
    let key = certificate.key
    return CertificateSummary(
      der: certificate.der, subject: certificate.words, issuer: certificate.issuerWords,
      notBefore: certificate.notBefore, notAfter: certificate.notAfter,
      key: Key(kind: key.kind, bits: key.bits, strength: key.strength),
      isAuthority: certificate.isAuthority, pathLimit: certificate.pathLimit, dnsNames: dnsNames,
      addresses: addresses, spkiFingerprint: spki, fingerprint: whole,
      sha1Fingerprint: library.sha1(der))
  }
}
