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
  /// Comparisons of names in one handshake, about.
  static let maximumWork = 100_000
  /// Names in one certificate.
  static let maximumNames = CertificateSummary.maximumNames

  private struct Link {
    /// A certificate, or a list counted from -1 downwards.
    let signed: Int
    let issuer: Int
    let verdict: SignatureVerdict
  }

  let trust: TrustStore
  /// In seconds since 1970.
  let time: Int64
  /// The anchors, then what the peer has sent, nothing twice.
  private(set) var certificates: [Certificate]
  /// Places of certificates, the peer's own first.
  private(set) var path: [Int] = []
  private(set) var faults = PathFaults()
  private var links: [Link] = []
  private var work = PathBuilder.maximumWork
  /// Whether a budget is used up.
  private var isExhausted = false

  /// `leaf` is the peer's own certificate.
  init(_ leaf: Certificate, _ trust: TrustStore, at time: Int64) {
    self.trust = trust
    self.time = time
    certificates = trust.anchors
    path = [add(leaf)]
  }

  /// Judges a chain as the peer has sent it: `faults` are what is wrong with it.
  mutating func judge<Library: Cryptography & ~Copyable>(
    _ chain: [[UInt8]], _ library: inout Library
  ) {
    var bytes = 0
    for der in chain { bytes += der.count }
    guard chain.count <= PathBuilder.maximumChain, bytes <= PathBuilder.maximumBytes else {
      return note(.chainBeyondLimits, path[0], chain.count)
    }
    var part = CertificatePart.encoding
    var index = 1
    while index < chain.count {
      if let certificate = Certificate(chain[index], &part) {
        _ = add(certificate)
      } else {
        // It may not be needed.
        note(.malformed, path[0], index + 1)
      }
      index += 1
    }
    if extend(&library) {
      faults = PathFaults()
    } else if isExhausted {
      note(.tooDear, path[0])
    }
  }

  /// Adds what the peer has sent; the result is its place.
  private mutating func add(_ certificate: Certificate) -> Int {
    var place = 0
    while place < certificates.count {
      if certificates[place].data.der == certificate.data.der { return place }
      place += 1
    }
    certificates.append(certificate)
    return place
  }

  func isAnchor(_ place: Int) -> Bool { place < trust.anchors.count }

  /// What ends a path before it leads to an anchor.
  @inline(never)
  mutating func note(_ kind: PathFault.Kind, _ certificate: Int, _ other: Int = 0) {
    var found = PathFaults()
    found.note(kind, certificate, other)
    faults.merge(found)
  }

  mutating func merge(_ found: PathFaults) { faults.merge(found) }

  /// False when the budget is used up.
  @inline(never)
  mutating func spend(_ bytes: Int) -> Bool {
    work -= 1 + bytes / 32
    if work < 0 { isExhausted = true }
    return !isExhausted
  }

  // MARK: Searching

  /// Tries every issuer of the last certificate: anchors first, so that a path is as short as can
  /// be.
  private mutating func extend<Library: Cryptography & ~Copyable>(
    _ library: inout Library
  ) -> Bool {
    let last = path[path.count - 1]
    if isAnchor(last), check(&library) { return true }
    let certificate = certificates[last]
    var isNamed = false
    // One more than the peer may send.
    guard path.count <= PathBuilder.maximumChain else { return false }
    var place = 0
    while place < certificates.count {
      if spend(certificate.data.issuer.count), !isInPath(place),
        certificates[place].isNamed(certificate.data)
      {
        isNamed = true
        if isLinked(last, to: place, &library) {
          path.append(place)
          if extend(&library) { return true }
          path.removeLast()
        }
      }
      place += 1
    }
    if !isNamed { note(.noPath, last) }
    return false
  }

  private func isInPath(_ place: Int) -> Bool {
    for other in path where other == place { return true }
    return false
  }

  /// Whether one certificate may have signed another, and has.
  private mutating func isLinked<Library: Cryptography & ~Copyable>(
    _ place: Int, to issuerPlace: Int, _ library: inout Library
  ) -> Bool {
    let certificate = certificates[place]
    let issuer = certificates[issuerPlace]
    var depth = 0
    for index in 1..<path.count where !certificates[path[index]].isSelfIssued { depth += 1 }
    var kind = PathFault.Kind.none
    if issuer.key.trouble != .none {
      kind = .key
    } else if !issuer.isAuthority, !isAnchor(issuerPlace) || issuer.version > 0 {
      // A root of version 1 cannot say that it is one (RFC 5280 §6.1.4 (k)).
      kind = .noAuthority
    } else if issuer.keyUsage & Certificate.certificateSigning == 0 {
      kind = .mayNotSign
    } else if issuer.pathLimit >= 0, depth > issuer.pathLimit {
      kind = .tooLong
    } else if certificate.data.isWeak {
      kind = .weakSignature
    } else {
      switch verify(certificate.data, place, issuerPlace, &library) {
      case .good: return true
      case .bad: kind = .badSignature
      case .unknownAlgorithm, .unusableKey: kind = .unknownAlgorithm
      }
    }
    note(kind, place, issuerPlace)
    return false
  }

  /// Checks a signature, unless that was done before.
  @inline(never)
  mutating func verify<Library: Cryptography & ~Copyable>(
    _ data: SignedData, _ signed: Int, _ issuer: Int, _ library: inout Library
  ) -> SignatureVerdict {
    for link in links where link.signed == signed && link.issuer == issuer { return link.verdict }
    guard !isExhausted, links.count < PathBuilder.maximumSignatures else {
      isExhausted = true
      return .bad
    }
    let (bytes, others) = (data.der, certificates[issuer].data.der)
    let der = bytes.span
    let verdict = library.verify(
      der.extracting(data.signature), algorithm: der.extracting(data.algorithm),
      of: der.extracting(data.signed),
      with: others.span.extracting(certificates[issuer].publicKey))
    links.append(Link(signed: signed, issuer: issuer, verdict: verdict))
    return verdict
  }
}
