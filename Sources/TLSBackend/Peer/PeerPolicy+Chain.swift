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
      "a revocation list of --crl is not current at \(DateWords.text(time)): get a new one"
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
          + "\(DateWords.text(certificate.notAfter)), and it is \(DateWords.text(time))"
      }
      if finding == .notYetValid, certificate.notBefore > time {
        return "the certificate of '\(certificate.subject)' is valid from "
          + "\(DateWords.text(certificate.notBefore)), and it is \(DateWords.text(time))"
      }
    }
    let what: Text = finding == .expired ? "has expired" : "is not valid yet"
    return "an authority of --ca \(what) at \(DateWords.text(time))"
  }
}

/// Moments as an operator reads them.
public enum DateWords {
  /// `2026-11-24 17:03:00 UTC`; Howard Hinnant's civil_from_days, for years 0 to 9999.
  public static func text(_ seconds: Int64) -> Text {
    let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
    let shifted = bounded + 719_468 * 86_400
    let (days, rest) = (shifted / 86_400, shifted % 86_400)
    let era = days / 146_097
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    var text: Text = ""
    pad(year, 4, &text)
    for (value, separator) in [(month, "-"), (day, "-")] as [(Int64, StaticString)] {
      text += "\(separator)"
      pad(value, 2, &text)
    }
    for (value, separator) in [(rest / 3600, " "), (rest / 60 % 60, ":"), (rest % 60, ":")]
      as [(Int64, StaticString)]
    {
      text += "\(separator)"
      pad(value, 2, &text)
    }
    return text + " UTC"
  }

  private static func pad(_ value: Int64, _ width: Int, _ text: inout Text) {
    let digits: Text = "\(value)"
    for _ in digits.bytes.count..<max(width, digits.bytes.count) { text.append(UInt8(ascii: "0")) }
    text += digits
  }
}
