internal import Bytes

/// A revocation list as it was read (RFC 5280 §5.1): its DER, and where in it what stands.
final class RevocationList {
  let der: [UInt8]
  private(set) var signed = 0..<0
  private(set) var algorithm = 0..<0
  private(set) var signature = 0..<0
  private(set) var issuer = 0..<0
  /// Seconds since 1970.
  private(set) var thisUpdate: Int64 = 0
  /// Long ago when there is none, which §5.1.2.5 forbids.
  private(set) var nextUpdate = Int64.min
  private var entries = 0..<0
  /// False when it tells of a part only, or of what is not known: it frees nobody (§5.2, §5.3).
  private(set) var isWhole = true
  /// Whether it tells of authorities alone, or of everybody else (§5.2.5).
  private var isForAuthorities = false
  private var isForUsers = false

  /// Nil when it is none, to the last byte; `part` is then where it is malformed.
  init?(_ bytes: [UInt8], _ part: inout CertificatePart) {
    der = bytes
    let der = bytes.span
    var reader = DERReader(0..<der.count)
    part = .encoding
    let whole = reader.enter(DERReader.Tag.sequence, der)
    let start = reader.position
    let inside = reader.enter(DERReader.Tag.sequence, der)
    if reader.peek(der) == DERReader.Tag.integer, reader.smallNumber(der) != 1 { reader.fail() }
    algorithm = reader.element(DERReader.Tag.sequence, der)
    issuer = reader.name(der)
    thisUpdate = reader.time(der)
    let tag = reader.peek(der)
    if tag == DERReader.Tag.utcTime || tag == DERReader.Tag.generalizedTime {
      nextUpdate = reader.time(der)
    }
    guard reader.isValid else { return nil }
    part = .revokedCertificates
    if reader.peek(der) == DERReader.Tag.sequence { readEntries(&reader, der) }
    guard reader.isValid else { return nil }
    part = .extensions
    if reader.peek(der) == 0xA0 {
      let outer = reader.enter(0xA0, der)
      readExtensions(&reader, der, isEntry: false)
      reader.leave(outer)
    }
    reader.leave(inside)
    signed = start..<reader.position
    guard reader.isValid else { return nil }
    part = .signature
    let second = reader.element(DERReader.Tag.sequence, der)
    signature = reader.bitString(der)
    reader.leave(whole)
    guard reader.isComplete, der.extracting(second).equals(der.extracting(algorithm)) else {
      return nil
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

  private func readExtensions(_ reader: inout DERReader, _ der: Span<UInt8>, isEntry: Bool) {
    let outer = reader.enter(DERReader.Tag.sequence, der)
    while !reader.isAtEnd {
      let item = ExtensionItem(&reader, der)
      switch (item.id.certificateExtension, isEntry) {
      // Why, and since when: an entry revokes whatever stands there.
      case (21, true), (24, true): break
      case (28, false): readScope(item.value, der)
      // The changes since another list.
      case (27, false): isWhole = false
      default: if item.isCritical { isWhole = false }
      }
    }
    reader.leave(outer)
  }

  /// issuingDistributionPoint: only its two simple restrictions are known.
  private func readScope(_ range: Range<Int>, _ der: Span<UInt8>) {
    var reader = DERReader(range)
    let outer = reader.enter(DERReader.Tag.sequence, der)
    while !reader.isAtEnd {
      let tag = reader.peek(der)
      let value = reader.next(der)
      if value.count == 1, der[value.lowerBound] == 0xFF, tag == 0x81 {
        isForUsers = true
      } else if value.count == 1, der[value.lowerBound] == 0xFF, tag == 0x82 {
        isForAuthorities = true
      } else {
        isWhole = false
      }
    }
    reader.leave(outer)
    if !reader.isComplete { isWhole = false }
  }

  /// Whether it tells of a certificate of this kind at all.
  func covers(_ certificate: Certificate) -> Bool {
    isWhole && !(certificate.isAuthority ? isForUsers : isForAuthorities)
  }

  /// Whether it has this certificate's number.
  func revokes(_ certificate: Certificate) -> Bool {
    let bytes = der
    let der = bytes.span
    let others = certificate.der
    let wanted = others.span.extracting(certificate.serialNumber)
    var reader = DERReader(entries)
    while !reader.isAtEnd {
      let entry = reader.enter(DERReader.Tag.sequence, der)
      if der.extracting(reader.integer(der)).equals(wanted) { return true }
      reader = DERReader(reader.end..<entry)
    }
    return false
  }
}
