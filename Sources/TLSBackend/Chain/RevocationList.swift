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

  override func readFields(_ reader: inout DERReader, _ der: Span<UInt8>) {
    reader.begin(.version)
    if reader.peek(der) == DERReader.Tag.integer, reader.smallNumber(der) != 1 { reader.fail() }
    readIssuer(&reader, der)
    notBefore = reader.time(der)
    let tag = reader.peek(der)
    if tag == DERReader.Tag.utcTime || tag == DERReader.Tag.generalizedTime {
      notAfter = reader.time(der)
    }
    reader.begin(.revokedCertificates)
    if reader.peek(der) == DERReader.Tag.sequence { readEntries(&reader, der) }
    reader.begin(.extensions)
    if reader.peek(der) == 0xA0 {
      let outer = reader.enter(0xA0, der)
      readExtensions(&reader, der, isEntry: false)
      reader.leave(outer)
    }
  }

  /// Looks at every entry once; a SEQUENCE of none is forgiven.
  private func readEntries(_ reader: inout DERReader, _ der: Span<UInt8>) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    entries = reader.position..<reader.end
    while !reader.isAtEnd {
      let entry = reader.enter(DERReader.Tag.sequence, der)
      _ = reader.integer(der)
      _ = reader.time(der)
      if !reader.isAtEnd { readExtensions(&reader, der, isEntry: true) }
      reader.leave(entry)
    }
    reader.leave(outer)
  }

  @inline(never)
  private func readExtensions(_ reader: inout DERReader, _ der: Span<UInt8>, isEntry: Bool) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    while !reader.isAtEnd {
      let item = ExtensionItem(&reader, der)
      if isEntry, item.number == 21 || item.number == 24 {
        // Why, and since when: an entry revokes whatever stands there.
      } else if !isEntry, item.number == 28 {
        readScope(item.value, der)
      } else if item.isCritical || item.number == 27 {
        // Not known, or the changes since another list.
        isWhole = false
      }
    }
    reader.leave(outer)
  }

  /// issuingDistributionPoint: only its two simple restrictions are known.
  private func readScope(_ range: Range<Int>, _ der: Span<UInt8>) {
    var reader = DERReader(range)
    _ = reader.enter(DERReader.Tag.sequence, der)
    while !reader.isAtEnd {
      let tag = reader.peek(der)
      _ = reader.next(der)
      if tag == 0x81 {
        isForUsers = true
      } else if tag == 0x82 {
        isForAuthorities = true
      } else {
        isWhole = false
      }
    }
    if !reader.isValid { isWhole = false }
  }

  /// Whether it tells of a certificate of this kind at all.
  func covers(_ certificate: Certificate) -> Bool {
    isWhole && !(certificate.isAuthority ? isForUsers : isForAuthorities)
  }

  /// Whether it has this certificate's number.
  func revokes(_ certificate: Certificate) -> Bool {
    let (bytes, others) = (der, certificate.der)
    let der = bytes.span
    let wanted = others.span.extracting(certificate.serialNumber)
    var reader = DERReader(entries)
    while !reader.isAtEnd {
      var entry = DERReader(reader.next(der))
      if der.extracting(entry.integer(der)).equals(wanted) { return true }
    }
    return false
  }
}
