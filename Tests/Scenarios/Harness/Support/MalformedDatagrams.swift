import Foundation

/// What a world-writable socket may receive: some well-formed datagrams and many malformed ones.
/// None is longer than 1,023 bytes; `Corpus` has longer ones, and many more.
enum MalformedDatagrams {
  static let all: [[UInt8]] = texts.map { Array($0.utf8) } + binary

  private static let texts = [
    "<13>Jan  2 03:04:05 app: plain",
    "<13>Jan  2 03:04:05 app[123]: with a process id",
    "<13>Jan 12 03:04:05 router app: with a host name",
    "<0>Jan  2 03:04:05 kernel: emergency",
    "<191>Jan  2 03:04:05 app: local7.debug",
    "<192>Jan  2 03:04:05 app: one too many",
    "<1016>Jan  2 03:04:05 app: facility 127",
    "<1023>Jan  2 03:04:05 app: all of 0x3ff",
    "<1024>Jan  2 03:04:05 app: beyond 0x3ff",
    "<99999999999999999999>Jan  2 03:04:05 app: overflows",
    "<-1>Jan  2 03:04:05 app: negative",
    "<+13>Jan  2 03:04:05 app: signed",
    "< 13>Jan  2 03:04:05 app: space in PRI",
    "<13 >Jan  2 03:04:05 app: space behind",
    "<013>Jan  2 03:04:05 app: leading zero",
    "<0x0d>Jan  2 03:04:05 app: hexadecimal",
    "<>Jan  2 03:04:05 app: empty PRI",
    "<13Jan  2 03:04:05 app: unclosed PRI",
    "<13", "<", ">", "<>", "<13>", "13>app: no opening",
    "<13><14>app: two PRIs",
    "app: no PRI",
    "Jan  2 03:04:05 app: time but no PRI",
    "<13>app: PRI but no time",
    "<13>Jan 02 03:04:05 app: zero-padded day",
    "<13>Xxx 99 99:99:99 app: looks like a time",
    "<13>Jan  2 03:04:05",
    "<13>Jan  2 03:04:05 ",
    "<13>Jan  2 03:04:0", "<13>Jan  2",
    "<13>2024-01-02T03:04:05Z host app: ISO time",
    "<13>1 2024-01-02T03:04:05.123456+01:00 host app 12 ID [a@1 b=\"c\\]\"] RFC 5424",
    "<13>1 - - - - - -",
    "x", " ", "\t", "   leading space",
    "<13>trailing space   ",
    "<13>trailing newline\n", "<13>two newlines\n\n", "<13>CR LF\r\n",
    "\n<13>leading newline", "<13>inner\nnewline", "<13>inner\r\nCR LF",
    "<13>tab\there", "<13>bell\u{7}", "<13>escape\u{1b}[31mred\u{1b}[0m", "<13>DEL\u{7f}",
    "<13>Jan  2 03:04:05 äöü: UTF-8 in the tag ✓ 日本語 🙂",
    "<13>\u{feff}BOM",
    "<13>percent %s %n %99999d", "<13>quote \" backslash \\ bracket ]",
    "<13>app[: unclosed bracket", "<13>: empty tag", "<13>app[]: empty id",
    "<13>" + String(repeating: "t", count: 60) + ": long tag",
    "<13>" + String(repeating: "long ", count: 200),
    "<13>" + String(repeating: "e", count: 1_018),
    "<13>" + String(repeating: "f", count: 1_019),
    String(repeating: "<", count: 100), String(repeating: "<13>", count: 50),
  ]

  private static let binary: [[UInt8]] =
    [
      [], [0], [10], [0, 0, 0], [10, 0, 10, 0], [13, 10], [255], [0x80], [0xC3],
      Array("<13>ends with NUL".utf8) + [0],
      Array("<13>ends with NULs and newlines".utf8) + [0, 10, 0, 10],
      Array("<13>inner".utf8) + [0] + Array("<14>NUL".utf8),
      Array("<13>two".utf8) + [0, 0] + Array("NULs".utf8),
      [0] + Array("<13>begins with NUL".utf8),
      Array("<13>NUL".utf8) + [0, 10] + Array("then newline".utf8) + [10],
      Array("<13>not UTF-8: ".utf8) + [0xff, 0xfe, 0xc3, 0x28, 0x80],
      Array("<13>overlong: ".utf8) + [0xc0, 0xaf],
      Array("<13>surrogate: ".utf8) + [0xed, 0xa0, 0x80],
      Array("<13>all: ".utf8) + (1...255).map { UInt8($0) },
      Array("<13>control: ".utf8) + (0..<32).map { UInt8($0) } + Array("end".utf8),
    ]
}
