public import Bytes

/// The name that a server must have: configured here, never found out by a lookup (RFC 5425 §5.2,
/// T19-T25; RFC 9525).
public enum PeerName: Equatable, Sendable {
  /// Labels in lower-case ASCII with dots between them; the first may be `*` (T21).
  case dns([UInt8])
  /// 4 or 16 bytes, to be found as an iPAddress (T23, N8).
  case address([UInt8])

  /// A configured host name. Labels of other letters are converted to A-labels (RFC 5425 §5.2,
  /// T22); nil when that cannot be, or when it is no host name.
  public init?(host: Span<UInt8>) {
    var name = Text([])
    var start = 0
    var end = host.count
    if end > 0, host[end - 1] == UInt8(ascii: ".") { end -= 1 }
    for index in 0...end where index == end || host[index] == UInt8(ascii: ".") {
      if start > 0 { name.append(UInt8(ascii: ".")) }
      guard let label = PeerName.label(host.extracting(start..<index)) else { return nil }
      name += Text(label)
      start = index + 1
    }
    guard name.bytes.count <= 253 else { return nil }
    self = .dns(name.bytes)
  }

  /// In ASCII and lower case. nil when it is empty, too long, or has what no label has.
  private static func label(_ bytes: Span<UInt8>) -> [UInt8]? {
    var label = Text([])
    var isASCII = true
    for index in bytes.indices {
      let byte = bytes[index]
      guard byte > 0x20, byte != 0x7F else { return nil }
      if byte >= 0x80 { isASCII = false }
      label.append(byte.lowercased)
    }
    if !isASCII {
      guard let encoded = Punycode.encode(label.bytes.span) else { return nil }
      label = "xn--" + Text(encoded)
    }
    return (1...63).contains(label.bytes.count) ? label.bytes : nil
  }

  /// Whether one of the certificate's subjectAltNames is this one. The subject's common name is
  /// never looked at (RFC 9525 §2, N7).
  func matches(_ certificate: CertificateSummary) -> Bool {
    switch self {
    case .address(let address):
      for presented in certificate.addresses where presented.span.equals(address.span) {
        return true
      }
    case .dns(let name):
      for presented in certificate.dnsNames
      where PeerName.matches(name.span, presented: presented.span) { return true }
    }
    return false
  }

  /// Label by label, without regard to case (N4). A wildcard in either name is the whole left-most
  /// label and stands for exactly one (T20, N5); it needs two labels behind it, so that nobody owns
  /// a top-level domain.
  private static func matches(_ name: Span<UInt8>, presented: Span<UInt8>) -> Bool {
    var presented = presented
    if presented.count > 0, presented[presented.count - 1] == UInt8(ascii: ".") {
      presented = presented.extracting(droppingLast: 1)
    }
    guard !presented.isEmpty else { return false }
    if equal(name, presented) { return true }
    if isWildcard(presented) {
      return equal(
        name.extracting(droppingFirst: secondLabel(name)), presented.extracting(droppingFirst: 2))
    }
    return isWildcard(name) && !holdsStar(presented)
      && equal(
        presented.extracting(droppingFirst: secondLabel(presented)),
        name.extracting(droppingFirst: 2))
  }

  private static func isWildcard(_ name: Span<UInt8>) -> Bool {
    guard name.count > 2, name[0] == UInt8(ascii: "*"), name[1] == UInt8(ascii: ".") else {
      return false
    }
    let rest = name.extracting(droppingFirst: 2)
    return !holdsStar(rest) && secondLabel(rest) < rest.count
  }

  private static func holdsStar(_ name: Span<UInt8>) -> Bool {
    for index in name.indices where name[index] == UInt8(ascii: "*") { return true }
    return false
  }

  /// Where the second label begins; the end when there is none.
  private static func secondLabel(_ name: Span<UInt8>) -> Int {
    for index in name.indices where name[index] == UInt8(ascii: ".") {
      // An empty first label is none.
      return index > 0 ? index + 1 : name.count
    }
    return name.count
  }

  private static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count, !left.isEmpty else { return false }
    for index in left.indices where left[index].lowercased != right[index].lowercased {
      return false
    }
    return true
  }

  /// How it is written.
  public var words: Text {
    switch self {
    case .dns(let name): Text(quotable: name.span)
    case .address(let bytes): PeerName.words(ofAddress: bytes.span)
    }
  }

  /// An iPAddress as people write it; IPv6 without abbreviation of zeros.
  static func words(ofAddress bytes: Span<UInt8>) -> Text {
    var words: Text = ""
    if bytes.count == 4 {
      for index in bytes.indices { words += index > 0 ? ".\(bytes[index])" : "\(bytes[index])" }
      return words
    }
    for index in stride(from: 0, to: bytes.count - bytes.count % 2, by: 2) {
      if index > 0 { words.append(UInt8(ascii: ":")) }
      let group = UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
      var isLeading = true
      var shift: UInt16 = 16
      while shift > 0 {
        shift -= 4
        let nibble = UInt8(group >> shift & 15)
        if nibble > 0 || !isLeading || shift == 0 {
          isLeading = false
          words.append(UInt8(hexDigit: nibble).lowercased)
        }
      }
    }
    return words
  }
}
