/// Walks through PEM blocks (RFC 7468): certificates, revocation lists, keys.
///
/// What stands outside of a block is a comment, as every reader of PEM has it. What is inside must
/// be right: it is refused with its line, never skipped.
public struct PEMReader {
  /// One block, decoded.
  public struct Block {
    /// What its first line calls it, e.g. "CERTIFICATE".
    public let label: Text
    public let der: [UInt8]
    /// Where it begins, counted from 1.
    public let line: Int
  }

  private var lines: LineReader

  public init(_ text: Span<UInt8>) {
    lines = LineReader(text)
  }

  /// The next block, nil at the end. Throws `.configuration` with the line that is wrong.
  public mutating func next(_ text: Span<UInt8>) throws(TLSError) -> Block? {
    while let range = lines.next(text) {
      let content = text.extracting(range)
      guard content.starts(with: "-----BEGIN "), content.ends(with: "-----") else { continue }
      var label: Text = ""
      for index in 11..<max(11, content.count - 5) { label.append(content[index]) }
      let opening = lines.line
      let der = try lines.readPEM(until: "-----END \(label)-----", in: text)
      return Block(label: label, der: der, line: opening)
    }
    return nil
  }
}

/// Lines of a file without their ends and the white space around them.
struct LineReader {
  private var position = 0
  /// The number of the line read last, counted from 1.
  private(set) var line = 0

  init(_ text: Span<UInt8>) {
    // A byte order mark, as some editors leave it.
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { position = 3 }
  }

  mutating func next(_ text: Span<UInt8>) -> Range<Int>? {
    guard position < text.count else { return nil }
    var start = position
    var end = position
    while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
    position = min(end + 1, text.count)
    line += 1
    while start < end, text[start].isBlank { start += 1 }
    while end > start, text[end - 1].isBlank { end -= 1 }
    return start..<end
  }

  /// The content of a block whose beginning has been read. Throws `.configuration` with the line.
  mutating func readPEM(until end: Text, in text: Span<UInt8>) throws(TLSError) -> [UInt8] {
    let opening = line
    var decoder = Base64Decoder()
    // RFC 1421 §4.6: what is encrypted begins with headers.
    var isEncrypted = false
    while let range = next(text) {
      let content = text.extracting(range)
      if content.equals(end.bytes.span) {
        if isEncrypted { throw refusal("begins what is encrypted: nobody is here to ask", opening) }
        guard let der = decoder.finish(), !der.isEmpty else {
          throw refusal("ends an incomplete PEM block", line)
        }
        return der
      }
      if content.starts(with: "Proc-Type:") { isEncrypted = true }
      if isEncrypted { continue }
      for index in content.indices where !decoder.feed(content[index]) {
        throw refusal("is not base64 inside a PEM block", line)
      }
    }
    throw refusal("begins a PEM block without an end", opening)
  }

  func refusal(_ what: StaticString, _ line: Int) -> TLSError {
    TLSError(.configuration, "line \(line) \(what)")
  }
}

extension UInt8 {
  /// Space, tab or carriage return.
  fileprivate var isBlank: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
  }
}

extension Span<UInt8> {
  func starts(with prefix: StaticString) -> Bool {
    count >= prefix.utf8CodeUnitCount
      && extracting(first: prefix.utf8CodeUnitCount).equals(prefix)
  }

  func ends(with suffix: StaticString) -> Bool {
    count >= suffix.utf8CodeUnitCount
      && extracting(last: suffix.utf8CodeUnitCount).equals(suffix)
  }

  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { buffer in
      for index in indices where unsafe self[index] != buffer[index] { return false }
      return true
    }
  }

  func equals(_ bytes: Span<UInt8>) -> Bool {
    guard count == bytes.count else { return false }
    for index in indices where self[index] != bytes[index] { return false }
    return true
  }
}

/// Writes PEM (RFC 7468 §2).
public enum PEM {
  /// One block with lines of 64 characters.
  public static func encode(_ label: Text, _ der: Span<UInt8>) -> Text {
    var text: Text = "-----BEGIN \(label)-----\n"
    var column = 0
    for byte in Base64.encode(der).bytes {
      text.append(byte)
      column += 1
      if column % 64 == 0 { text.append(UInt8(ascii: "\n")) }
    }
    if column % 64 != 0 { text.append(UInt8(ascii: "\n")) }
    return text + "-----END \(label)-----\n"
  }
}
