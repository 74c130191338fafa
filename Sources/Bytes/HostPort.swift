/// `HOST[:PORT]`: a name, an IPv4 address, an IPv6 address, or `[IPv6]:PORT`. More than one colon
/// without brackets is an IPv6 address (as in BusyBox).
public struct HostPort: Equatable, Sendable {
  /// Without brackets, at most 255 bytes.
  public let host: Text
  /// 0 when none is given.
  public let port: UInt16

  /// Nil when it is something else. `isAddress` says whether a text is an address literal, which the
  /// I/O floor can tell.
  public init?(_ text: Text, isAddress: (Text) -> Bool) {
    let all = text.bytes[...]
    var host = all
    var port: ArraySlice<UInt8>?
    let colon = UInt8(ascii: ":")
    if all.first == UInt8(ascii: "[") {
      guard let end = all.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      host = all[1..<end]
      let rest = all[(end + 1)...]
      guard rest.isEmpty || rest.first == colon else { return nil }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let place = all.firstIndex(of: colon), place == all.lastIndex(of: colon) {
      host = all[..<place]
      port = all[(place + 1)...]
    }
    guard HostPort.isHost(host, isAddress) else { return nil }
    self.host = Text(host)
    guard let port else {
      self.port = 0
      return
    }
    guard let number = Decimal.parse(port), (1...65535).contains(number) else { return nil }
    self.port = UInt16(truncatingIfNeeded: number)
  }

  /// A colon means an IPv6 address, the zone of which may be an interface that is not there yet.
  /// A name has the characters of RFC 1123 §2.1, and '_', which real ones have. One dot at the end
  /// is the resolver's mark of an absolute name.
  private static func isHost(_ host: ArraySlice<UInt8>, _ isAddress: (Text) -> Bool) -> Bool {
    guard !host.isEmpty, host.count <= 255 else { return false }
    let dot = UInt8(ascii: ".")
    var isName = true
    for byte in host {
      guard byte > 0x20, byte != 0x7F else { return false }
      let isLetter = byte.lowercased &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
      // '-' and '.' are neighbours.
      if !isLetter, byte.decimalValue == nil, byte &- UInt8(ascii: "-") > 1 { isName = false }
    }
    guard host.contains(UInt8(ascii: ":")) else {
      return isName && (host.last != dot || ![nil, dot].contains(host.dropLast().last))
    }
    let parts = host.parts(between: UInt8(ascii: "%"), limit: 2)
    return parts.allSatisfy { !$0.isEmpty } && isAddress(Text(parts[0]))
  }

  /// The name to send as SNI: none for an address literal (RFC 6066 §3, RFC 9525 §6.2), and without
  /// the dot of an absolute name, which does not belong there.
  public static func serverName(of host: Text, isAddress: (Text) -> Bool) -> [UInt8]? {
    let isAbsolute = host.bytes.last == UInt8(ascii: ".")
    let name = isAbsolute ? Array(host.bytes.dropLast()) : host.bytes
    guard !name.contains(UInt8(ascii: ":")), !isAddress(Text(name)) else { return nil }
    return name
  }
}
