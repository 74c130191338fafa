internal import Bytes

// The extensions that decide about a path (RFC 5280 §4.2.1).
extension Certificate {
  func read(_ item: ExtensionItem, _ number: UInt8, _ der: Span<UInt8>) {
    var reader = DERReader(item.value)
    var part: CertificatePart
    switch number {
    case 15:
      part = .keyUsage
      keyUsage = reader.flags(der)
    case 17:
      part = .subjectAltName
      alternativeNames = item.value
      readAlternativeNames(&reader, der)
    case 19:
      part = .basicConstraints
      readBasicConstraints(&reader, der)
    case 30:
      part = .nameConstraints
      nameConstraints = item.value
      readNameConstraints(&reader, der)
    case 37:
      part = .extKeyUsage
      readPurposes(&reader, der)
    // Policies are not asked for, so that certificatePolicies and inhibitAnyPolicy forbid nothing
    // (§6.1.5); policyConstraints might, and is not known.
    case 32, 54: return
    default:
      if item.isCritical, unknownCritical == nil { unknownCritical = item.identifier }
      return
    }
    if !reader.isComplete, fault == nil { fault = part }
  }

  private func readBasicConstraints(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    isAuthority = reader.flag(der)
    if !reader.isAtEnd {
      pathLimit = reader.smallNumber(der)
      if !isAuthority { reader.fail() }
    }
    reader.leave(outer)
  }

  private func readPurposes(_ reader: inout DERReader, _ der: Span<UInt8>) {
    isForServers = false
    let outer = reader.enter(DERReader.Tag.sequence, der)
    repeat {
      let id = ObjectID(der, reader.read(DERReader.Tag.objectIdentifier, der))
      if id == .serverAuthentication || id == .anyPurpose { isForServers = true }
    } while !reader.isAtEnd
    reader.leave(outer)
  }

  private func readAlternativeNames(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    repeat {
      let tag = reader.peek(der)
      let name = reader.next(der)
      let isRight =
        switch tag {
        case GeneralName.address: name.count == 4 || name.count == 16
        case GeneralName.mail, GeneralName.dns, GeneralName.uri: GeneralName.isText(der, name)
        case GeneralName.directory: DistinguishedName.isWellFormed(der, name)
        case 0xA0, 0xA3, 0xA5, 0x88: true
        default: false
        }
      if !isRight { reader.fail() }
      nameCount += 1
    } while !reader.isAtEnd
    reader.leave(outer)
  }

  /// Subtrees have no minimum and no maximum (§4.2.1.10).
  private func readNameConstraints(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    for list: UInt8 in [0xA0, 0xA1] where reader.peek(der) == list {
      let inside = reader.enter(list, der)
      while !reader.isAtEnd {
        let subtree = reader.enter(DERReader.Tag.sequence, der)
        let tag = reader.peek(der)
        let base = reader.next(der)
        let isRight =
          switch tag {
          case GeneralName.address: GeneralName.isMask(der, base)
          case GeneralName.mail, GeneralName.dns, GeneralName.uri: GeneralName.isText(der, base)
          case GeneralName.directory: DistinguishedName.isWellFormed(der, base)
          default: true
          }
        if !isRight { reader.fail() }
        reader.leave(subtree)
      }
      reader.leave(inside)
    }
    reader.leave(outer)
  }
}
