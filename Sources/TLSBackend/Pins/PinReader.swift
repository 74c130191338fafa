internal import Bytes

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

  private var lines: LineReader

  init(_ text: Span<UInt8>) {
    lines = LineReader(text)
  }

  /// The next pin, nil at the end.
  mutating func next(_ text: Span<UInt8>) throws(TLSError) -> Item? {
    while let range = lines.next(text) {
      let content = text.extracting(range)
      if content.isEmpty || content[0] == UInt8(ascii: "#") { continue }
      if content.starts(with: "-----BEGIN ") { return try pemBlock(opened: content, in: text) }
      if let pin = try fingerprint(content) { return .pin(pin) }
      throw refusal(.notAPin(line: lines.line))
    }
    return nil
  }

  /// The pin that the text is, when it is one line with a fingerprint and nothing else.
  static func literal(_ text: Span<UInt8>) throws(TLSError) -> PinSet.Pin? {
    var reader = PinReader(text)
    guard let line = reader.lines.next(text) else { return nil }
    let pin = try reader.fingerprint(text.extracting(line))
    return reader.lines.next(text) == nil ? pin : nil
  }

  /// Nil when the line begins like none.
  private func fingerprint(_ line: Span<UInt8>) throws(TLSError) -> PinSet.Pin? {
    if line.starts(with: "sha256//") {
      return .spki(try digest(base64: line.extracting(droppingFirst: 8)))
    }
    // rsyslog's labels have no hyphen (T10, T11).
    if line.starts(with: "sha-256:") || line.starts(with: "SHA256:") {
      let bytes = try digest(hex: line, SHA256Digest.byteCount)
      return SHA256Digest(bytes.span).map { .certificate($0) }
    }
    if line.starts(with: "sha-1:") || line.starts(with: "SHA1:") {
      return .certificateSHA1(try digest(hex: line, 20))
    }
    return nil
  }

  private mutating func pemBlock(
    opened header: Span<UInt8>, in text: Span<UInt8>
  ) throws(TLSError) -> Item {
    let isKey = header.equals("-----BEGIN PUBLIC KEY-----")
    guard isKey || header.equals("-----BEGIN CERTIFICATE-----") else {
      if header.ends(with: "PRIVATE KEY-----") {
        throw refusal(.privateKeyAmongPins(line: lines.line))
      }
      if header.equals("-----BEGIN RSA PUBLIC KEY-----") {
        throw refusal(.pkcs1Key(line: lines.line))
      }
      throw refusal(.wrongLabel(line: lines.line))
    }
    let der = try lines.readPEM(
      until: isKey ? "-----END PUBLIC KEY-----" : "-----END CERTIFICATE-----", in: text)
    return isKey ? .publicKey(der: der) : .certificate(der: der)
  }

  private func digest(base64 text: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    var decoder = Base64Decoder()
    for index in text.indices where !decoder.feed(text[index]) {
      throw refusal(.badBase64Pin(line: lines.line))
    }
    guard let bytes = decoder.finish(), let digest = SHA256Digest(bytes.span) else {
      throw refusal(.wrongPinLength(line: lines.line))
    }
    return digest
  }

  /// The bytes behind the label.
  private func digest(hex text: Span<UInt8>, _ count: Int) throws(TLSError) -> [UInt8] {
    var bytes = Text([])
    var index = 0
    while index < text.count, text[index] != UInt8(ascii: ":") { index += 1 }
    index += 1
    while index + 1 < text.count, bytes.bytes.count < count,
      let high = text[index].hexValue, let low = text[index + 1].hexValue
    {
      bytes.append(high << 4 | low)
      index += 2
      // A colon stands between two bytes, never behind the last.
      if index < text.count - 1, text[index] == UInt8(ascii: ":") { index += 1 }
    }
    guard index == text.count, bytes.bytes.count == count else {
      throw refusal(.badFingerprint(line: lines.line, bytes: count))
    }
    return bytes.bytes
  }

  private func refusal(_ reason: Sentence) -> TLSError { TLSError(.configuration, reason) }
}
