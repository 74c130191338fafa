import Testing

@testable import Bytes

extension Text {
  fileprivate var string: String { String(decoding: bytes, as: UTF8.self) }
}

@Suite("Sentences and texts")
struct SentenceTests {
  @Test("each $ of a template stands for the next argument")
  func filled() {
    #expect(Sentence("nothing").text.string == "nothing")
    #expect(Sentence("$: $ of $", "a", "b", "c").text.string == "a: b of c")
    #expect(Sentence("$$", filledWith: ["x", "$"]).text.string == "x$")
  }

  @Test("whole numbers are written in decimal", arguments: [Int64.min, -1, 0, 7, 10, .max])
  func decimal(_ number: Int64) {
    #expect(Text(number).string == String(number))
    #expect(("\(number)" as Text).string == String(number))
  }

  @Test("control characters are shown, not sent to the terminal")
  func escaped() {
    #expect(Text("a\n\u{1B}[2J\u{7F}é").escaped.string == "a\\x0A\\x1B[2J\\x7Fé")
  }

  @Test("a stranger's name is cut and cannot end its quotation")
  func quotable() {
    let bytes = Array("it's\n".utf8) + [UInt8](repeating: 0x61, count: 100)
    let shown = Text(quotable: bytes.span).string
    #expect(shown == "it?s?" + String(repeating: "a", count: 59))
  }
}

@Suite("Numbers, dates, UTF-8")
struct NumberTests {
  @Test(
    "decimals are digits and nothing else",
    arguments: [
      ("0", 0), ("007", 7), ("9223372036854775807", .max), ("9223372036854775808", nil),
      ("", nil), ("-1", nil), ("+1", nil), (" 1", nil), ("1x", nil),
    ] as [(String, Int?)])
  func decimals(_ text: String, _ value: Int?) {
    #expect(Decimal.parse(Array(text.utf8)[...]) == value)
    if let value { #expect(Decimal.digits(of: value) == String(value).utf8.count) }
  }

  @Test(
    "a moment is a date and a time",
    arguments: [
      (0, "1970-01-01 00:00:00 UTC"), (951_827_696, "2000-02-29 12:34:56 UTC"),
      (-62_135_596_800, "0001-01-01 00:00:00 UTC"), (Int64.min, "0001-01-01 00:00:00 UTC"),
      (253_402_300_799, "9999-12-31 23:59:59 UTC"), (Int64.max, "9999-12-31 23:59:59 UTC"),
    ] as [(Int64, String)])
  func moments(_ seconds: Int64, _ text: String) {
    #expect(Text(utc: seconds).string == text)
  }

  @Test("a day and its number belong to each other over four centuries")
  func days() {
    for number in stride(from: Int64(-146_097), to: 146_097, by: 13) {
      #expect(CivilDate(daysSince1970: number).daysSince1970 == number)
    }
  }

  @Test("code points are those of the standard library, and of well-formed text only")
  func codePoints() {
    let text = "aß漢😀"
    #expect(
      UTF8Text.codePoints(Array(text.utf8).span) == text.unicodeScalars.map { $0.value })
    for bytes in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3]] as [[UInt8]] {
      #expect(UTF8Text.codePoints(bytes.span) == nil)
    }
  }
}

@Suite("HOST[:PORT]")
struct HostPortTests {
  private func parse(_ text: String) -> HostPort? {
    HostPort(Text(Array(text.utf8))) { literal in
      // As getaddrinfo with AI_NUMERICHOST has it, for what is asked here.
      ["::1", "fe80::1", "2001:db8::1", "192.0.2.1"].contains(literal.string)
    }
  }

  @Test(
    "a host, and a port if there is one",
    arguments: [
      ("h", "h", 0), ("h:1", "h", 1), ("h.:65535", "h.", 65535), ("::1", "::1", 0),
      ("[::1]", "::1", 0), ("[::1]:514", "::1", 514), ("fe80::1%eth0", "fe80::1%eth0", 0),
      ("[fe80::1%later]:7", "fe80::1%later", 7), ("192.0.2.1:9", "192.0.2.1", 9),
      ("log_host-1.example.NET:514", "log_host-1.example.NET", 514), ("3com", "3com", 0),
      ("fe80::1%br-lan.10@x", "fe80::1%br-lan.10@x", 0),
    ])
  func accepted(_ text: String, _ host: String, _ port: UInt16) {
    #expect(parse(text)?.host.string == host)
    #expect(parse(text)?.port == port)
  }

  @Test(
    "anything else is refused, by whichever program it is asked",
    arguments: [
      "", ":1", "h:", "h:0", "h:65536", "h:x", "h..:1", ".", "[::1:514", "[::1]514", "[::1]:",
      "h:1:2", "a b", "a\u{7F}", "fe80::1%", "[]:1", "%eth0:1:2",
      // What can be no name is none (RFC 1123 §2.1).
      "@h:514", "(o)h", "h;T", "h/x", "*", "h\\", "h'", "h%eth0", "[h]x", "b\u{FC}cher.example",
      "h+1", "h,i", "h~", "h^", "h`", "h{", "h[", "h=x", "h\r",
    ])
  func refused(_ text: String) {
    #expect(parse(text) == nil)
  }

  @Test("the name for SNI is neither an address nor ends with a dot")
  func serverName() {
    func name(_ host: Text) -> [UInt8]? {
      HostPort.serverName(of: host) { $0 == "192.0.2.1" }
    }
    #expect(name("a.example.") == Array("a.example".utf8))
    #expect(name("192.0.2.1") == nil)
    #expect(name("192.0.2.1.") == nil)
    #expect(name("::1") == nil)
  }
}
