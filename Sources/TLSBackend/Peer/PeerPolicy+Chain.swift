internal import Bytes

// What is wrong with a chain. Made from what the certificates say, so that it is the same whichever
// library has found it.
extension PeerPolicy {
  func sentence(for finding: ChainProblems.Finding, _ evidence: PeerEvidence) -> Sentence {
    switch finding {
    case .weak: weakness(in: evidence)
    case .untrusted: missingLink(in: evidence)
    case .nameConstraints: .nameNotPermitted
    case .criticalExtension: .unknownCriticalExtension
    case .wrongPurpose: .wrongPurpose
    case .revoked: .revoked
    case .notYetValid, .expired: dates(in: evidence, finding)
    case .forgedList: .forgedList
    case .staleList: .staleList(now: time)
    case .noList: .noList(issuer: evidence.certificates.first?.issuer ?? "")
    case .other: .invalidChain
    }
  }

  private func weakness(in evidence: PeerEvidence) -> Sentence {
    for certificate in evidence.certificates
    where certificate.key.strength < KeyStrength.minimum {
      return .weakKeyInChain(certificate.subject, bits: certificate.key.strength)
    }
    return .weakSignatureInChain
  }

  /// Which of the things that a library may call untrusted it is, as far as the chain that was sent
  /// tells.
  private func missingLink(in evidence: PeerEvidence) -> Sentence {
    let certificates = evidence.certificates
    var current = 0
    // Follows the names upwards; a chain may be shuffled (RFC 8446 §4.4.2).
    for depth in 0..<certificates.count {
      let issuer = certificates[current].issuer
      guard certificates[current].subject != issuer,
        let above = certificates.firstIndex(where: { $0.subject == issuer }), above != current
      else { break }
      if !certificates[above].isAuthority { return .notAnAuthority(issuer) }
      let limit = certificates[above].pathLimit
      if limit >= 0, depth > limit { return .chainTooLong(for: issuer, limit: limit) }
      current = above
    }
    guard let leaf = certificates.first else { return .noServerCertificate }
    if current == 0, leaf.subject == leaf.issuer { return .selfSigned(leaf.subject) }
    return .noPathToAnchor(from: leaf.subject, issuer: certificates[current].issuer)
  }

  private func dates(
    in evidence: PeerEvidence, _ finding: ChainProblems.Finding
  ) -> Sentence {
    for certificate in evidence.certificates {
      if finding == .expired, certificate.notAfter < time {
        return .expired(certificate.subject, on: certificate.notAfter, now: time)
      }
      if finding == .notYetValid, certificate.notBefore > time {
        return .notYetValid(certificate.subject, from: certificate.notBefore, now: time)
      }
    }
    return finding == .expired ? .anchorExpired(now: time) : .anchorNotYetValid(now: time)
  }
}
