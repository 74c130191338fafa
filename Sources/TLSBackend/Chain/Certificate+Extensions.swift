internal import Bytes

// The extensions that decide about a path (RFC 5280 §4.2.1).
extension Certificate {
  func read(_ item: ExtensionItem, _ der: Span<UInt8>) {
    var reader = DERReader(item.value)
    let part: CertificatePart
    if item.number == 15 {
      keyUsage = reader.flags(der)
      part = .keyUsage
    } else {
      // The others are sequences.
      let outer = reader.enter(DERReader.Tag.sequence, der)
      let content = reader.position..<reader.end
      switch item.number {
      case 17:
        part = .subjectAltName
        alternativeNames = content
        readAlternativeNames(&reader, der)
      case 19:
        part = .basicConstraints
        isAuthority = reader.flag(der)
        if !reader.isAtEnd { pathLimit = reader.smallNumber(der) }
        if pathLimit >= 0, !isAuthority { reader.fail() }
      case 30:
        part = .nameConstraints
        nameConstraints = content
        readNameConstraints(&reader, der)
      case 37:
        part = .extKeyUsage
        readPurposes(&reader, der)
      // Policies are not asked for, so that certificatePolicies and inhibitAnyPolicy forbid nothing
      // (§6.1.5); policyConstraints might, and is not known.
      case 32, 54: return
      default:
        if item.isCritical { hasUnknown = true }
        return
      }
      reader.leave(outer)
    }
    if !reader.isComplete, fault == nil { fault = part }
  }

  private func readPurposes(_ reader: inout DERReader, _ der: Span<UInt8>) {
    isForServers = false
    repeat {
      let id = reader.objectID(der)
      if id == .serverAuthentication || id == .anyPurpose { isForServers = true }
    } while !reader.isAtEnd
  }

  private func readAlternativeNames(_ reader: inout DERReader, _ der: Span<UInt8>) {
    repeat {
      let form = reader.peek(der)
      let name = reader.next(der)
      if !GeneralName.isWellFormed(form, der, name, isTree: false) { reader.fail() }
      nameCount += 1
    } while !reader.isAtEnd
  }

  /// Subtrees have no minimum and no maximum (§4.2.1.10).
  private func readNameConstraints(_ reader: inout DERReader, _ der: Span<UInt8>) {
    while !reader.isAtEnd {
      let list = reader.peek(der)
      if list != 0xA0, list != 0xA1 { reader.fail() }
      let outer = reader.enter(list, der)
      while !reader.isAtEnd {
        let subtree = reader.enter(DERReader.Tag.sequence, der)
        let form = reader.peek(der)
        let base = reader.next(der)
        if !GeneralName.isWellFormed(form, der, base, isTree: true) { reader.fail() }
        reader.leave(subtree)
      }
      reader.leave(outer)
    }
  }
}
