internal import Bytes

/// A revocation list as it was read (RFC 5280 §5.1). It is valid from this update to the next, which
/// §5.1.2.5 demands.
final class RevocationList: SignedData {
  private var entries = 0..<0
  /// False when it tells of a part only, or of what is not known: it frees nobody (§5.2, §5.3).
  private var isWhole = true
  /// Whether it tells of authorities alone, or of everybody else (§5.2.5).
  private var isForAuthorities = false
  private var isForUsers = false

  override func readFields() {
    begin(.version)
    if peek() == Tag.integer, smallNumber() != 1 { fail() }
    readIssuer()
    notBefore = time()
    if peek() == Tag.utcTime || peek() == Tag.generalizedTime { notAfter = time() }
    begin(.revokedCertificates)
    // Looks at every entry once; a SEQUENCE of none is forgiven.
    if peek() == Tag.sequence {
      let outer = enterSequence()
      entries = position..<end
      while !isAtEnd {
        let entry = enterSequence()
        _ = integer()
        _ = time()
        if !isAtEnd { readExtensions(isEntry: true) }
        leave(entry)
      }
      leave(outer)
    }
    begin(.extensions)
    if peek() == 0xA0 {
      let outer = enter(0xA0)
      readExtensions(isEntry: false)
      leave(outer)
    }
  }

  @inline(never)
  private func readExtensions(isEntry: Bool) {
    let outer = enterSequence()
    while !isAtEnd {
      let item = readExtension()
      if isEntry, item.number == 21 || item.number == 24 {
        // Why, and since when: an entry revokes whatever stands there.
      } else if !isEntry, item.number == 28 {
        readScope(item.value)
      } else if item.isCritical || item.number == 27 {
        // Not known, or the changes since another list.
        isWhole = false
      }
    }
    leave(outer)
  }

  /// issuingDistributionPoint: only its two simple restrictions are known.
  private func readScope(_ range: Range<Int>) {
    let (position, end) = (position, end)
    open(range)
    _ = enterSequence()
    while !isAtEnd {
      let tag = peek()
      _ = next()
      if tag == 0x81 {
        isForUsers = true
      } else if tag == 0x82 {
        isForAuthorities = true
      } else {
        isWhole = false
      }
    }
    if !isValid { isWhole = false }
    open(position..<end)
  }

  /// Whether it tells of a certificate of this kind at all.
  func covers(_ certificate: Certificate) -> Bool {
    isWhole && !(certificate.isAuthority ? isForUsers : isForAuthorities)
  }

  /// Whether it has this certificate's number.
  func revokes(_ certificate: Certificate) -> Bool {
    let (bytes, others) = (der, certificate.der)
    let wanted = others.span.extracting(certificate.serialNumber)
    open(entries)
    while !isAtEnd {
      let outer = enterSequence()
      if bytes.span.extracting(integer()).equals(wanted) { return true }
      open(end..<outer)
    }
    return false
  }
}
