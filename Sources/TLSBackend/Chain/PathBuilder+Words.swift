internal import Bytes

// What an operator is told.
extension PathBuilder {
  /// Nil where nothing is wrong.
  @inline(never)
  func sentence(for fault: PathFault) -> Sentence? {
    var kind = fault.kind
    if kind == .none { return nil }
    // Whose fault it is.
    let place =
      kind == .noPath ? path[0] : kind.isOfIssuer ? fault.other : fault.certificate
    let certificate = certificates[place]
    let isRoot = isAnchor(place) && place != path[0]
    var (number, date) = (fault.other, Int64.min)
    var words: Text?
    switch kind {
    case .noPath:
      words = issuer(of: fault.certificate)
      kind = missingLink(fault.certificate)
    case .badSignature where certificate.isSelfIssued:
      // The twin of an anchor, by its name.
      kind = .selfSigned
    case .badSignature, .nameNotPermitted: words = certificates[fault.other].words
    case .unknownAlgorithm: words = ObjectID.words(certificate.der, certificate.algorithmID())
    case .tooManyNames: number = certificate.nameCount
    case .malformedExtension: words = (certificate.fault ?? .extensions).text
    case .noAuthority where isRoot:
      let isTwin = fault.certificate == path[0] && certificates[path[0]].isSelfIssued
      kind = isTwin ? .selfSigned : .anchorNotAuthority
    case .tooLong: number = certificate.pathLimit
    case .key:
      let key = certificate.key
      kind = key.trouble.fault
      number = kind == .largeKey ? key.bits : key.strength
    case .notYetValid:
      date = certificate.notBefore
      if isRoot { kind = .anchorNotYetValid }
    case .expired:
      date = certificate.notAfter
      if isRoot { kind = .anchorExpired }
    case .staleList: date = time
    default: break
    }
    let detail = words ?? (date == .min ? Text(number) : Text(utc: date))
    let isNumber = kind == .malformed || kind == .chainBeyondLimits
    return .fault(kind, isNumber ? detail : certificate.words, detail, now: time)
  }

  private func issuer(of place: Int) -> Text {
    let certificate = certificates[place]
    return certificate.words(certificate.issuer)
  }

  /// Nobody has the name of this certificate's issuer. A trust anchor with the same common name is
  /// not the same.
  private func missingLink(_ last: Int) -> PathFault.Kind {
    if last == path[0], certificates[last].isSelfIssued { return .selfSigned }
    let issuer = issuer(of: last)
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
