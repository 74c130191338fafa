public import Bytes

/// What the verification hook of a TLS library found out about the peer, inside the handshake.
public struct PeerEvidence: Sendable {
  /// The certificates that the peer has sent, its own first, as far as they could be read.
  public let certificates: [CertificateSummary]
  /// What the library's verifier found wrong; looked at only by a policy that validates the chain.
  public let problems: ChainProblems

  public init(certificates: [CertificateSummary], problems: ChainProblems) {
    self.certificates = certificates
    self.problems = problems
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
  public var clockWords: Text = ""
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

  /// The verdict on a peer. The only maker of a `VerifiedPeer`.
  ///
  /// Throws `.authentication`: which check failed, what was expected, what was seen.
  public func judge(_ evidence: PeerEvidence) throws(TLSError) -> VerifiedPeer {
    guard let leaf = evidence.certificates.first else {
      throw TLSError(.authentication, "the server has shown no certificate")
    }
    // Whatever is pinned (RFC 9325 §4.5, C14).
    guard leaf.key.strength >= KeyStrength.minimum else {
      throw .weakKey(bits: leaf.key.strength)
    }
    var pin: Int?
    if let pins {
      pin = pins.match(leaf)
      if pin == nil { throw TLSError(.authentication, refusal(of: leaf, by: pins)) }
    }
    if let name {
      if let finding = evidence.problems.first {
        throw TLSError(.authentication, words(for: finding, evidence) + clockWords)
      }
      guard name.matches(leaf) else {
        throw TLSError(.authentication, PeerPolicy.refusal(of: leaf, by: name))
      }
    }
    return VerifiedPeer(
      pin: pin, isValidated: name != nil, advice: advice(on: pin, leaf), certificate: leaf)
  }

  /// Which check, what was expected, what was seen. What was expected is named by its place: pins
  /// stay out of the log.
  private func refusal(of leaf: CertificateSummary, by pins: PinSet) -> Text {
    var seen: Text = "the server's public key \(PinSpelling.spki(leaf.spkiFingerprint))"
    if pins.namesCertificate {
      seen += " (certificate \(PinSpelling.certificate(leaf.fingerprint)))"
    }
    switch pins.count {
    case 0: return "\(seen) is not accepted: there is no pin in \(pins.source)"
    case 1: return "\(seen) does not match the pin in \(pins.source)"
    default: return "\(seen) matches none of the \(pins.count) pins in \(pins.source)"
    }
  }

  private static func refusal(of leaf: CertificateSummary, by name: PeerName) -> Text {
    var seen: Text = ""
    for dns in leaf.dnsNames.prefix(4) { seen += " \(Text(quotable: dns.span))" }
    for address in leaf.addresses.prefix(4) {
      seen += " address \(PeerName.words(ofAddress: address.span))"
    }
    let count = leaf.dnsNames.count + leaf.addresses.count
    let shown = min(leaf.dnsNames.count, 4) + min(leaf.addresses.count, 4)
    if count > shown { seen += " and \(count - shown) more" }
    var words: Text = "the server's certificate is not for "
    if case .address = name { words += "address " }
    words += "\(name.words): "
    return words + (count > 0 ? "it is for\(seen)" : "it has no subjectAltName that is a host's")
  }

  /// What an operator should do although the peer was accepted.
  private func advice(on pin: Int?, _ leaf: CertificateSummary) -> Text? {
    guard let pins, let pin else { return nil }
    if pins.isSHA1(pin) {
      return "the pin that matches is a SHA-1 fingerprint; pin "
        + "\(PinSpelling.certificate(leaf.fingerprint)) instead"
    }
    guard pins.count > 1, pin == pins.count - 1 else { return nil }
    return "only the last of the \(pins.count) pins matches: the next change of the server's key "
      + "will lock it out, unless the next pin is added"
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
  public let advice: Text?
  /// The peer's own certificate.
  public let certificate: CertificateSummary

  fileprivate init(
    pin: Int?, isValidated: Bool, advice: Text?, certificate: CertificateSummary
  ) {
    self.pin = pin
    self.isValidated = isValidated
    self.advice = advice
    self.certificate = certificate
  }
}
