/// What the verification hook of a TLS library found out about the peer, inside the handshake.
public struct PeerEvidence: Sendable {
  /// SHA-256 of the end-entity certificate's DER SubjectPublicKeyInfo.
  public let spkiFingerprint: SHA256Digest
  /// SHA-256 of the end-entity certificate's DER.
  public let certificateFingerprint: SHA256Digest

  public init(spkiFingerprint: SHA256Digest, certificateFingerprint: SHA256Digest) {
    self.spkiFingerprint = spkiFingerprint
    self.certificateFingerprint = certificateFingerprint
  }
}

/// Who may be at the other end: one rule for every backend, asked inside the handshake.
public struct PeerPolicy: Equatable, Sendable {
  private enum Rule: Equatable, Sendable {
    case pinned(PinSet)
    case insecureAnyPeer
  }

  private let rule: Rule

  /// Accepts a peer whose key or certificate is one of `pins`. An empty set accepts nobody.
  public static func pinned(_ pins: PinSet) -> PeerPolicy {
    PeerPolicy(rule: .pinned(pins))
  }

  /// Accepts anybody: encryption without authentication, against RFC 5425 §5.4's advice (T24).
  public static let insecureAnyPeer = PeerPolicy(rule: .insecureAnyPeer)

  /// The verdict on a peer. The only maker of a `VerifiedPeer`.
  ///
  /// Throws `.authentication` with the fingerprint that was seen.
  public func judge(_ evidence: PeerEvidence) throws(TLSError) -> VerifiedPeer {
    switch rule {
    case .insecureAnyPeer:
      return VerifiedPeer(basis: .unauthenticated, evidence: evidence)
    case .pinned(let pins):
      if let index = pins.match(evidence) {
        return VerifiedPeer(basis: .pinned(index: index), evidence: evidence)
      }
      throw TLSError(.authentication, refusal(of: evidence, by: pins))
    }
  }

  /// Which check, what was expected, what was seen. What was expected is named by its place: pins
  /// stay out of the log.
  private func refusal(of evidence: PeerEvidence, by pins: PinSet) -> Text {
    var seen: Text = "the server's public key \(PinSpelling.spki(evidence.spkiFingerprint))"
    if pins.namesCertificate {
      seen += " (certificate \(PinSpelling.certificate(evidence.certificateFingerprint)))"
    }
    switch pins.count {
    case 0: return "\(seen) is not accepted: there is no pin in \(pins.source)"
    case 1: return "\(seen) does not match the pin in \(pins.source)"
    default: return "\(seen) matches none of the \(pins.count) pins in \(pins.source)"
    }
  }
}

/// A peer that the policy accepted: the proof without which no handshake is complete.
public struct VerifiedPeer: ~Copyable, Sendable {
  /// Why the peer was accepted.
  public enum Basis: Equatable, Sendable {
    /// By the pin at this place of the pin set, counted from 0.
    case pinned(index: Int)
    /// By nothing at all.
    case unauthenticated
  }

  public let basis: Basis
  public let evidence: PeerEvidence

  fileprivate init(basis: Basis, evidence: PeerEvidence) {
    self.basis = basis
    self.evidence = evidence
  }
}
