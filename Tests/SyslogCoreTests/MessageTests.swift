import SyslogCore
import Testing

@Suite("A datagram and its pieces")
struct MessageTests {
  @Test(
    "LFs and NULs at the end are no part of a message, in any mixture (BusyBox)",
    arguments: [
      ("a", 1), ("a\n", 1), ("a\0", 1), ("a\n\0\n\0", 1), ("a\nb\0c\n", 5), ("\n\0\n", 0),
      ("", 0), ("\0", 0), (" \n", 1),
    ])
  func trimming(datagram: String, count: Int) {
    #expect(Message.trimmedCount(Array(datagram.utf8).span) == count)
  }

  @Test(
    "A NUL ends a piece, and a piece may be empty, because BusyBox logs an empty line for it",
    arguments: [
      ("a", ["a"]), ("a\0b", ["a", "b"]), ("<13>a\0\0b", ["<13>a", "", "b"]),
      ("\0x", ["", "x"]), ("a\nb", ["a\nb"]), ("", []),
    ])
  func pieces(datagram: String, expected: [String]) {
    let bytes = Array(datagram.utf8)
    var start = 0
    var pieces: [String] = []
    while let range = Message.nextPiece(bytes.span, from: &start) {
      pieces.append(String(decoding: bytes[range], as: UTF8.self))
    }
    #expect(pieces == expected)
    #expect(Message.nextPiece(bytes.span, from: &start) == nil)
  }

  @Test("A start outside the datagram is its end")
  func strayStart() {
    for stray in [-1, Int.min, 4, Int.max] {
      var start = stray
      #expect(Message.nextPiece(Array("abc".utf8).span, from: &start) == nil)
    }
  }

  /// What `busybox syslogd` 1.35 took for a timestamp.
  static let timestamps: [(piece: String, text: String?)] = [
    ("<13>Jan  2 03:04:05 app: x", "app: x"),
    ("Jan  2 03:04:05 app: x", "app: x"),
    ("<13>Jan  2 03:04:05 ", ""),
    ("<13>Jan  2 03:04:05  two", " two"),
    // 15 bytes are not enough, with or without something else behind.
    ("<13>Jan  2 03:04:05", nil),
    ("<13>Jan  2 03:04:05x", nil),
    // It looks at five separators only.
    ("abc de fg:hi:jk x", "x"),
    ("Jan 32 25:61:61 x", "x"),
    ("Jan  2 03.04.05 x", nil),
    // It looks at what it writes: LF is a space by then, and a control character is two bytes.
    ("Jan\n 2 03:04:05 x", "x"),
    ("Jan  2 03:04:05\nx", "x"),
    ("a\u{1} xx xx:xx:xx x", "x"),
    ("\u{1}\u{2}\u{3} 03:04:05 x", nil),
    ("Ja\u{1} 2 03:04:05 x", nil),
    ("Jan\t 2 03:04:05 x", nil),
    ("app: hello, world, how are you", nil),
    ("", nil),
  ]

  @Test("A timestamp is where BusyBox sees one", arguments: timestamps)
  func timestamp(piece: String, text: String?) {
    let bytes = Array(piece.utf8)
    let message = Message(bytes.span)
    #expect(message.hasTimestamp == (text != nil))
    let rest = String(decoding: bytes[message.textStart...], as: UTF8.self)
    #expect(rest == text ?? String(decoding: bytes[message.contentStart...], as: UTF8.self))
  }

  @Test("Any bytes make a message whose parts are inside it and in order")
  func anyBytes() {
    var dice = Dice(state: 1)
    let alphabet = Array("<>0123 :Jan\n\t\0\u{1}é".utf8)
    for _ in 0..<20_000 {
      let piece = (0..<Int.random(in: 0...24, using: &dice)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &dice)]
      }
      let message = Message(piece.span)
      #expect(0 <= message.contentStart && message.contentStart <= message.textStart)
      #expect(message.textStart <= piece.count)
      #expect(message.hasTimestamp == (message.textStart > message.contentStart))
    }
  }
}
