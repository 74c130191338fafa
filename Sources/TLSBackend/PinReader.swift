/// Walks through the text of a pin file, one pin at a time.
///
/// The text comes from an operator's file, or from an attacker who can write it: everything that
/// is not understood is refused with its line number, never skipped.
struct PinReader {
  enum Item {
    case pin(PinSet.Pin)
    case publicKey(der: [UInt8])
    case certificate(der: [UInt8])
  }

  private var position = 0
  private var line = 0

  init(_ text: Span<UInt8>) {
    // A byte order mark, as some editors leave it.
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { position = 3 }
  }

  /// The next pin, nil at the end.
  mutating func next(_ text: Span<UInt8>) throws(TLSError) -> Item? {
    while let range = nextLine(text) {
      let content = text.extracting(range)
      if content.isEmpty || content[0] == UInt8(ascii: "#") { continue }
      if content.starts(with: "-----BEGIN ") { return try pemBlock(opened: content, in: text) }
      if content.starts(with: "sha256//") {
        return .pin(.spki(try digest(base64: content.extracting(droppingFirst: 8))))
      }
      if content.starts(with: "sha-256:") || content.starts(with: "SHA256:") {
        let start = content[3] == UInt8(ascii: "-") ? 8 : 7
        return .pin(.certificate(try digest(hex: content.extracting(droppingFirst: start))))
      }
      throw refusal("is neither PEM, nor sha256//BASE64, nor sha-256:AA:BB..")
    }
    return nil
  }

  /// The next line without its line end and without white space around it.
  private mutating func nextLine(_ text: Span<UInt8>) -> Range<Int>? {
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

  private mutating func pemBlock(
    opened header: Span<UInt8>, in text: Span<UInt8>
  ) throws(TLSError) -> Item {
    let isKey = header.equals("-----BEGIN PUBLIC KEY-----")
    guard isKey || header.equals("-----BEGIN CERTIFICATE-----") else {
      if header.ends(with: "PRIVATE KEY-----") {
        throw refusal("begins a private key, which does not belong here")
      }
      if header.equals("-----BEGIN RSA PUBLIC KEY-----") {
        throw refusal("begins a PKCS#1 key; convert it: openssl rsa -RSAPublicKey_in -pubout")
      }
      throw refusal("begins neither a PUBLIC KEY nor a CERTIFICATE")
    }
    let end: StaticString = isKey ? "-----END PUBLIC KEY-----" : "-----END CERTIFICATE-----"
    let opening = line
    var decoder = Base64Decoder()
    while let range = nextLine(text) {
      let content = text.extracting(range)
      if content.equals(end) {
        guard let der = decoder.finish(), !der.isEmpty else {
          throw refusal("ends an incomplete PEM block")
        }
        return isKey ? .publicKey(der: der) : .certificate(der: der)
      }
      for index in content.indices where !decoder.feed(content[index]) {
        throw refusal("is not base64 inside a PEM block")
      }
    }
    line = opening
    throw refusal("begins a PEM block without an end")
  }

  private func digest(base64 text: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    var decoder = Base64Decoder()
    for index in text.indices where !decoder.feed(text[index]) {
      throw refusal("is not base64 after sha256//")
    }
    guard let bytes = decoder.finish(), let digest = SHA256Digest(bytes.span) else {
      throw refusal("does not hold 32 bytes of base64 after sha256//")
    }
    return digest
  }

  private func digest(hex text: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    var bytes: [UInt8] = []
    var index = 0
    while index + 1 < text.count, bytes.count < SHA256Digest.byteCount,
      let high = text[index].hexValue, let low = text[index + 1].hexValue
    {
      bytes.append(high << 4 | low)
      index += 2
      // A colon stands between two bytes, never behind the last.
      if index < text.count - 1, text[index] == UInt8(ascii: ":") { index += 1 }
    }
    guard index == text.count, let digest = SHA256Digest(bytes.span) else {
      throw refusal("does not hold 32 hexadecimal bytes after the label")
    }
    return digest
  }

  private func refusal(_ what: StaticString) -> TLSError {
    TLSError(.configuration, "line \(line) \(what)")
  }
}

extension UInt8 {
  /// Space, tab or carriage return.
  fileprivate var isBlank: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
  }

  fileprivate var hexValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension Span<UInt8> {
  fileprivate func starts(with prefix: StaticString) -> Bool {
    count >= prefix.utf8CodeUnitCount
      && extracting(first: prefix.utf8CodeUnitCount).equals(prefix)
  }

  fileprivate func ends(with suffix: StaticString) -> Bool {
    count >= suffix.utf8CodeUnitCount
      && extracting(last: suffix.utf8CodeUnitCount).equals(suffix)
  }

  fileprivate func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { buffer in
      for index in indices where unsafe self[index] != buffer[index] { return false }
      return true
    }
  }
}
