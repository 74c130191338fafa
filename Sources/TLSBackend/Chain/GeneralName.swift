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

  /// Whether a name lies within a subtree of the same form. A wildcard reaches into an excluded one
  /// when any name that it stands for does (CVE-2025-61727). Of a form that is not known, every name
  /// is excluded and none permitted.
  @inline(never)
  static func isWithin(
    _ form: UInt8, _ name: Span<UInt8>, _ tree: Span<UInt8>, isExcluded: Bool
  ) -> Bool {
    var name = name
    switch form {
    case address: return isWithin(address: name, tree)
    // The attributes of the one are what the other begins with.
    case directory:
      let base = tree.extracting(droppingFirst: header(of: tree))
      let content = name.extracting(droppingFirst: header(of: name))
      return content.count >= base.count
        && ends(content.extracting(first: base.count), with: base)
    case dns:
      // The dot of an absolute name, which a comparison of hosts passes over, too.
      if !name.isEmpty, name[name.count - 1] == UInt8(ascii: ".") {
        name = name.extracting(droppingLast: 1)
      }
    case mail:
      // A mailbox.
      if place(of: UInt8(ascii: "@"), in: tree) >= 0 {
        return name.count == tree.count && ends(name, with: tree)
      }
      name = name.extracting(droppingFirst: place(of: UInt8(ascii: "@"), in: name) + 1)
    case uri:
      name = name.extracting(host(of: name))
      // Without a host there is nothing to compare.
      if name.isEmpty { return isExcluded }
    default: return isExcluded
    }
    guard !tree.isEmpty else { return true }
    let rest = name.count - tree.count
    if ends(name, with: tree) {
      // A name and everything below it, or, where a period leads, only what is below: RFC 5280 does
      // not know that of a dNSName, and many authorities write it.
      if tree[0] == UInt8(ascii: ".") { return rest > 0 }
      return rest == 0 || form == dns && name[rest - 1] == UInt8(ascii: ".")
    }
    guard form == dns, isExcluded, !name.isEmpty, name[0] == UInt8(ascii: "*") else { return false }
    // One label instead of the star: the tree's first.
    let first = place(of: UInt8(ascii: "."), in: tree)
    return first > 0 && tree.count - first == name.count - 1
      && ends(name, with: tree.extracting(droppingFirst: first))
  }

  private static func isWithin(address: Span<UInt8>, _ tree: Span<UInt8>) -> Bool {
    let count = address.count
    guard tree.count == count * 2 else { return false }
    for index in 0..<count
    where (address[index] ^ tree[index]) & tree[index + count] != 0 { return false }
    return true
  }

  /// How long the header of an element is that was read before: tag and length (X.690 §8.1.3).
  private static func header(of element: Span<UInt8>) -> Int {
    guard element.count > 1 else { return 0 }
    let length = Int(element[1])
    return length < 0x80 ? 2 : min(2 + length & 0x7F, element.count)
  }

  /// What stands between `//` with a user, and a port, a path, a query or a fragment (RFC 3986 §3.2).
  /// Empty where there is none, or an address in brackets.
  private static func host(of uri: Span<UInt8>) -> Range<Int> {
    var start = place(of: UInt8(ascii: "/"), in: uri) + 2
    guard start >= 3, start <= uri.count, uri[start - 1] == UInt8(ascii: "/"),
      uri[start - 3] == UInt8(ascii: ":")
    else { return 0..<0 }
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
  static func ends(_ text: Span<UInt8>, with end: Span<UInt8>) -> Bool {
    let start = text.count - end.count
    guard start >= 0 else { return false }
    for index in end.indices where text[start + index].lowercased != end[index].lowercased {
      return false
    }
    return true
  }
}
