internal import Bytes

// What an operator is told.
extension PathBuilder {
  /// Nil where nothing is wrong.
  @inline(never)
  func sentence(for fault: PathFault) -> Sentence? {
    var kind = fault.kind
    if kind == .none { return nil }
    var certificate = certificates[fault.certificate]
    let other = fault.other < certificates.count ? certificates[fault.other] : certificate
    let isRoot = isAnchor(fault.certificate) && path[0] != fault.certificate
    var second: Text = ""
    switch kind {
    case .noPath:
      let leaf = certificates[path[0]]
      second = certificate.words(certificate.issuer)
      kind = missingLink(certificate, leaf)
      certificate = leaf
    case .malformed, .chainBeyondLimits: second = Text(fault.other)
    case .badSignature:
      // The twin of an anchor, by its name.
      if certificate.isSelfIssued { kind = .selfSigned }
      second = other.words
    case .nameNotPermitted: second = other.words
    case .unknownAlgorithm: second = ObjectID.words(certificate.der, certificate.algorithmID())
    case .noAuthority, .mayNotSign, .tooLong, .mayNotSignLists, .weakList, .unknownListAlgorithm,
      .forgedList, .partialList, .staleList, .noList:
      certificate = other
      if kind == .noAuthority, isAnchor(fault.other) { kind = .anchorNotAuthority }
      second = kind == .staleList ? Text(utc: time) : Text(other.pathLimit)
    case .key:
      certificate = other
      kind = other.key.trouble.fault
      second = Text(kind == .largeKey ? other.key.bits : other.key.strength)
      if kind == .key, isAnchor(fault.other) { kind = .weakSignature }
    case .tooManyNames: second = Text(certificate.nameCount)
    case .malformedExtension: second = Text((certificate.fault ?? .extensions).name)
    case .notYetValid:
      second = Text(utc: certificate.notBefore)
      if isRoot { kind = .anchorNotYetValid }
    case .expired:
      second = Text(utc: certificate.notAfter)
      if isRoot { kind = .anchorExpired }
    default: break
    }
    let first = kind == .malformed || kind == .chainBeyondLimits ? second : certificate.words
    return .fault(kind, first, second, now: time)
  }

  /// Nobody has the name of this certificate's issuer. A trust anchor with the same common name is
  /// not the same.
  private func missingLink(_ last: Certificate, _ leaf: Certificate) -> PathFault.Kind {
    if leaf === last, leaf.isSelfIssued { return .selfSigned }
    let issuer = last.words(last.issuer)
    for anchor in trust.anchors where anchor.words == issuer { return .otherAnchor }
    return .noPath
  }
}

extension PublicKey.Trouble {
  /// As which fault it is told.
  var fault: PathFault.Kind {
    switch self {
    case .none, .weak: .key
    case .large: .largeKey
    case .exponent: .badExponent
    case .unknown: .unknownKey
    }
  }
}
