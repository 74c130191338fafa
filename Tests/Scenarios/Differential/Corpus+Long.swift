/// Sizes, encodings, repetitions and tags.
extension Corpus {
  static let sizes: [[UInt8]] = {
    var all: [[UInt8]] = []
    let edges = [16, 128, 255, 256, 512, 1023, 1024, 2047, 2048, 4096, longest]
    for edge in edges {
      for size in (edge - 1)...(edge + 1) {
        all.append(filled("<13>Jan  2 03:04:05 app: ", with: [97 + UInt8(size % 26)], to: size))
        all.append(filled("<9>", with: [1], to: size))
      }
    }
    for size in [longest + 2, 9000, 10_000, 16_384, 20_000, 60_000] {
      all.append(filled("<13>Jan  2 03:04:05 app: ", with: Array("long ".utf8), to: size))
    }
    // What is cut off would have ended the line, or begun the next.
    for ending: [UInt8] in [[10], [0], [10, 0], [0, 98], [10, 98]] {
      all.append(filled("<13>cut ", with: [99], to: longest) + ending)
      all.append(filled("<13>cut ", with: [99], to: longest - 1) + ending)
      all.append(filled("<13>cut ", with: [99], to: longest - 2) + ending)
    }
    all.append(filled("<13>", with: [0], to: longest + 5))
    all.append(filled("<13>", with: [10], to: longest + 5))
    all.append(filled("", with: [0], to: longest))
    all.append(filled("", with: [60, 0], to: 500))
    all.append(filled("", with: Array("<14>x\0".utf8), to: 600))
    return all
  }()

  static let encodings: [[UInt8]] =
    [
      "Grüße aus Köln", "日本語のログ", "emoji 🙂👩‍👩‍👧", "combining e\u{301}", "\u{feff}BOM",
      "right to left \u{202e}abc", "zero width \u{200b}", "line \u{2028} separator",
      "C1 \u{85} next line", "private \u{e000}", "last \u{10ffff}", "non-breaking\u{a0}space",
    ].map { Array("<13>Jan  2 03:04:05 app: \($0)".utf8) }
    + [
      [0xc3], [0xc3, 0x28], [0xe2, 0x82], [0xe2, 0x28, 0xa1], [0xf0, 0x9f, 0x99],
      [0xf0, 0x28, 0x8c, 0xbc], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80], [0xff, 0xff], [0xfe, 0xff, 0, 65], [0x80, 0x81, 0x9f, 0xa0],
    ].map { Array("<13>app: bad UTF-8 ".utf8) + $0 }
    // Cut within a character.
    + (0..<4).map {
      filled("<13>", with: [120], to: longest - $0) + Array("🙂".utf8)
    }

  /// What `-D` drops, and what only looks like it.
  static let repetitions: [[UInt8]] = {
    let one = Array("<13>Jan  2 03:04:05 app: once more".utf8)
    let other = Array("<13>Jan  2 03:04:06 app: once more".utf8)
    let higher = Array("<12>Jan  2 03:04:05 app: once more".utf8)
    let long = filled("<13>", with: [100], to: longest)
    let split = one + [0] + other
    return [
      one, one, one, other, other, one, other, one, higher, higher, one, one + [10], one + [0],
      one + [10, 0], one, [], one, [10], one, [0], one, [32], one, split, split, one, long, long,
      long + [101], long + [102], Array(long.dropLast()), Array(long.dropLast()), [120], [120],
      [120, 10], [121], [120], one.dropLast(), one, one + [33], one, one,
    ]
  }()

  static let tags: [[UInt8]] =
    (0..<40).map { "\(String(repeating: "t", count: $0 * 3))[\($0)]: tag of \($0 * 3)" }
    .map { Array("<13>Jan  2 03:04:05 \($0)".utf8) }
    + [
      "a/b[1]: path", "a.b-c_d: dots", "[1]: no name", "a[: open", "a]: close", "a[]: empty",
      "a[1: half", "a[1] no colon", "a : blank", ": colon", "::", "a[x]: not a number",
      "a[99999999999999999999]: huge", "a[-1]: negative", "kernel: [    0.000000] boot",
      "last message repeated 3 times", "-- MARK --", "syslogd exiting", "@REMOTE *.*", "# comment",
      "\\", "\\n", "\"", "'", "%s%n%99d", "$(id)", "`id`", "app: \t tab", "app:no blank",
    ].map { Array("<14>Jan  2 03:04:05 \($0)".utf8) }

  /// `text` and then `filler` over and over, `size` bytes in all.
  static func filled(_ text: String, with filler: [UInt8], to size: Int) -> [UInt8] {
    var datagram = Array(text.utf8)
    while datagram.count < size { datagram += filler }
    return Array(datagram.prefix(size))
  }

  /// Whether any piece between NULs claims a facility of 24 to 127, in whatever way.
  static func mayLackFacilityName(_ datagram: [UInt8]) -> Bool {
    datagram.split(separator: 0).contains { piece in
      guard piece.first == 60 else { return false }
      var value: UInt64 = 0
      for digit in piece.dropFirst().prefix(19) {
        guard (48...57).contains(digit) else { break }
        value = value * 10 + UInt64(digit - 48)
      }
      return (192...1023).contains(value)
    }
  }
}
