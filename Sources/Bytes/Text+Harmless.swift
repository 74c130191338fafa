// What others wrote, made fit for a log line or a terminal.
extension Text {
  /// With each control character as `\x0A`: a line stays one line, and a terminal only shows it.
  public var escaped: Text {
    var shown = Text([])
    for byte in bytes {
      guard byte.isControl else {
        shown.append(byte)
        continue
      }
      shown += "\\x"
      shown.append(hex: byte)
    }
    return shown
  }

  /// Appends the two digits of a byte, in upper case.
  public mutating func append(hex byte: UInt8) {
    append(UInt8(hexDigit: byte >> 4))
    append(UInt8(hexDigit: byte))
  }

  /// A name out of a certificate, which is a stranger's, to stand between quotation marks: the first
  /// 64 bytes, where what is not printable ASCII, or is a quotation mark, becomes a question mark.
  public init(quotable bytes: Span<UInt8>) {
    self.init([])
    for index in 0..<min(bytes.count, 64) {
      let byte = bytes[index]
      let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "'")
      append(isPlain ? byte : UInt8(ascii: "?"))
    }
  }
}
