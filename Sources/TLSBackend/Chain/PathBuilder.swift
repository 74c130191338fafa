internal import Bytes

/// Looks for a path from the peer's certificate to a trust anchor that RFC 5280 §6 accepts.
///
/// The first path that is right ends the search; when one is not, the next is tried, as far as the
/// budgets reach. No certificate stands twice in a path. Of all that was wrong, what the operator is
/// told is the fault of the path that came furthest.
struct PathBuilder {
  /// More certificates than any chain has; a peer that sends more is refused.
  static let maximumChain = 10
  /// More bytes than such a chain has.
  static let maximumBytes = 65_536
  /// Signatures that are checked in one handshake: each costs up to a millisecond, on a router ten.
  static let maximumSignatures = 24
  /// Comparisons of names in one handshake.
  static let maximumWork = 100_000
  /// Names in one certificate.
  static let maximumNames = CertificateSummary.maximumNames

  private struct Link {
    let signed: ObjectIdentifier
    let key: ObjectIdentifier
    let verdict: SignatureVerdict
  }

  let trust: TrustStore
  /// In seconds since 1970.
  let time: Int64
  /// What the peer has sent besides its own certificate, without what stands twice or is an anchor.
  private var sent: [Certificate] = []
  private(set) var path: [Certificate] = []
  var faults = PathFaults()
  /// Whether the search has ended before it was over.
  private(set) var isExhausted = false
  private var links: [Link] = []
  private var work = PathBuilder.maximumWork

  init(_ trust: TrustStore, at time: Int64) {
    self.trust = trust
    self.time = time
  }

  /// Whether there is such a path. `chain` begins with the peer's own certificate.
  mutating func search<Library: Cryptography & ~Copyable>(
    _ chain: [Certificate], _ library: inout Library
  ) -> Bool {
    let leaf = chain[0]
    path = [leaf]
    if isAnchor(leaf), check(&library) { return true }
    for certificate in chain where !isAnchor(certificate) && !isSent(certificate) {
      sent.append(certificate)
    }
    return extend(&library)
  }

  /// What is told about the peer's chain when none was found.
  mutating func note(_ rank: PathFaults.Rank, _ sentence: Sentence) {
    var found = PathFaults()
    found.note(rank, sentence)
    faults.merge(found)
  }

  private func isAnchor(_ certificate: Certificate) -> Bool {
    for anchor in trust.anchors where anchor.der == certificate.der { return true }
    return false
  }

  /// The peer's own certificate is in the path already.
  private func isSent(_ certificate: Certificate) -> Bool {
    if path[0].der == certificate.der { return true }
    for other in sent where other.der == certificate.der { return true }
    return false
  }

  // MARK: Searching

  /// Tries every issuer of the last certificate: anchors first, so that a path is as short as can
  /// be, then what the peer has sent.
  private mutating func extend<Library: Cryptography & ~Copyable>(
    _ library: inout Library
  ) -> Bool {
    let last = path[path.count - 1]
    var isNamed = false
    for anchor in trust.anchors where isIssued(last, by: anchor) {
      isNamed = true
      guard isLinked(last, to: anchor, isAnchor: true, &library) else { continue }
      path.append(anchor)
      if check(&library) { return true }
      path.removeLast()
    }
    for issuer in sent where isIssued(last, by: issuer) && !isInPath(issuer) {
      isNamed = true
      guard isLinked(last, to: issuer, isAnchor: false, &library) else { continue }
      path.append(issuer)
      if extend(&library) { return true }
      path.removeLast()
    }
    if !isNamed { noteEnd(last) }
    return false
  }

  private func isInPath(_ certificate: Certificate) -> Bool {
    for other in path where other === certificate { return true }
    return false
  }

  private mutating func isIssued(_ certificate: Certificate, by issuer: Certificate) -> Bool {
    spend(1 + certificate.issuer.count / 32)
      && issuer.isNamed(certificate.issuer, in: certificate.der)
  }

  /// False when the budget is used up.
  mutating func spend(_ amount: Int) -> Bool {
    work -= amount
    if work >= 0 { return true }
    isExhausted = true
    return false
  }

  /// Nobody has the name of the issuer. A trust anchor with the same common name is not the same.
  private mutating func noteEnd(_ last: Certificate) {
    let leaf = path[0]
    if path.count == 1, leaf.isSelfIssued { return note(.noPath, .selfSigned(leaf.words)) }
    let issuer = last.issuerWords
    for anchor in trust.anchors where anchor.words == issuer {
      return note(.noPath, .anchorOfSameName(from: leaf.words, issuer: issuer))
    }
    note(.noPath, .noPathToAnchor(from: leaf.words, issuer: issuer))
  }

  // MARK: One link

  /// Whether `issuer` may have signed `certificate`, and has.
  private mutating func isLinked<Library: Cryptography & ~Copyable>(
    _ certificate: Certificate, to issuer: Certificate, isAnchor: Bool, _ library: inout Library
  ) -> Bool {
    if let sentence = PathBuilder.trouble(with: issuer, isAnchor) {
      note(.weak, sentence)
      return false
    }
    // A root of version 1 cannot say that it is one (RFC 5280 §6.1.4 (k)).
    guard issuer.isAuthority || isAnchor && issuer.version == 0 else {
      note(
        .noAuthority,
        isAnchor ? .anchorNotAuthority(issuer.words) : .notAnAuthority(issuer.words))
      return false
    }
    guard issuer.keyUsage & Certificate.certificateSigning != 0 else {
      note(.noAuthority, .mayNotSign(issuer.words))
      return false
    }
    var depth = 0
    for index in 1..<path.count where !path[index].isSelfIssued { depth += 1 }
    if issuer.pathLimit >= 0, depth > issuer.pathLimit {
      note(.noAuthority, .chainTooLong(for: issuer.words, limit: issuer.pathLimit))
      return false
    }
    let der = certificate.der
    if PathBuilder.isWeak(der, certificate.algorithm) {
      note(.weak, .weakSignatureInChain)
      return false
    }
    switch verify(
      der, certificate.signed, certificate.algorithm, certificate.signature,
      ObjectIdentifier(certificate), issuer, &library)
    {
    case .good: return true
    case .bad:
      let isTwin = path.count == 1 && certificate.isSelfIssued
      note(
        .badSignature,
        isTwin ? .selfSigned(certificate.words) : .badSignature(certificate.words, by: issuer.words))
    case .unknownAlgorithm, .unusableKey:
      let name = PathBuilder.algorithm(der, certificate.algorithm)
      note(.unknownAlgorithm, .unknownAlgorithm(certificate.words, name))
    }
    return false
  }

  /// Checks the signature of a certificate or list, unless that was done before.
  mutating func verify<Library: Cryptography & ~Copyable>(
    _ bytes: [UInt8], _ signed: Range<Int>, _ algorithm: Range<Int>, _ signature: Range<Int>,
    _ id: ObjectIdentifier, _ issuer: Certificate, _ library: inout Library
  ) -> SignatureVerdict {
    let key = ObjectIdentifier(issuer)
    for link in links where link.signed == id && link.key == key { return link.verdict }
    guard !isExhausted, links.count < PathBuilder.maximumSignatures else {
      isExhausted = true
      return .bad
    }
    let der = bytes.span
    let others = issuer.der
    let verdict = library.verify(
      der.extracting(signature), algorithm: der.extracting(algorithm), of: der.extracting(signed),
      with: others.span.extracting(issuer.publicKey))
    links.append(Link(signed: id, key: key, verdict: verdict))
    return verdict
  }
}
