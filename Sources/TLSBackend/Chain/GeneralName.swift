internal import Bytes

/// The forms of names that subjectAltName and name constraints have (RFC 5280 §4.2.1.6, §4.2.1.10),
/// by their tags, and what lies within what.
enum GeneralName {
  static let mail: UInt8 = 0x81
  static let dns: UInt8 = 0x82
  /// EXPLICIT, because a Name is a choice.
  static let directory: UInt8 = 0xA4
  static let uri: UInt8 = 0x86
  static let address: UInt8 = 0x87

  /// Whether it is an IA5String.
  @inline(never)
  static func isText(_ der: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where der[index] >= 0x80 { return false }
    return true
  }

  /// Whether it is an address and a mask of leading ones.
  static func isMask(_ der: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count == 8 || range.count == 32 else { return false }
    var isOver = false
    for index in range.lowerBound + range.count / 2..<range.upperBound {
      let byte = der[index]
      // Ones behind a zero.
      if isOver && byte != 0 || ~byte & (~byte &+ 1) != 0 { return false }
      if byte != 0xFF { isOver = true }
    }
    return true
  }

  /// Whether a name lies within a subtree of the same form. A wildcard reaches into an excluded one
  /// when any name that it stands for does (CVE-2025-61727). Nil for a form that is not known.
  static func isWithin(
    _ form: UInt8, _ left: Span<UInt8>, _ name: Range<Int>, _ right: Span<UInt8>, _ base: Range<Int>,
    isExcluded: Bool
  ) -> Bool? {
    let text = left.extracting(name)
    let tree = right.extracting(base)
    switch form {
    case address: return isWithin(address: text, tree)
    case directory: return DistinguishedName.matches(left, name, right, base, isBase: true)
    case dns: return isWithin(dns: text, tree, isExcluded)
    case mail:
      let at = place(of: UInt8(ascii: "@"), in: text)
      // A mailbox; its host is compared without regard to case, as all of it is here.
      if place(of: UInt8(ascii: "@"), in: tree) >= 0 {
        return text.count == tree.count && ends(text, with: tree)
      }
      return isWithin(host: text.extracting(droppingFirst: at + 1), tree)
    case uri:
      let host = host(of: text)
      // Without a host there is nothing to compare, which excludes it as well.
      return host.isEmpty ? isExcluded : isWithin(host: text.extracting(host), tree)
    default: return nil
    }
  }

  private static func isWithin(address: Span<UInt8>, _ tree: Span<UInt8>) -> Bool {
    let count = address.count
    guard tree.count == count * 2 else { return false }
    for index in 0..<count
    where (address[index] ^ tree[index]) & tree[index + count] != 0 { return false }
    return true
  }

  private static func isWithin(dns name: Span<UInt8>, _ tree: Span<UInt8>, _ isExcluded: Bool)
    -> Bool
  {
    if isBelow(name, tree) { return true }
    guard isExcluded, name.count > 2, name[0] == UInt8(ascii: "*") else { return false }
    // One label instead of the star: the tree's first.
    let rest = name.extracting(droppingFirst: 1)
    let first = place(of: UInt8(ascii: "."), in: tree)
    return first > 0 && tree.count - first == rest.count && ends(tree, with: rest)
  }

  /// The name itself and everything below it; only what is below where a period leads, which RFC
  /// 5280 does not know and many authorities write. Everything is below nothing.
  private static func isBelow(_ name: Span<UInt8>, _ tree: Span<UInt8>) -> Bool {
    guard !tree.isEmpty else { return true }
    guard ends(name, with: tree) else { return false }
    let rest = name.count - tree.count
    if tree[0] == UInt8(ascii: ".") { return rest > 0 }
    return rest == 0 || name[rest - 1] == UInt8(ascii: ".")
  }

  /// One host, or everything below a name where a period leads (§4.2.1.10).
  private static func isWithin(host: Span<UInt8>, _ tree: Span<UInt8>) -> Bool {
    guard !tree.isEmpty else { return true }
    return ends(host, with: tree) && (host.count > tree.count) == (tree[0] == UInt8(ascii: "."))
  }

  /// What stands between `//` with a user, and a port, a path, a query or a fragment (RFC 3986 §3.2).
  /// Empty where there is none, or an address in brackets.
  private static func host(of uri: Span<UInt8>) -> Range<Int> {
    var start = place(of: UInt8(ascii: ":"), in: uri) + 1
    guard start > 0, start + 2 <= uri.count, uri[start] == UInt8(ascii: "/"),
      uri[start + 1] == UInt8(ascii: "/")
    else { return 0..<0 }
    start += 2
    var end = start
    var port = -1
    while end < uri.count {
      let byte = uri[end]
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") {
        break
      }
      if byte == UInt8(ascii: "@") { (start, port) = (end + 1, -1) }
      if byte == UInt8(ascii: ":"), port < 0 { port = end }
      end += 1
    }
    return start..<(port < 0 ? end : port)
  }

  /// The first place of a byte, -1 for none.
  @inline(never)
  private static func place(of byte: UInt8, in text: Span<UInt8>) -> Int {
    for index in text.indices where text[index] == byte { return index }
    return -1
  }

  /// Without regard to case.
  @inline(never)
  private static func ends(_ text: Span<UInt8>, with end: Span<UInt8>) -> Bool {
    let start = text.count - end.count
    guard start >= 0 else { return false }
    for index in end.indices where text[start + index].lowercased != end[index].lowercased {
      return false
    }
    return true
  }
}
