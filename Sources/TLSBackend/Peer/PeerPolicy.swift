public import Bytes
internal import Features

/// What a peer has shown inside the handshake, and what is wrong with it.
///
/// A class, because it is handed on whole and nobody changes it.
public final class PeerEvidence: Sendable {
  /// The certificates that the peer has sent, its own first, as far as they could be read.
  public let certificates: [CertificateSummary]
  /// What its chain is refused for; nil when it leads to a trust anchor, or was not judged.
  public let refusal: Sentence?
  /// The same without what revocation lists say, for `--check`.
  public let chainRefusal: Sentence?
  /// What they say against it.
  public let revocationRefusal: Sentence?

  init(
    certificates: [CertificateSummary], refusal: Sentence? = nil, chainRefusal: Sentence? = nil,
    revocationRefusal: Sentence? = nil
  ) {
    self.certificates = certificates
    self.refusal = refusal
    self.chainRefusal = chainRefusal
    self.revocationRefusal = revocationRefusal
  }
}

/// Who may be at the other end: one rule for every backend, asked inside the handshake.
public struct PeerPolicy: Sendable {
  /// Nil when no key is pinned.
  private let pins: PinSet?
  /// Nil when the chain does not matter.
  private let name: PeerName?
  /// At what time validity is judged, in seconds since 1970: the clock's, or the clock floor.
  public var time: Int64 = 0
  /// What an operator must know about that time, as the end of a sentence.
  public var clockNote: Sentence?
  /// Whether the session is to keep what the peer has shown, for `--check`.
  public var keepsPeer = false

  private init(pins: PinSet?, name: PeerName?) {
    self.pins = pins
    self.name = name
  }

  /// Accepts a peer whose key or certificate is one of `pins`. An empty set accepts nobody.
  public static func pinned(_ pins: PinSet) -> PeerPolicy {
    PeerPolicy(pins: pins, name: nil)
  }

  /// Accepts a peer whose chain leads to a trust anchor of the context (T5), and which has this name
  /// (T19). With pins, both must hold.
  public static func validated(_ name: PeerName, pins: PinSet? = nil) -> PeerPolicy {
    PeerPolicy(pins: pins, name: name)
  }

  /// Accepts anybody: encryption without authentication, against RFC 5425 §5.4's advice (T24).
  public static let insecureAnyPeer = PeerPolicy(pins: nil, name: nil)

  /// Whether the library has to validate the chain.
  public var validatesChain: Bool { name != nil }

  /// The verdict on a peer, inside the handshake.
  ///
  /// `chain` are the DER certificates as the peer has sent them, its own first; what is wrong with
  /// any of them, or with their number, is found here. `peer` becomes what the peer has shown,
  /// accepted or not, when the policy keeps it (`keepsPeer`), and stays as it is otherwise.
  ///
  /// Throws `.authentication`: which check failed, what was expected, what was seen; `.library` when
  /// the library cannot hash.
  public func judge<Library: Cryptography & ~Copyable>(
    chain: [[UInt8]], trust: TrustStore, using library: inout Library,
    keeping peer: inout PeerEvidence?
  ) throws(TLSError) -> VerifiedPeer {
    if chain.isEmpty { throw TLSError(.authentication, .noServerCertificate) }
    var part = CertificatePart.encoding
    guard let certificate = Certificate.reading(chain[0], &part) else {
      throw TLSError(.authentication, .malformedServerCertificate(part))
    }
    let leaf = try CertificateSummary.of(certificate, using: &library)
    let trouble = certificate.key.trouble
    let certificates = keepsPeer ? summaries(of: leaf, chain, &library) : [leaf]
    let evidence: PeerEvidence
    if Feature.chains.isBuilt {
      let builder = PathBuilder(certificate, trust, at: time)
      // A key and a pin are judged before any chain, but for who wants to see all of it.
      if name != nil, keepsPeer || trouble == .none && (pins == nil || pins?.match(leaf) != nil) {
        builder.judge(chain, &library)
      }
      evidence = PeerEvidence(
        certificates: certificates,
        refusal: sentence(for: builder.faults.first, builder),
        chainRefusal: sentence(for: builder.faults.chain, builder),
        revocationRefusal: sentence(for: builder.faults.list, builder))
    } else {
      evidence = PeerEvidence(certificates: certificates)
    }
    if keepsPeer { peer = evidence }
    if trouble == .none || trouble == .weak { return try judge(evidence) }
    throw TLSError(
      .authentication,
      .fault(trouble.fault, leaf.subject, Text(certificate.key.bits), now: 0))
  }

  /// The verdict on what was found out. The only maker of a `VerifiedPeer`.
  func judge(_ evidence: PeerEvidence) throws(TLSError) -> VerifiedPeer {
    guard let leaf = evidence.certificates.first else {
      throw TLSError(.authentication, .noServerCertificate)
    }
    // Whatever is pinned (RFC 9325 §4.5, C14).
    guard leaf.key.strength >= KeyStrength.minimum else {
      throw .weakKey(bits: leaf.key.strength)
    }
    let pin = try checkPins(leaf)
    if let refusal = evidence.refusal { throw TLSError(.authentication, refusal) }
    try checkName(leaf)
    return VerifiedPeer(
      pin: pin, isValidated: name != nil, advice: advice(on: pin, leaf), certificate: leaf)
  }

  /// What was found, with what must be known about the time that it was judged at.
  @inline(never)
  private func sentence(for fault: PathFault, _ builder: PathBuilder) -> Sentence? {
    let reason = builder.sentence(for: fault)
    guard let reason, let clockNote else { return reason }
    return reason.followed(by: clockNote)
  }

  /// The summaries of a chain, as far as it can be read.
  private func summaries<Library: Cryptography & ~Copyable>(
    of leaf: CertificateSummary, _ chain: [[UInt8]], _ library: inout Library
  ) -> [CertificateSummary] {
    var summaries = [leaf]
    var part = CertificatePart.encoding
    var index = 1
    while index < min(chain.count, PathBuilder.maximumChain) {
      if let certificate = Certificate.reading(chain[index], &part),
        let summary = try? CertificateSummary.of(certificate, using: &library)
      {
        summaries.append(summary)
      }
      index += 1
    }
    return summaries
  }

  /// The place of the pin that a certificate matches, nil when none is asked for. Throws when it
  /// matches none.
  public func checkPins(_ leaf: CertificateSummary) throws(TLSError) -> Int? {
    guard let pins else { return nil }
    if let pin = pins.match(leaf) { return pin }
    throw TLSError(.authentication, refusal(of: leaf, by: pins))
  }

  /// Throws when a name is asked for that a certificate does not have.
  public func checkName(_ leaf: CertificateSummary) throws(TLSError) {
    if Feature.chains.isBuilt, let name, !name.matches(leaf) {
      throw TLSError(.authentication, .wrongName(name, leaf))
    }
  }

  private func refusal(of leaf: CertificateSummary, by pins: PinSet) -> Sentence {
    let key = PinSpelling.spki(leaf.spkiFingerprint)
    let seen: Sentence =
      pins.namesCertificate
      ? .serverKey(key, certificate: PinSpelling.certificate(leaf.fingerprint))
      : .serverKey(key)
    return .pinMismatch(seen, pins: pins.count, in: pins.source)
  }

  /// What an operator should do although the peer was accepted.
  private func advice(on pin: Int?, _ leaf: CertificateSummary) -> Sentence? {
    guard let pins, let pin else { return nil }
    if pins.isSHA1(pin) {
      return .matchedBySHA1(replaceWith: PinSpelling.certificate(leaf.fingerprint))
    }
    guard pins.count > 1, pin == pins.count - 1 else { return nil }
    return .onlyLastPinMatches(of: pins.count)
  }
}

extension PeerPolicy: Equatable {
  /// Whether the two accept the same peers; when they are asked does not matter.
  public static func == (left: PeerPolicy, right: PeerPolicy) -> Bool {
    left.pins == right.pins && left.name == right.name
  }
}

/// A peer that the policy accepted: the proof without which no handshake is complete.
public struct VerifiedPeer: ~Copyable, Sendable {
  /// The place of the pin that matches, counted from 0; nil when none was asked for.
  public let pin: Int?
  /// Whether its chain leads to a trust anchor and it has the configured name.
  public let isValidated: Bool
  /// A warning for the log, once for each connection.
  public let advice: Sentence?
  /// The peer's own certificate.
  public let certificate: CertificateSummary

  fileprivate init(
    pin: Int?, isValidated: Bool, advice: Sentence?, certificate: CertificateSummary
  ) {
    self.pin = pin
    self.isValidated = isValidated
    self.advice = advice
    self.certificate = certificate
  }
}
