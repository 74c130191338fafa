internal import Bytes

// The extensions that decide about a path (RFC 5280 §4.2.1).
extension Certificate {
  /// Reads what is in an extension; the reader is behind it afterwards.
  func read(_ item: Extension) {
    let (position, end) = (position, end)
    open(item.value)
    let part: CertificatePart
    if item.number == 15 {
      keyUsage = flags()
      part = .keyUsage
    } else {
      // The others are sequences.
      let outer = enterSequence()
      let content = self.position..<self.end
      switch item.number {
      case 17:
        part = .subjectAltName
        alternativeNames = content
        readAlternativeNames()
      case 19:
        part = .basicConstraints
        isAuthority = flag()
        if !isAtEnd { pathLimit = smallNumber() }
        if pathLimit >= 0, !isAuthority { fail() }
      case 30:
        part = .nameConstraints
        nameConstraints = content
        readNameConstraints()
      case 37:
        part = .extKeyUsage
        readPurposes()
      default:
        // Policies are not asked for, so that certificatePolicies and inhibitAnyPolicy forbid nothing
        // (§6.1.5); policyConstraints might, and is not known.
        if item.isCritical, item.number != 32, item.number != 54 { hasUnknown = true }
        return open(position..<end)
      }
      leave(outer)
    }
    if !isComplete, fault == nil { fault = part }
    open(position..<end)
  }

  private func readPurposes() {
    isForServers = false
    repeat {
      let id = objectID()
      if id == .serverAuthentication || id == .anyPurpose { isForServers = true }
    } while !isAtEnd
  }

  private func readAlternativeNames() {
    repeat {
      checkName(isTree: false)
      nameCount += 1
    } while !isAtEnd
  }

  /// Subtrees have no minimum and no maximum (§4.2.1.10).
  private func readNameConstraints() {
    while !isAtEnd {
      let list = peek()
      if list != 0xA0, list != 0xA1 { fail() }
      let outer = enter(list)
      while !isAtEnd {
        let subtree = enterSequence()
        checkName(isTree: true)
        leave(subtree)
      }
      leave(outer)
    }
  }

  /// Steps over a name, or a subtree of names, which must have the form that it says.
  @inline(never)
  private func checkName(isTree: Bool) {
    let form = peek()
    if form == GeneralName.directory {
      let outer = enter(form)
      _ = read(Tag.sequence)
      return leave(outer)
    }
    let range = next()
    guard form == GeneralName.address else { return }
    let count = isTree ? range.count / 2 : range.count
    if count != 4, count != 16 { return fail() }
    // A mask of leading ones, behind the address.
    var rest: UInt8 = 0xFF
    for index in range.lowerBound + count..<range.upperBound {
      let byte = der[index]
      if byte & ~rest != 0 || ~byte & (~byte &+ 1) != 0 { fail() }
      if byte != 0xFF { rest = 0 }
    }
  }

  /// Reads a SubjectPublicKeyInfo (§4.1.2.7) without any cryptography.
  func readKey() {
    let whole = enterSequence()
    let algorithm = enterSequence()
    let kind = objectID()
    let isNamed = peek() == Tag.objectIdentifier
    if !isAtEnd { _ = next() }
    leave(algorithm)
    let value = bitString()
    leave(whole)
    guard isValid else { return }
    var (bits, exponent) = (0, 0)
    switch kind {
    case .rsa, .rsaPSS:
      // RSAPublicKey (RFC 8017 §A.1.1).
      let (position, end) = (position, end)
      open(value)
      let inside = enterSequence()
      bits = self.bits()
      exponent = self.bits()
      leave(inside)
      if der[value.upperBound - 1] & 1 == 0 { exponent = 0 }
      if !isComplete { return fail() }
      open(position..<end)
    case .curve:
      // A point of a named curve (RFC 5480 §2.1.1, §2.2); one that describes itself is refused.
      let field = der[value.lowerBound] == 4 ? (value.count - 1) / 2 : value.count - 1
      if isNamed { bits = field == 66 ? 521 : field * 8 }
    case .ed25519: bits = 256
    case .ed448: bits = 448
    default: break
    }
    key = PublicKey(kind, bits: bits, exponentBits: exponent)
  }

  /// How many bits an INTEGER that is not negative has.
  @inline(never)
  private func bits() -> Int {
    let number = integer()
    guard !number.isEmpty, der[number.lowerBound] < 0x80 else {
      fail()
      return 0
    }
    var start = number.lowerBound
    if der[start] == 0, number.count > 1 { start += 1 }
    return (number.upperBound - start) * 8 - der[start].leadingZeroBitCount
  }
}
