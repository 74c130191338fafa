import Testing

@testable import SyslogCore

@Suite("The formats raw and 3164")
struct Encoder3164Tests {
  static let table: [(rule: String, piece: String, wire: String)] = [
    // PRI and TIMESTAMP are right: HOSTNAME goes between.
    ("B4", "<30>Jan  2 03:04:05 app[1]: x", "<30>Jan  2 03:04:05 router app[1]: x"),
    ("B4", "<0>Dec 31 23:59:59 x", "<0>Dec 31 23:59:59 router x"),
    ("B2", "<30>Jan 02 03:04:05 app: x", "<30>Jan  2 03:04:05 router app: x"),
    // It has our name already, with or without domain.
    ("B4", "<30>Jan  2 03:04:05 router app: x", "<30>Jan  2 03:04:05 router app: x"),
    (
      "B4", "<30>Jan  2 03:04:05 router.example.net app: x",
      "<30>Jan  2 03:04:05 router app: x"
    ),
    ("B4", "<30>Jan  2 03:04:05 router: x", "<30>Jan  2 03:04:05 router router: x"),
    ("B4", "<30>Jan  2 03:04:05 routers x", "<30>Jan  2 03:04:05 router routers x"),
    // No TIMESTAMP, or one that is none.
    ("B5", "<30>app[1]: x", "<30>Nov 24 07:30:01 router app[1]: x"),
    ("B5", "<30>Jan 32 03:04:05 x", "<30>Nov 24 07:30:01 router Jan 32 03:04:05 x"),
    ("B5", "<30>Jan  2 24:04:05 x", "<30>Nov 24 07:30:01 router Jan  2 24:04:05 x"),
    ("B5", "<30>Feb 30 03:04:05 x", "<30>Nov 24 07:30:01 router Feb 30 03:04:05 x"),
    ("B5", "<30>abc de fg:hi:jk x", "<30>Nov 24 07:30:01 router abc de fg:hi:jk x"),
    ("B5", "<30>", "<30>Nov 24 07:30:01 router "),
    // No PRI, or one that is none: all of it is content.
    ("B6", "app: x", "<13>Nov 24 07:30:01 router app: x"),
    ("B6", "<192>app: x", "<13>Nov 24 07:30:01 router <192>app: x"),
    ("B6", "<007>app: x", "<13>Nov 24 07:30:01 router <007>app: x"),
    ("B6", "<12 app: x", "<13>Nov 24 07:30:01 router <12 app: x"),
    ("B6", "Jan  2 03:04:05 app: x", "<13>Nov 24 07:30:01 router Jan  2 03:04:05 app: x"),
    ("B6", "", "<13>Nov 24 07:30:01 router "),
  ]

  @Test("3164: a header is repaired as RFC 3164 §4.3 asks of a relay", arguments: Self.table)
  func repair(rule: String, piece: String, wire: String) {
    var encoder = MessageEncoder(.rfc3164)
    let encoded = encoder.encode(piece)
    #expect(encoded.text == wire, "\(rule)")
    #expect(!encoded.truncated)
  }

  static let modern: [(piece: String, wire: String)] = [
    // The examples of RFC 5424 §6.5.
    (
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{FEFF}'su root' failed",
      "<34>Oct 11 23:14:15 mymachine su: 'su root' failed"
    ),
    (
      "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time",
      "<165>Aug 24 13:14:15 192.0.2.1 myproc[8710]: %% It's time"
    ),
    (
      #"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [ex@32473 iut="3"]"#,
      "<165>Oct 11 23:14:15 mymachine evntslog: "
    ),
    ("<30>1 - - - - - - text", "<30>Nov 24 07:30:01 router text"),
    ("<30>1 - - app - - - text", "<30>Nov 24 07:30:01 router app: text"),
    ("<30>1 - - - 12 - - text", "<30>Nov 24 07:30:01 router text"),
    ("<30>1 - - - - - -", "<30>Nov 24 07:30:01 router "),
    ("<30>1 2025-11-24T07:30:00+01:00 h a 1 m - x", "<30>Nov 24 07:30:00 h a[1]: x"),
    // Almost RFC 5424.
    ("<30>1 - - - - - text", "<30>Nov 24 07:30:01 router 1 - - - - - text"),
  ]

  @Test("3164: RFC 5424 from a client keeps its time, names and text", arguments: modern)
  func fromRFC5424(piece: String, wire: String) {
    var encoder = MessageEncoder(.rfc3164)
    #expect(encoder.encode(piece).text == wire)
    let reread = Message(Array(wire.utf8).span)
    #expect(reread.hasValidPRI && reread.clientTimestamp != nil)
  }

  @Test("3164: the longest names of RFC 5424 fit")
  func longNames() {
    func run(_ letter: String, _ count: Int) -> String { String(repeating: letter, count: count) }
    var encoder = MessageEncoder(.rfc3164)
    let names = "\(run("h", 255)) \(run("a", 48)) \(run("p", 128))"
    let encoded = encoder.encode("<191>1 - \(names) - - \(run("x", 2000))")
    #expect(encoded.truncated && encoded.bytes.count == 1024)
    #expect(
      encoded.text.hasPrefix(
        "<191>Nov 24 07:30:01 \(run("h", 255)) \(run("a", 48))[\(run("p", 128))]: x"))
  }

  @Test(
    "3164: HOSTNAME has no domain and no spaces (B2)",
    arguments: [
      ("router", "router"), ("r.example", "r"), ("my host", "my?host"), ("h\u{e9}", "h??"),
      ("", "-"), ("(none)", "-"), (".example", "-"),
    ])
  func hostname(given: String, written: String) {
    var encoder = MessageEncoder(.rfc3164, hostname: given)
    #expect(encoder.encode("<30>x").text == "<30>Nov 24 07:30:01 \(written) x")
  }

  @Test("3164: a HOSTNAME of our own that is unknown is not looked for in the message (B4)")
  func unknownHostname() {
    var encoder = MessageEncoder(.rfc3164, hostname: "")
    #expect(
      encoder.encode("<30>Jan  2 03:04:05 - x").text == "<30>Jan  2 03:04:05 - - x")
  }

  @Test(
    "3164: 1024 bytes at most, cut at the end (B1)",
    arguments: ["<30>", "<30>Jan  2 03:04:05 ", "<30>Jan  2 03:04:05 router ", ""])
  func limit(start: String) {
    var encoder = MessageEncoder(.rfc3164)
    let header = encoder.encode(start).bytes.count
    let room = 1024 - header
    let whole = encoder.encode(start + String(repeating: "x", count: room))
    #expect(whole.bytes.count == 1024 && !whole.truncated)
    let cut = encoder.encode(start + String(repeating: "x", count: room) + "y")
    #expect(cut.bytes == whole.bytes && cut.truncated)
  }

  @Test("raw: every byte as received, with BusyBox's reading of the severity (M1)")
  func raw() {
    var encoder = MessageEncoder(.raw)
    for piece in ["<30>Jan  2 03:04:05 a: x", "x", "", "<1016>\u{1}\n\0é", "<30>1 - - - - - -"] {
      let encoded = encoder.encode(piece)
      #expect(encoded.text == piece)
      #expect(encoder.headerCount == 0)
      #expect(encoded.severity == Message(Array(piece.utf8).span).priority.severity)
    }
  }

  @Test("raw: 8192 bytes at most, and then it says so (T15)")
  func rawLimit() {
    var encoder = MessageEncoder(.raw)
    let longest = [UInt8](repeating: UInt8(ascii: "x"), count: 8192)
    #expect(encoder.encode(longest).bytes == longest)
    #expect(!encoder.encode(longest).truncated)
    #expect(encoder.encode(longest + [0]).bytes == longest)
    #expect(encoder.encode(longest + [0]).truncated)
  }

  @Test("The severity is that of the PRI on the wire")
  func severity() {
    var encoder = MessageEncoder(.rfc3164)
    #expect(encoder.encode("<3>x").severity == .error)
    #expect(encoder.encode("<1016>x").severity == .notice)
    encoder = MessageEncoder(.rfc5424)
    #expect(encoder.encode("<3>x").severity == .error)
    #expect(encoder.encode("<1016>x").severity == .notice)
    #expect(encoder.encode("<3>1 - - - - - -").severity == .error)
  }
}
