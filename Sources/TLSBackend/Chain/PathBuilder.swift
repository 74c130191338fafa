internal import Bytes

/// Looks for a path from the peer's certificate to a trust anchor that RFC 5280 §6 accepts.
///
/// The first path that is right ends the search; when one is not, the next is tried, as far as the
/// budgets reach. No certificate stands twice in a path. Of all that was wrong, what the operator is
/// told is the fault of the path that came furthest.
///
/// A class, because copies of it would be kilobytes of code.
final class PathBuilder {
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

  let trust: TrustStore
  /// In seconds since 1970.
  let time: Int64
  /// The anchors, then what the peer has sent, nothing twice.
  private(set) var certificates: [Certificate]
  /// Places of certificates, the peer's own first; an anchor may stand behind all that it has sent.
  private(set) var path = InlineArray<11, Int>(repeating: 0)
  private(set) var length = 1
  private(set) var faults = PathFaults()
  private var signatures = PathBuilder.maximumSignatures
  private var work = PathBuilder.maximumWork
  /// Whether a budget is used up.
  private var isExhausted = false

  /// `leaf` is the peer's own certificate.
  init(_ leaf: Certificate, _ trust: TrustStore, at time: Int64) {
    self.trust = trust
    self.time = time
    certificates = trust.anchors
    path[0] = add(leaf)
  }

  /// Judges a chain as the peer has sent it: `faults` are what is wrong with it.
  func judge<Library: Cryptography & ~Copyable>(_ chain: [[UInt8]], _ library: inout Library) {
    var bytes = 0
    var part = CertificatePart.encoding
    var index = 0
    while index < chain.count {
      bytes += chain[index].count
      guard chain.count <= PathBuilder.maximumChain, bytes <= PathBuilder.maximumBytes else {
        return note(.chainBeyondLimits, path[0], chain.count)
      }
      if let certificate = Certificate.reading(chain[index], &part) {
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
  @inline(never)
  private func add(_ certificate: Certificate) -> Int {
    var place = 0
    while place < certificates.count {
      if certificates[place].der == certificate.der { return place }
      place += 1
    }
    certificate.append(to: &certificates)
    return place
  }

  func isAnchor(_ place: Int) -> Bool { place < trust.anchors.count }

  /// What ends a path before it leads to an anchor.
  @inline(never)
  private func note(_ kind: PathFault.Kind, _ certificate: Int, _ other: Int = 0) {
    var found = PathFaults()
    found.note(kind, certificate, other)
    faults.merge(found)
  }

  /// What is wrong with a path that leads to one.
  func merge(_ found: PathFaults) { faults.merge(found) }

  /// False when the budget is used up.
  @inline(never)
  func spend(_ bytes: Int) -> Bool {
    work -= 1 + bytes / 32
    if work < 0 { isExhausted = true }
    return !isExhausted
  }

  // MARK: Searching

  /// Tries every issuer of the last certificate: anchors first, so that a path is as short as can
  /// be.
  private func extend<Library: Cryptography & ~Copyable>(_ library: inout Library) -> Bool {
    let last = path[length - 1]
    if isAnchor(last), check(&library) { return true }
    if length == path.count { return false }
    let certificate = certificates[last]
    var isNamed = false
    var place = 0
    while place < certificates.count {
      if spend(certificate.issuer.count), !isInPath(place),
        certificates[place].isNamed(certificate)
      {
        isNamed = true
        if isLinked(last, to: place, &library) {
          path[length] = place
          length += 1
          if extend(&library) { return true }
          length -= 1
        }
      }
      place += 1
    }
    if !isNamed { note(.noPath, last) }
    return false
  }

  private func isInPath(_ place: Int) -> Bool {
    for index in 0..<length where path[index] == place { return true }
    return false
  }

  /// Whether one certificate may have signed another, and has.
  private func isLinked<Library: Cryptography & ~Copyable>(
    _ place: Int, to issuerPlace: Int, _ library: inout Library
  ) -> Bool {
    let certificate = certificates[place]
    let issuer = certificates[issuerPlace]
    var depth = 0
    for index in 1..<length where !certificates[path[index]].isSelfIssued { depth += 1 }
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
    } else {
      kind = verify(certificate, issuer, &library)
      if kind == .none { return true }
    }
    note(kind, place, issuerPlace)
    return false
  }

  /// What is wrong with a signature.
  @inline(never)
  func verify<Library: Cryptography & ~Copyable>(
    _ data: SignedData, _ issuer: Certificate, _ library: inout Library
  ) -> PathFault.Kind {
    let (bytes, others) = (data.der, issuer.der)
    let der = bytes.span
    // A signature with SHA-1 or MD5 is none (C14).
    if ObjectID(bytes, data.algorithmID()).isWeakSignature { return .weakSignature }
    signatures -= 1
    if signatures < 0 { isExhausted = true }
    if isExhausted { return .badSignature }
    let verdict = library.verify(
      der.extracting(data.signature), algorithm: der.extracting(data.algorithm),
      of: der.extracting(data.signed), with: others.span.extracting(issuer.publicKey))
    return verdict == .good ? .none : verdict == .bad ? .badSignature : .unknownAlgorithm
  }
}
