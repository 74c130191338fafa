internal import Bytes

// The words for what is wrong with a chain. They are made from what the certificates say, so that
// they are the same whichever library has found it.
extension PeerPolicy {
  func words(for finding: ChainProblems.Finding, _ evidence: PeerEvidence) -> Text {
    switch finding {
    case .weak: weakness(in: evidence)
    case .untrusted: whatIsMissing(in: evidence)
    case .nameConstraints: "the server's certificate has a name that its authority may not give"
    case .criticalExtension:
      "a certificate of the server has a critical extension that is not known here"
    case .wrongPurpose: "the server's certificate is not meant for a TLS server by its key usage"
    case .revoked: "the server's certificate, or its authority's, is revoked by --crl"
    case .notYetValid, .expired: dates(in: evidence, finding)
    case .forgedList: "a revocation list of --crl does not have its issuer's signature"
    case .staleList:
      "a revocation list of --crl is not current at \(Text(utc: time)): get a new one"
    case .noList:
      "--crl has no list of an authority in the server's chain "
        + "(\(issuer(of: evidence)) signed the server's certificate)"
    case .other: "the server's chain of certificates is not valid"
    }
  }

  private func issuer(of evidence: PeerEvidence) -> Text {
    evidence.certificates.first.map { "'\($0.issuer)'" } ?? "nobody"
  }

  private func weakness(in evidence: PeerEvidence) -> Text {
    for certificate in evidence.certificates
    where certificate.key.strength < KeyStrength.minimum {
      return "the key of '\(certificate.subject)' in the server's chain is too weak: "
        + "\(certificate.key.strength) bits of strength, not 112"
    }
    return "a certificate in the server's chain is signed with SHA-1 or MD5, or by a weak key"
  }

  /// Which of the things that a library may call untrusted it is, as far as the chain that was sent
  /// tells.
  private func whatIsMissing(in evidence: PeerEvidence) -> Text {
    let certificates = evidence.certificates
    var current = 0
    // Follows the names upwards; a chain may be shuffled (RFC 8446 §4.4.2).
    for depth in 0..<certificates.count {
      let issuer = certificates[current].issuer
      guard certificates[current].subject != issuer,
        let above = certificates.firstIndex(where: { $0.subject == issuer }), above != current
      else { break }
      if !certificates[above].isAuthority {
        return "'\(issuer)' in the server's chain may not sign certificates: it is no authority"
      }
      let limit = certificates[above].pathLimit
      if limit >= 0, depth > limit {
        return "the server's chain is longer than '\(issuer)' allows (path length \(limit))"
      }
      current = above
    }
    guard let leaf = certificates.first else { return "the server has shown no certificate" }
    if current == 0, leaf.subject == leaf.issuer {
      return "the server's certificate '\(leaf.subject)' is self-signed and not in --ca"
    }
    return "nothing in --ca vouches for the server's certificate '\(leaf.subject)': '"
      + certificates[current].issuer
      + "' is unknown there, or an intermediate certificate is missing or wrong"
  }

  private func dates(in evidence: PeerEvidence, _ finding: ChainProblems.Finding) -> Text {
    for certificate in evidence.certificates {
      if finding == .expired, certificate.notAfter < time {
        return "the certificate of '\(certificate.subject)' expired on "
          + "\(Text(utc: certificate.notAfter)), and it is \(Text(utc: time))"
      }
      if finding == .notYetValid, certificate.notBefore > time {
        return "the certificate of '\(certificate.subject)' is valid from "
          + "\(Text(utc: certificate.notBefore)), and it is \(Text(utc: time))"
      }
    }
    let what: Text = finding == .expired ? "has expired" : "is not valid yet"
    return "an authority of --ca \(what) at \(Text(utc: time))"
  }
}
