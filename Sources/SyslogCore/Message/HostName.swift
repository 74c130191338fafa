internal import Bytes

/// Our name in the forms that the headers want, from what `uname` gives.
struct HostName: Sendable {
  /// "(none)", byte by byte: a literal String would bring its Unicode machinery along.
  private static let kernelDefault: [UInt8] = [0x28, 0x6E, 0x6F, 0x6E, 0x65, 0x29]

  /// RFC 5424 HOSTNAME: as given (M8), at most 255 bytes, NILVALUE when there is none.
  let full: [UInt8]
  /// RFC 3164 HOSTNAME: without the domain (B2).
  let short: [UInt8]

  /// Bytes that may not stand in a HOSTNAME become '?': the length stays, and nothing hides that
  /// the name was a strange one. "(none)" is Linux's way to say that none was set.
  init(_ name: Span<UInt8>) {
    var full: [UInt8] = []
    for index in name.indices where full.count < HostName.limit {
      full.append(name[index].isPrintable ? name[index] : UInt8(ascii: "?"))
    }
    if full == HostName.kernelDefault { full = [] }
    var short: [UInt8] = []
    for byte in full {
      if byte == UInt8(ascii: ".") { break }
      short.append(byte)
    }
    self.full = full.isEmpty ? HostName.none : full
    self.short = short.isEmpty ? HostName.none : short
  }

  /// RFC 5424 §6.2.4.
  static let limit = 255
  /// NILVALUE, which RFC 3164 does not have, but its receivers understand.
  private static var none: [UInt8] { [UInt8(ascii: "-")] }

  /// Behind our own name in either form and one space, when they stand at `start`; nil otherwise.
  func end(in piece: Span<UInt8>, at start: Int) -> Int? {
    HostName.end(of: short, in: piece, at: start) ?? HostName.end(of: full, in: piece, at: start)
  }

  private static func end(of name: [UInt8], in piece: Span<UInt8>, at start: Int) -> Int? {
    guard piece.count - start > name.count, name.count > 1 || name[0] != UInt8(ascii: "-") else {
      return nil
    }
    for index in name.indices where piece[start + index] != name[index] { return nil }
    let end = start + name.count
    return piece[end] == UInt8(ascii: " ") ? end + 1 : nil
  }
}
