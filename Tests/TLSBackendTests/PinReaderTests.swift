import Bytes
import Testing

@testable import TLSBackend

@Suite("Pin files")
struct PinReaderTests {
  /// base64 of 32 bytes 0x11, as `sha256//` wants it.
  static let base64 = "ERERERERERERERERERERERERERERERERERERERERERE="
  static let hex = Array(repeating: "22", count: 32).joined(separator: ":")
  /// DER of one byte, 0x33 and 0x34, for `FakeContext`.
  static let key = "-----BEGIN PUBLIC KEY-----\nMw==\n-----END PUBLIC KEY-----\n"
  static let certificate = "-----BEGIN CERTIFICATE-----\nNA==\n-----END CERTIFICATE-----\n"

  @Test("a PEM public key pins the key")
  func publicKey() throws {
    let pins = try read(Self.key).get()
    #expect(pins.count == 1)
    #expect(pins.place(spki: 0x33) == 0)
  }

  @Test("a PEM certificate pins the key inside it, not the certificate")
  func certificate() throws {
    let pins = try read(Self.certificate).get()
    #expect(pins.count == 1)
    #expect(pins.place(spki: 0x34 | 0x80) == 0)
    #expect(pins.place(spki: 0, certificate: 0x34) == nil)
  }

  @Test("sha256// pins the key")
  func spki() throws {
    let pins = try read("sha256//\(Self.base64)").get()
    #expect(pins.place(spki: 0x11) == 0)
    #expect(pins.place(spki: 0, certificate: 0x11) == nil)
  }

  @Test(
    "sha-256: pins the certificate, in either case, with rsyslog's label, without colons (T10, T11)",
    arguments: [
      "sha-256:\(hex)", "SHA256:\(hex)", "sha-256:" + String(repeating: "22", count: 32),
    ])
  func fingerprint(_ text: String) throws {
    let pins = try read(text).get()
    #expect(pins.place(spki: 0, certificate: 0x22) == 0)
    #expect(pins.place(spki: 0x22) == nil)
  }

  @Test("hexadecimal digits may be of either case")
  func hexCase() throws {
    for digits in ["ab", "AB", "aB"] {
      let text = Array(repeating: digits, count: 32).joined(separator: ":")
      #expect(try read("sha-256:\(text)").get().place(spki: 0, certificate: 0xAB) == 0)
    }
  }

  @Test("all forms mix, in order, with comments, blank lines, indentation and a BOM")
  func mixture() throws {
    let text =
      "\u{FEFF}# old key\n\n  \(Self.key)\t\n#\nsha256//\(Self.base64)  \n\(Self.certificate)"
      + "sha-256:\(Self.hex)\n# end without a line end"
    let pins = try read(text).get()
    #expect(pins.count == 4)
    #expect(pins.place(spki: 0x33) == 0)
    #expect(pins.place(spki: 0x11) == 1)
    #expect(pins.place(spki: 0xB4) == 2)
    #expect(pins.place(spki: 0, certificate: 0x22) == 3)
  }

  @Test("CR LF line ends are line ends")
  func windows() throws {
    let text = "# pins\n\(Self.key)sha256//\(Self.base64)\n"
    var bytes: [UInt8] = []
    for byte in text.utf8 { bytes += byte == 10 ? [13, 10] : [byte] }
    #expect(try read(String(decoding: bytes, as: UTF8.self)).get().count == 2)
  }

  @Test("a repeated insert adds to what is there")
  func accumulates() throws {
    var pins = try read(Self.key).get()
    try pins.insert(
      contentsOf: Array("sha256//\(Self.base64)".utf8).span,
      using: FakeContext(TLSParameters()))
    #expect(pins.count == 2)
    #expect(pins.place(spki: 0x11) == 1)
  }
}

@Suite("Pin files that are refused")
struct PinReaderRefusalTests {
  static let refusals: [(text: String, reason: Sentence)] = [
    ("", .noPin),
    ("\u{FEFF}", .noPin),
    ("\n\r\n  \n# nothing\n", .noPin),
    ("garbage", .notAPin(line: 1)),
    ("# a\n\nsubject=CN = x\n", .notAPin(line: 3)),
    ("\u{0}", .notAPin(line: 1)),
    ("sha1//AAAA", .notAPin(line: 1)),
    ("sha256//", .wrongPinLength(line: 1)),
    ("sha256//ERER", .wrongPinLength(line: 1)),
    ("sha256//\(PinReaderTests.base64)=", .wrongPinLength(line: 1)),
    ("sha256//ERER\(PinReaderTests.base64)", .wrongPinLength(line: 1)),
    ("sha256//\(PinReaderTests.base64) # old", .badBase64Pin(line: 1)),
    ("sha256//*", .badBase64Pin(line: 1)),
    ("sha-256:", .badFingerprint(line: 1, bytes: 32)),
    ("sha-256:22:22", .badFingerprint(line: 1, bytes: 32)),
    ("sha-256:\(PinReaderTests.hex):", .badFingerprint(line: 1, bytes: 32)),
    ("sha-256:\(PinReaderTests.hex):22", .badFingerprint(line: 1, bytes: 32)),
    ("sha-256::\(PinReaderTests.hex)", .badFingerprint(line: 1, bytes: 32)),
    (
      "\n-----BEGIN PRIVATE KEY-----\nMw==\n-----END PRIVATE KEY-----",
      .privateKeyAmongPins(line: 2)
    ),
    ("-----BEGIN EC PRIVATE KEY-----", .privateKeyAmongPins(line: 1)),
    ("-----BEGIN RSA PUBLIC KEY-----", .pkcs1Key(line: 1)),
    ("-----BEGIN X509 CRL-----", .wrongLabel(line: 1)),
    ("-----BEGIN PUBLIC KEY----- x", .wrongLabel(line: 1)),
    ("# a\n-----BEGIN PUBLIC KEY-----\nMw==\n", .unterminatedPEM(line: 2)),
    ("-----BEGIN PUBLIC KEY-----", .unterminatedPEM(line: 1)),
    ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", .incompletePEM(line: 2)),
    ("-----BEGIN PUBLIC KEY-----\nMw=\n-----END PUBLIC KEY-----", .incompletePEM(line: 3)),
    ("-----BEGIN PUBLIC KEY-----\nMw==\n-----END CERTIFICATE-----", .badPEMBase64(line: 3)),
    ("-----BEGIN CERTIFICATE-----\nM w==\n-----END CERTIFICATE-----", .badPEMBase64(line: 2)),
    ("-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----", unreadableKey.reason),
    (PinReaderTests.key + "junk", .notAPin(line: 4)),
  ]

  @Test("what is not understood is refused with its line, never skipped", arguments: refusals)
  func refuses(_ text: String, _ reason: Sentence) throws {
    let error = #expect(throws: TLSError.self) { try read(text).get() }
    #expect(error?.kind == .configuration)
    #expect(error?.reason == reason)
  }

  @Test("a megabyte of one line is refused without a word of it in the reason")
  func longJunk() {
    let error = #expect(throws: TLSError.self) {
      try read("secret" + String(repeating: "A", count: 1 << 20)).get()
    }
    #expect(error?.reason.words.contains("secret") == false)
    #expect((error?.reason.words.utf8.count ?? 1000) < 100)
  }

  @Test("every prefix of a good file is read or refused, and never more pins than it holds")
  func prefixes() {
    let text =
      PinReaderTests.key + "sha256//\(PinReaderTests.base64)\nsha-256:\(PinReaderTests.hex)\n"
    for count in 0...text.utf8.count {
      let prefix = String(decoding: Array(text.utf8.prefix(count)), as: UTF8.self)
      if case .success(let pins) = read(prefix) {
        #expect((1...3).contains(pins.count))
      }
    }
  }
}
