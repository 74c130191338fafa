internal import Bytes

// What RFC 5280 §6.1 asks of a path whose links hold, and §6.3 of the lists about it.
extension PathBuilder {
  /// Whether the path is right. Notes what is wrong with it, all of it, since which of several faults
  /// is told is `PathFaults`' to choose.
  mutating func check<Library: Cryptography & ~Copyable>(_ library: inout Library) -> Bool {
    var found = PathFaults()
    let last = path.count - 1
    for index in 0...last {
      checkItself(index, &found)
      // Nobody above the anchor could revoke it.
      if index < last { checkLists(path[index], path[index + 1], &found, &library) }
      if path[index].nameConstraints.isEmpty { continue }
      for below in 0..<index where below == 0 || !path[below].isSelfIssued {
        if !permits(path[below], by: path[index]) {
          found.note(.nameConstraints, .nameNotPermitted)
        }
      }
    }
    guard found.sentence != nil else { return true }
    faults.merge(found)
    return false
  }

  /// What a certificate says of itself.
  private func checkItself(_ index: Int, _ found: inout PathFaults) {
    let certificate = path[index]
    if certificate.nameCount > PathBuilder.maximumNames {
      found.note(
        .nameConstraints,
        .tooManyNames(certificate.words, certificate.nameCount, limit: PathBuilder.maximumNames))
    }
    if let part = certificate.fault {
      found.note(.malformed, .malformedExtension(certificate.words, part.name))
    }
    if certificate.unknownCritical != nil { found.note(.malformed, .unknownCriticalExtension) }
    // Every suite that is offered has the server sign (§4.2.1.3); who signs its certificate must be
    // allowed servers, too (§4.2.1.12).
    if !certificate.isForServers
      || index == 0 && certificate.keyUsage & Certificate.digitalSignature == 0
    {
      found.note(.wrongPurpose, .wrongPurpose)
    }
    let isAnchor = index > 0 && index == path.count - 1
    if certificate.notBefore > time {
      found.note(
        .notYetValid,
        isAnchor
          ? .anchorNotYetValid(now: time)
          : .notYetValid(certificate.words, from: certificate.notBefore, now: time))
    }
    if certificate.notAfter < time {
      found.note(
        .expired,
        isAnchor
          ? .anchorExpired(now: time)
          : .expired(certificate.words, on: certificate.notAfter, now: time))
    }
  }

  // MARK: Names (§4.2.1.10)

  /// Whether every name of a certificate is one that this authority may give.
  private mutating func permits(_ certificate: Certificate, by authority: Certificate) -> Bool {
    let bytes = certificate.der
    let der = bytes.span
    var hasMail = false
    var names = DERReader(certificate.alternativeNames)
    if !names.isAtEnd { _ = names.enter(DERReader.Tag.sequence, der) }
    while !names.isAtEnd {
      let form = names.peek(der)
      if form == GeneralName.mail { hasMail = true }
      if !permits(form, der, names.next(der), by: authority) { return false }
    }
    var parts = NameParts(der, certificate.subject)
    var isEmpty = true
    while parts.next(der) {
      isEmpty = false
      // Where a mail address stood before there was subjectAltName.
      if !hasMail, ObjectID(der, parts.type) == .emailAddress,
        !permits(GeneralName.mail, der, parts.value, by: authority)
      {
        return false
      }
    }
    return isEmpty || permits(GeneralName.directory, der, certificate.subject, by: authority)
  }

  private mutating func permits(
    _ form: UInt8, _ der: Span<UInt8>, _ name: Range<Int>, by authority: Certificate
  ) -> Bool {
    let bytes = authority.der
    let tree = bytes.span
    var (isLimited, isPermitted) = (false, false)
    var lists = DERReader(authority.nameConstraints)
    _ = lists.enter(DERReader.Tag.sequence, tree)
    while !lists.isAtEnd {
      let isExcluded = lists.peek(tree) == 0xA1
      var subtrees = DERReader(lists.next(tree))
      while !subtrees.isAtEnd {
        let outer = subtrees.enter(DERReader.Tag.sequence, tree)
        let isSameForm = subtrees.peek(tree) == form
        let base = subtrees.next(tree)
        subtrees.leave(outer)
        guard spend(1 + base.count / 32) else { return false }
        guard isSameForm else { continue }
        let isWithin = GeneralName.isWithin(form, der, name, tree, base, isExcluded: isExcluded)
        if isExcluded {
          if isWithin != false { return false }
        } else {
          isLimited = true
          if isWithin == true { isPermitted = true }
        }
      }
    }
    return isPermitted || !isLimited
  }

  // MARK: Revocation lists

  /// Where there are lists, a certificate needs a current one of its issuer (N1, C16). The newest
  /// counts; of two with one date each entry does.
  private mutating func checkLists<Library: Cryptography & ~Copyable>(
    _ certificate: Certificate, _ issuer: Certificate, _ found: inout PathFaults,
    _ library: inout Library
  ) {
    if trust.lists.isEmpty { return }
    var rank = PathFaults.Rank.noList
    var sentence = Sentence.noList(issuer: issuer.words)
    var (isCovered, isCurrent, isRevoked) = (false, false, false)
    var newest = Int64.min
    for list in trust.lists where issuer.isNamed(list.issuer, in: list.der) {
      guard list.covers(certificate) else {
        if rank == .noList { sentence = .partialList(issuer: issuer.words) }
        continue
      }
      let isNew = list.thisUpdate <= time && list.nextUpdate >= time
      let isSame = isCovered && isCurrent == isNew && list.thisUpdate == newest
      let isOlder = isCurrent == isNew ? list.thisUpdate < newest : isCurrent
      if isCovered && isOlder { continue }
      if let fault = fault(of: list, by: issuer, &library) {
        (rank, sentence) = (.forgedList, fault)
        continue
      }
      isRevoked = list.revokes(certificate) || isSame && isRevoked
      (isCovered, isCurrent, newest) = (true, isNew, list.thisUpdate)
    }
    if isRevoked { found.note(.revoked, .revoked) }
    if !isCovered {
      found.note(rank, sentence)
    } else if !isCurrent {
      found.note(.staleList, .staleList(now: time))
    }
  }

  /// Why a list is not the issuer's; nil when it is.
  private mutating func fault<Library: Cryptography & ~Copyable>(
    of list: RevocationList, by issuer: Certificate, _ library: inout Library
  ) -> Sentence? {
    guard issuer.keyUsage & Certificate.listSigning != 0 else {
      return .mayNotSignLists(issuer.words)
    }
    let der = list.der
    if PathBuilder.isWeak(der, list.algorithm) { return .weakList(issuer: issuer.words) }
    let verdict = verify(
      der, list.signed, list.algorithm, list.signature, ObjectIdentifier(list), issuer, &library)
    switch verdict {
    case .good: return nil
    case .bad: return .forgedList
    case .unknownAlgorithm, .unusableKey:
      return .unknownListAlgorithm(
        issuer: issuer.words, PathBuilder.algorithm(der, list.algorithm))
    }
  }
}
