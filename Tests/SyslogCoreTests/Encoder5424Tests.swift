import Testing

@testable import SyslogCore

@Suite("The format 5424")
struct Encoder5424Tests {
  /// What `received` is on the wire, and the host behind it.
  static let now = "2025-11-24T07:30:01.000042+01:00 router.example.net"

  static let table: [(rule: String, piece: String, wire: String)] = [
    // The C library's own form.
    (
      "M19", "<30>Nov 24 07:30:00 app[123]: text",
      "<30>1 2025-11-24T07:30:00+01:00 router.example.net app 123 - - text"
    ),
    ("M7", "<30>Nov 24 07:30:01 app[123]: text", "<30>1 \(now) app 123 - - text"),
    ("M19", "<0>app: text", "<0>1 \(now) app - - - text"),
    ("M19", "<191>app:text", "<191>1 \(now) app - - - text"),
    ("M19", "<30>app:  text", "<30>1 \(now) app - - -  text"),
    ("M19", "<30>app[1] text", "<30>1 \(now) - - - - app[1] text"),
    ("M19", "<30>app[1]:text", "<30>1 \(now) app 1 - - text"),
    ("M19", "<30>app[]: text", "<30>1 \(now) app - - - text"),
    ("M19", "<30>cron.daily/x-1[1]: text", "<30>1 \(now) cron.daily/x-1 1 - - text"),
    // An empty MSG has no space in front of it.
    ("M3", "<30>app:", "<30>1 \(now) app - - -"),
    ("M3", "<30>app: ", "<30>1 \(now) app - - -"),
    ("M3", "<30>Nov 24 07:30:01 ", "<30>1 \(now) - - - -"),
    ("M3", "<30>", "<30>1 \(now) - - - -"),
    ("M3", "", "<13>1 \(now) - - - -"),
    // No TAG: everything is MSG.
    ("M9", "<30>plain text: with a colon", "<30>1 \(now) - - - - plain text: with a colon"),
    ("M9", "<30>text", "<30>1 \(now) - - - - text"),
    ("M9", "<30>: text", "<30>1 \(now) - - - - : text"),
    ("M9", "<30>[    1.5] usb", "<30>1 \(now) - - - - [    1.5] usb"),
    ("M9", "<30> app: text", "<30>1 \(now) - - - -  app: text"),
    ("M9", "<30>app[1: text", "<30>1 \(now) - - - - app[1: text"),
    ("M9", "<30>app[1 2]: text", "<30>1 \(now) - - - - app[1 2]: text"),
    ("M9", "<30>äpp: text", "<30>1 \(now) - - - - äpp: text"),
    ("M9", "<30>a\tb: text", "<30>1 \(now) - - - - a\tb: text"),
    // A timestamp that is none stays.
    ("M7", "<30>Feb 30 07:30:01 app: text", "<30>1 \(now) - - - - Feb 30 07:30:01 app: text"),
    ("M7", "<30>Nov 24 07:30:60 app: text", "<30>1 \(now) - - - - Nov 24 07:30:60 app: text"),
    ("M7", "<30>abc de fg:hi:jk app: text", "<30>1 \(now) - - - - abc de fg:hi:jk app: text"),
    // No PRI is a message all the same; a PRI that is none stays.
    ("M6", "app: text", "<13>1 \(now) app - - - text"),
    ("M6", "<192>app: text", "<13>1 \(now) - - - - <192>app: text"),
    ("M6", "<1016>app: text", "<13>1 \(now) - - - - <1016>app: text"),
    ("M6", "<007>app: text", "<13>1 \(now) - - - - <007>app: text"),
    ("M6", "<12 text", "<13>1 \(now) - - - - <12 text"),
    ("M6", "<192>Nov 24 07:30:00 app: text", "<13>1 \(now) - - - - <192>Nov 24 07:30:00 app: text"),
    // Our own HOSTNAME is no TAG, somebody else's is no HOSTNAME.
    (
      "M19", "<30>Nov 24 07:30:01 router app[1]: text", "<30>1 \(now) app 1 - - text"
    ),
    (
      "M19", "<30>Nov 24 07:30:01 router.example.net app: text", "<30>1 \(now) app - - - text"
    ),
    ("M19", "<30>Nov 24 07:30:01 router: text", "<30>1 \(now) router - - - text"),
    ("M19", "<30>router app: text", "<30>1 \(now) - - - - router app: text"),
    ("M19", "<30>Nov 24 07:30:01 other app: text", "<30>1 \(now) - - - - other app: text"),
    // Only the start is touched.
    ("M12", "<30>app: \u{1}\n\u{7f} é", "<30>1 \(now) app - - - \u{1}\n\u{7f} é"),
    ("M12", "<30>app: \u{FEFF}é", "<30>1 \(now) app - - - \u{FEFF}é"),
    // Almost RFC 5424.
    ("M3", "<30>1 text", "<30>1 \(now) - - - - 1 text"),
    ("M3", "<30>2 - - - - - -", "<30>1 \(now) - - - - 2 - - - - - -"),
  ]

  @Test("a format that was changed and changed back leaves nothing of the other one's header")
  func changedBack() {
    let piece = "<30>Nov 24 07:30:00 app[123]: text"
    for format in [MessageFormat.rfc3164, .raw] {
      var encoder = MessageEncoder(.rfc5424)
      let before = encoder.encode(piece)
      encoder.format = format
      _ = encoder.encode(piece)
      _ = encoder.encode("<191>host")
      encoder.format = .rfc5424
      #expect(encoder.encode(piece) == before)
    }
  }

  @Test("A message is converted as RFC 5424 A.1 says (M19)", arguments: Self.table)
  func conversion(rule: String, piece: String, wire: String) {
    var encoder = MessageEncoder(.rfc5424)
    let encoded = encoder.encode(piece)
    #expect(encoded.bytes == Array(wire.utf8), "\(rule): \(encoded.text)")
    #expect(!encoded.truncated)
    let message = Message(encoded.bytes.span)
    #expect(message.hasValidPRI)
    #expect(RFC5424Header(encoded.bytes.span, from: message.contentStart) != nil)
  }

  @Test(
    "A message of RFC 5424 passes unaltered (M1)",
    arguments: RFC5424HeaderTests.valid.map(\.text))
  func unaltered(text: String) {
    var encoder = MessageEncoder(.rfc5424)
    #expect(encoder.encode("<165>" + text).bytes == Array(("<165>" + text).utf8))
    #expect(encoder.headerCount == 0)
  }

  @Test("One with a PRI that is none does not (M6)")
  func unalteredNeedsPRI() {
    var encoder = MessageEncoder(.rfc5424)
    #expect(
      encoder.encode("<192>1 - - - - - -").text
        == "<13>1 \(Self.now) - - - - <192>1 - - - - - -")
    #expect(encoder.encode("1 - - - - - -").text == "<13>1 \(Self.now) - - - - 1 - - - - - -")
  }

  @Test("A TAG of 48 bytes and a process of 128 are taken, longer ones stay in MSG (M9)")
  func tagLimits() {
    func run(_ count: Int) -> String { String(repeating: "t", count: count) }
    func wire(_ piece: String) -> String {
      var encoder = MessageEncoder(.rfc5424)
      return String(encoder.encode(piece).text.dropFirst("<30>1 \(Self.now) ".count))
    }
    #expect(wire("<30>\(run(48)): x") == "\(run(48)) - - - x")
    #expect(wire("<30>\(run(49)): x") == "- - - - \(run(49)): x")
    #expect(wire("<30>a[\(run(128))]: x") == "a \(run(128)) - - x")
    #expect(wire("<30>a[\(run(129))]: x") == "- - - - a[\(run(129))]: x")
    #expect(wire("<30>\(run(48))[\(run(128))]: x") == "\(run(48)) \(run(128)) - - x")
  }

  @Test("Without a synchronised clock, timeQuality says so, and nothing about accuracy (M13)")
  func timeQuality() {
    var encoder = MessageEncoder(.rfc5424)
    let quality = #"[timeQuality tzKnown="1" isSynced="0"]"#
    let time = time(isSynchronized: false)
    #expect(encoder.encode("<30>app: x", at: time).text == "<30>1 \(Self.now) app - - \(quality) x")
    #expect(encoder.encode("<30>", at: time).text == "<30>1 \(Self.now) - - - \(quality)")
    #expect(encoder.encode("<30>1 - - - - - - x", at: time).text == "<30>1 - - - - - - x")
  }

  @Test(
    "HOSTNAME is the name as given, in PRINTUSASCII and at most 255 bytes (M8)",
    arguments: [
      ("router", "router"), ("r.example.net", "r.example.net"), ("my host", "my?host"),
      ("h\u{e9}\n", "h???"), ("", "-"), ("(none)", "-"),
      (String(repeating: "h", count: 255), String(repeating: "h", count: 255)),
      (String(repeating: "h", count: 256), String(repeating: "h", count: 255)),
    ])
  func hostname(given: String, written: String) {
    var encoder = MessageEncoder(.rfc5424, hostname: given)
    #expect(
      encoder.encode("<30>x").text == "<30>1 2025-11-24T07:30:01.000042+01:00 \(written) - - - - x")
  }

  @Test("8192 bytes at most, cut at the end and not inside a character (M4, T15)")
  func limit() {
    var encoder = MessageEncoder(.rfc5424)
    let room = 8192 - encoder.encode("<30>a: x").bytes.count + 1
    let whole = encoder.encode("<30>a: " + String(repeating: "x", count: room))
    #expect(whole.bytes.count == 8192 && !whole.truncated)
    let cut = encoder.encode("<30>a: " + String(repeating: "x", count: room) + "y")
    #expect(cut.bytes == whole.bytes && cut.truncated)
    let character = encoder.encode("<30>a: " + String(repeating: "x", count: room - 1) + "€")
    #expect(character.bytes == whole.bytes.dropLast() && character.truncated)
    let unaltered = "<30>1 - - - - - - " + String(repeating: "x", count: 8192 - 18)
    #expect(encoder.encode(unaltered).text == unaltered)
    #expect(encoder.encode(unaltered + "y").text == unaltered)
    #expect(encoder.encode(unaltered + "y").truncated)
  }

  @Test("A message whose STRUCTURED-DATA would be cut is not passed as RFC 5424 (M1, M4)")
  func structuredDataBeyondLimit() {
    var encoder = MessageEncoder(.rfc5424)
    let value = String(repeating: "v", count: 8200)
    let encoded = encoder.encode(#"<30>1 - - - - - [a x="\#(value)"] text"#)
    #expect(encoded.text.hasPrefix("<30>1 \(Self.now) - - - - 1 - - - - - [a x="))
    #expect(encoded.bytes.count == 8192 && encoded.truncated)
  }

  @Test("A BOM in front of what is not UTF-8 is left out, and no BOM is ever added (M12)")
  func brokenBOM() {
    var encoder = MessageEncoder(.rfc5424)
    let piece = Array("<30>app: \u{FEFF}x".utf8) + [0xFF]
    let expected = Array("<30>1 \(Self.now) app - - - x".utf8) + [0xFF]
    #expect(encoder.encode(piece).bytes == expected)
    let only = encoder.encode(Array("<30>app: \u{FEFF}".utf8))
    #expect(only.text == "<30>1 \(Self.now) app - - - \u{FEFF}")
  }

  @Test("The longest header that can be asked for fits")
  func longestHeader() {
    func run(_ count: Int) -> String { String(repeating: "n", count: count) }
    var encoder = MessageEncoder(.rfc5424, hostname: run(300))
    let encoded = encoder.encode(
      "<191>\(run(48))[\(run(128))]: x", at: time(isSynchronized: false))
    #expect(
      encoded.text.hasSuffix(
        #"\#(run(48)) \#(run(128)) - [timeQuality tzKnown="1" isSynced="0"] x"#))
  }

  @Test("What is kept of the message before never shows in the next")
  func keptHeader() {
    var dice = Dice(state: 3)
    let names = ["app", "a", "kernel", "longer-name"]
    var kept = MessageEncoder(.rfc5424)
    for _ in 0..<5000 {
      let now = time(
        year: Int.random(in: 2024...2025, using: &dice), 1, 1, 0, 0,
        Int.random(in: 0...2, using: &dice), microsecond: Int.random(in: 0...999_999, using: &dice),
        utcOffsetMinutes: 60 * Int.random(in: -1...1, using: &dice),
        isSynchronized: Bool.random(using: &dice))
      let pri = [0, 7, 8, 99, 100, 191, 192][Int.random(in: 0..<7, using: &dice)]
      let stamp =
        Bool.random(using: &dice) ? "Jan  1 00:00:0\(Int.random(in: 0...2, using: &dice)) " : ""
      let name = names[Int.random(in: 0..<names.count, using: &dice)]
      let piece = Bool.random(using: &dice) ? "<\(pri)>\(stamp)\(name)[1]: x" : "<5>1 - - - - - - y"
      var fresh = MessageEncoder(.rfc5424)
      #expect(kept.encode(piece, at: now) == fresh.encode(piece, at: now))
    }
  }
}
