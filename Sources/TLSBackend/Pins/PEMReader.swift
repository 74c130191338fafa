public import Bytes

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
