internal import Bytes

// What RFC 5280 §6.1 asks of a path whose links hold, and §6.3 of the lists about it.
extension PathBuilder {
  /// Whether the path is right. Finds all that is wrong with it, since which of several faults is
  /// told is `PathFaults`' to choose.
  func check<Library: Cryptography & ~Copyable>(_ library: inout Library) -> Bool {
    var found = PathFaults()
    for index in 0..<length {
      let place = path[index]
      checkItself(place, &found)
      // Nobody above the anchor could revoke it.
      if index + 1 < length { checkLists(place, path[index + 1], &found, &library) }
      if certificates[place].nameConstraints.isEmpty { continue }
      for below in 0..<index where below == 0 || !certificates[path[below]].isSelfIssued {
        if !permits(certificates[path[below]], by: certificates[place]) {
          found.note(.nameNotPermitted, path[below], place)
        }
      }
    }
    if found.first.kind == .none { return true }
    merge(found)
    return false
  }

  /// What a certificate says of itself.
  private func checkItself(_ place: Int, _ found: inout PathFaults) {
    let certificate = certificates[place]
    if certificate.nameCount > PathBuilder.maximumNames { found.note(.tooManyNames, place) }
    if certificate.fault != nil { found.note(.malformedExtension, place) }
    if certificate.hasUnknown { found.note(.unknownExtension, place) }
    // Every suite that is offered has the server sign (§4.2.1.3); who signs its certificate must be
    // allowed servers, too (§4.2.1.12).
    if !certificate.isForServers
      || place == path[0] && certificate.keyUsage & Certificate.digitalSignature == 0
    {
      found.note(.wrongPurpose, place)
    }
    if certificate.notBefore > time { found.note(.notYetValid, place) }
    if certificate.notAfter < time { found.note(.expired, place) }
  }

  // MARK: Names (§4.2.1.10)

  /// Whether every name of a certificate is one that this authority may give.
  private func permits(_ certificate: Certificate, by authority: Certificate) -> Bool {
    let bytes = certificate.der
    let der = bytes.span
    // Two bytes are the header of a name without attributes.
    if certificate.subject.count > 2,
      !permits(GeneralName.directory, der.extracting(certificate.subject), by: authority)
    {
      return false
    }
    certificate.open(certificate.alternativeNames)
    while !certificate.isAtEnd {
      let form = certificate.peek()
      if !permits(form, der.extracting(certificate.next()), by: authority) { return false }
    }
    return true
  }

  @inline(never)
  private func permits(_ form: UInt8, _ name: Span<UInt8>, by authority: Certificate) -> Bool {
    let bytes = authority.der
    var isPermitted: Bool?
    authority.open(authority.nameConstraints)
    while !authority.isAtEnd {
      let list = authority.peek()
      let outer = authority.enter(list)
      while !authority.isAtEnd {
        let subtree = authority.enterSequence()
        let isSameForm = authority.peek() == form
        let base = authority.next()
        authority.leave(subtree)
        guard spend(base.count) else { return false }
        guard isSameForm else { continue }
        let isExcluded = list == 0xA1
        if GeneralName.isWithin(form, name, bytes.span.extracting(base), isExcluded: isExcluded) {
          if isExcluded { return false }
          isPermitted = true
        } else if !isExcluded, isPermitted == nil {
          isPermitted = false
        }
      }
      authority.leave(outer)
    }
    return isPermitted != false
  }

  // MARK: Revocation lists

  /// Where there are lists, a certificate needs a current one of its issuer (N1, C16). The newest
  /// counts; of two with one date each entry does.
  private func checkLists<Library: Cryptography & ~Copyable>(
    _ place: Int, _ issuer: Int, _ found: inout PathFaults, _ library: inout Library
  ) {
    var kind = PathFault.Kind.noList
    var (isCurrent, isRevoked) = (false, false)
    var newest = Int64.min
    for list in trust.lists where certificates[issuer].isNamed(list) {
      let isNew = list.notBefore <= time && list.notAfter >= time
      if isCurrent == isNew ? list.notBefore < newest : isCurrent { continue }
      let fault = fault(of: list, place, issuer, &library)
      guard fault == .none else {
        if kind != .none { kind = fault }
        continue
      }
      let isSame = isCurrent == isNew && list.notBefore == newest
      isRevoked = list.revokes(certificates[place]) || isSame && isRevoked
      (kind, isCurrent, newest) = (.none, isNew, list.notBefore)
    }
    if trust.lists.isEmpty { return }
    if kind == .none, !isCurrent { kind = .staleList }
    if isRevoked { found.note(.revoked, place) }
    if kind != .none { found.note(kind, place, issuer) }
  }

  /// Why a list is not one of the issuer about a certificate.
  private func fault<Library: Cryptography & ~Copyable>(
    of list: RevocationList, _ place: Int, _ issuer: Int, _ library: inout Library
  ) -> PathFault.Kind {
    if !list.covers(certificates[place]) { return .partialList }
    if certificates[issuer].keyUsage & Certificate.listSigning == 0 { return .mayNotSignLists }
    switch verify(list, certificates[issuer], &library) {
    case .none: return .none
    case .weakSignature: return .weakList
    case .unknownAlgorithm: return .unknownListAlgorithm
    default: return .forgedList
    }
  }
}
