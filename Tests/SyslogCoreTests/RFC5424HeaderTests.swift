import Bytes
import Testing

@testable import SyslogCore

@Suite("The grammar of RFC 5424")
struct RFC5424HeaderTests {
  private func accepts(_ text: [UInt8]) -> Bool {
    RFC5424Header(text.span, from: 0) != nil
  }

  static let valid: [(text: String, message: String)] = [
    ("1 - - - - - -", ""),
    ("1 - - - - - - ", ""),
    ("1 - - - - - - text", "text"),
    ("1 - - - - - -  text", " text"),
    (
      "1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{FEFF}'su root'",
      "\u{FEFF}'su root'"
    ),
    ("1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's", "%% It's"),
    ("1 2003-10-11T22:14:15Z h a p m [a@1]", ""),
    (#"1 - h a p m [a@1 x="1" y=""][b@1 z="\"\\\]"] text"#, "text"),
    (#"1 - h a p m [a@1 x="\n is two characters"]"#, ""),
    (#"1 - h a p m [a@1 x="€ 𐍈"] t"#, "t"),
    (#"1 - h a p m [a@1 x="ends with \\"] t"#, "t"),
    ("1 2024-02-29T23:59:59.1+23:59 h a p m - t", "t"),
    ("1 2000-02-29T00:00:00Z h a p m - t", "t"),
  ]

  @Test("A message that follows it is recognised, and its MSG found (M1, M3)", arguments: valid)
  func recognised(text: String, message: String) {
    let bytes = Array(text.utf8)
    let start = RFC5424Header(bytes.span, from: 0)?.messageStart
    #expect(start.map { Array(bytes[$0...]) } == Array(message.utf8))
  }

  @Test(
    "A message that breaks it anywhere is not (M3, M7, M9, M10)",
    arguments: [
      "", "1", "1 ", "2 - - - - - -", "11 - - - - - -", "0 - - - - - -", "01 - - - - - -",
      " 1 - - - - - -", "1  - - - - - -", "1 - - - - -", "1 - - - - - ", "1 - -  - - - -",
      "1 - - - - - -text", "1 - - - - - text", "1 - - - - - [a]text",
      // TIMESTAMP
      "1 2003-10-11t22:14:15Z - - - - -", "1 2003-10-11T22:14:15z - - - - -",
      "1 2003-10-11T22:14:15 - - - - -", "1 2003-10-11T24:14:15Z - - - - -",
      "1 2003-10-11T22:60:15Z - - - - -", "1 2003-10-11T22:14:60Z - - - - -",
      "1 2003-10-11T22:14:15.Z - - - - -", "1 2003-10-11T22:14:15.0000003Z - - - - -",
      "1 2003-10-11T22:14:15+24:00 - - - - -", "1 2003-10-11T22:14:15+0700 - - - - -",
      "1 2003-13-11T22:14:15Z - - - - -", "1 2003-00-11T22:14:15Z - - - - -",
      "1 2003-02-29T22:14:15Z - - - - -", "1 1900-02-29T22:14:15Z - - - - -",
      "1 2003-04-31T22:14:15Z - - - - -", "1 2003-04-00T22:14:15Z - - - - -",
      "1 2003-10-11 22:14:15Z - - - - -", "1 03-10-11T22:14:15Z - - - - -", "1 2003 - - - - -",
      // The names
      "1 - h\u{7f} - - - -", "1 - hé - - - -", "1 - h\t - - - -",
      // STRUCTURED-DATA
      "1 - - - - - []", "1 - - - - - [", "1 - - - - - [a", "1 - - - - - [a ]",
      "1 - - - - - [a x]", "1 - - - - - [a x=1]", #"1 - - - - - [a x="1]"#,
      #"1 - - - - - [a x="1"y="2"]"#, #"1 - - - - - [a  x="1"]"#, #"1 - - - - - [a ="1"]"#,
      #"1 - - - - - [a x="]"]"#, #"1 - - - - - [a x="\"]"#, #"1 - - - - - [a=b]"#,
      #"1 - - - - - ["a"]"#, #"1 - - - - - -[a]"#,
    ])
  func refused(text: String) {
    #expect(!accepts(Array(text.utf8)))
  }

  @Test("Each name has its length, and not one byte more (M8, M9, M10)")
  func lengths() {
    func text(_ host: Int, _ app: Int, _ process: Int, _ id: Int, _ data: Int, _ name: Int)
      -> [UInt8]
    {
      let run = { String(repeating: "n", count: $0) }
      return Array(
        "1 - \(run(host)) \(run(app)) \(run(process)) \(run(id)) [\(run(data)) \(run(name))=\"\"]"
          .utf8)
    }
    #expect(accepts(text(255, 48, 128, 32, 32, 32)))
    #expect(!accepts(text(256, 48, 128, 32, 32, 32)))
    #expect(!accepts(text(255, 49, 128, 32, 32, 32)))
    #expect(!accepts(text(255, 48, 129, 32, 32, 32)))
    #expect(!accepts(text(255, 48, 128, 33, 32, 32)))
    #expect(!accepts(text(255, 48, 128, 32, 33, 32)))
    #expect(!accepts(text(255, 48, 128, 32, 32, 33)))
  }

  @Test(
    "A parameter value is UTF-8 in its shortest form (M10)",
    arguments: [
      [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xC3], [0xE2, 0x82], [0xFF],
    ] as [[UInt8]])
  func shortestForm(value: [UInt8]) {
    #expect(!accepts(Array(#"1 - - - - - [a x=""#.utf8) + value + Array(#""]"#.utf8)))
  }

  @Test("UTF-8 is what the standard library takes for UTF-8")
  func utf8() {
    var dice = Dice(state: 2)
    let edges: [UInt8] =
      [0, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF]
      + [0xE0, 0xE1, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF]
    for _ in 0..<50_000 {
      let bytes = (0..<Int.random(in: 1...5, using: &dice)).map { _ in
        edges[Int.random(in: 0..<edges.count, using: &dice)]
      }
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect(UTF8Text.isValid(bytes.span, from: 0, to: bytes.count) == isValid)
    }
  }

  @Test("A cut is never inside a character, and takes no more than that character (M4)")
  func cut() {
    let bytes = Array("aé€𐍈z".utf8)
    let cuts = (1..<bytes.count).map { UTF8Text.cut(bytes.span, at: $0) }
    #expect(cuts == [1, 1, 3, 3, 3, 6, 6, 6, 6, 10])
    let garbage = [UInt8](repeating: 0x80, count: 9)
    #expect((0..<9).map { UTF8Text.cut(garbage.span, at: $0) } == Array(0..<9))
    let broken: [UInt8] = [0x61, 0xE2, 0x82, 0x61]
    #expect((0..<4).map { UTF8Text.cut(broken.span, at: $0) } == [0, 1, 2, 3])
  }
}
