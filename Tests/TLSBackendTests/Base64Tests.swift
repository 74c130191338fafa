import Testing

@testable import TLSBackend

@Suite("Base64 (RFC 4648)")
struct Base64Tests {
  /// RFC 4648 §10.
  static let vectors = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ]

  private func decode(_ text: String) -> [UInt8]? {
    var decoder = Base64Decoder()
    for symbol in text.utf8 where !decoder.feed(symbol) { return nil }
    return decoder.finish()
  }

  @Test("encodes the test vectors of RFC 4648 §10", arguments: vectors)
  func encodes(_ plain: String, _ encoded: String) {
    #expect(Base64.encode(Array(plain.utf8).span).words == encoded)
  }

  @Test("decodes the test vectors of RFC 4648 §10", arguments: vectors)
  func decodes(_ plain: String, _ encoded: String) {
    #expect(decode(encoded) == Array(plain.utf8))
  }

  @Test("every byte value survives the way there and back, at every length up to 256")
  func roundTrip() {
    for count in 0...256 {
      let bytes = (0..<count).map { UInt8($0 & 255) ^ 0xA5 }
      #expect(decode(Base64.encode(bytes.span).words) == bytes)
    }
  }

  @Test(
    "what is incomplete, padded wrongly or in another alphabet is refused",
    arguments: [
      "Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm8==", "Zm9v=", "=", "==", "Z===", "Zg==Zg==",
      "Zm9v\u{0}", "Zm-_", "Zm 9v", "Zg=\u{3D}x", "Zmé=",
    ])
  func refuses(_ text: String) {
    #expect(decode(text) == nil)
  }
}
