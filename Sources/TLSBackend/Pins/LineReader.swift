internal import Bytes

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
    // In one piece: a key that grew would leave its beginning behind, where nobody wipes it.
    var ahead = self
    var symbols = 0
    while let range = ahead.next(text), !text.extracting(range).equals(end.bytes.span) {
      symbols += range.count
    }
    var decoder = Base64Decoder(symbols: symbols)
    // RFC 1421 §4.6: what is encrypted begins with headers.
    var isEncrypted = false
    while let range = next(text) {
      let content = text.extracting(range)
      if content.equals(end.bytes.span) {
        if isEncrypted { throw TLSError(.configuration, .encrypted(line: opening)) }
        guard let der = decoder.finish(), !der.isEmpty else {
          throw TLSError(.configuration, .incompletePEM(line: line))
        }
        return der
      }
      if content.starts(with: "Proc-Type:") { isEncrypted = true }
      if isEncrypted { continue }
      for index in content.indices where !decoder.feed(content[index]) {
        throw TLSError(.configuration, .badPEMBase64(line: line))
      }
    }
    throw TLSError(.configuration, .unterminatedPEM(line: opening))
  }
}

extension UInt8 {
  /// Space, tab or carriage return.
  fileprivate var isBlank: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
  }
}
