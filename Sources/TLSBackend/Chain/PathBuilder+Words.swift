internal import Bytes

// What an operator is told.
extension PathBuilder {
  /// Nil where nothing is wrong.
  func sentence(for fault: PathFault) -> Sentence? {
    let certificate = certificates[fault.certificate]
    let issuer = certificates[fault.other < certificates.count ? fault.other : 0]
    let subject = certificate.words
    let above = issuer.words
    let isRoot = isAnchor(fault.certificate) && path[0] != fault.certificate
    switch fault.kind {
    case .none: return nil
    case .noPath: return missingLink(certificate)
    case .malformed: return .malformedCertificate(fault.other)
    case .badSignature:
      // The twin of an anchor, by its name.
      return certificate.isSelfIssued ? .selfSigned(subject) : .badSignature(subject, by: above)
    case .unknownAlgorithm:
      return .unknownAlgorithm(subject, certificate.data.algorithmWords)
    case .noAuthority:
      return isAnchor(fault.other) ? .anchorNotAuthority(above) : .notAnAuthority(above)
    case .mayNotSign: return .mayNotSign(above)
    case .tooLong: return .chainTooLong(for: above, limit: issuer.pathLimit)
    case .key:
      return isAnchor(fault.other) && issuer.key.trouble == .weak
        ? .weakSignatureInChain : .unusableKey(above, issuer.key)
    case .weakSignature: return .weakSignatureInChain
    case .tooManyNames:
      return .tooManyNames(subject, certificate.nameCount, limit: PathBuilder.maximumNames)
    case .nameNotPermitted: return .nameNotPermitted
    case .malformedExtension:
      return .malformedExtension(subject, certificate.fault ?? .extensions)
    case .unknownExtension: return .unknownCriticalExtension
    case .wrongPurpose: return .wrongPurpose
    case .revoked: return .revoked
    case .notYetValid:
      return isRoot
        ? .anchorNotYetValid(now: time)
        : .notYetValid(subject, from: certificate.notBefore, now: time)
    case .expired:
      return isRoot
        ? .anchorExpired(now: time) : .expired(subject, on: certificate.notAfter, now: time)
    case .mayNotSignLists: return .mayNotSignLists(above)
    case .weakList: return .weakList(issuer: above)
    case .unknownListAlgorithm: return .unknownListAlgorithm(issuer: above)
    case .forgedList: return .forgedList
    case .partialList: return .partialList(issuer: above)
    case .staleList: return .staleList(now: time)
    case .noList: return .noList(issuer: above)
    case .chainBeyondLimits: return .chainBeyondLimits(fault.other)
    case .tooDear: return .tooDear
    }
  }

  /// Nobody has the name of this certificate's issuer. A trust anchor with the same common name is
  /// not the same.
  private func missingLink(_ last: Certificate) -> Sentence {
    let leaf = certificates[path[0]]
    if leaf === last, leaf.isSelfIssued { return .selfSigned(leaf.words) }
    let issuer = last.issuerWords
    for anchor in trust.anchors where anchor.words == issuer {
      return .anchorOfSameName(from: leaf.words, issuer: issuer)
    }
    return .noPathToAnchor(from: leaf.words, issuer: issuer)
  }
}
