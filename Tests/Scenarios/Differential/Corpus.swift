/// Datagrams to compare programs with: everything that a world-writable socket may bring, in a
/// fixed order.
enum Corpus {
  /// The most of a datagram that the oracle reads, and this program.
  static let longest = 8192

  static let all: [[UInt8]] =
    MalformedDatagrams.all + priorities + facilitiesWithoutName + malformedPriorities + times
    + everyByte + insertedNULs + endings + sizes + encodings + repetitions + tags

  /// Without those whose facility is beyond the named 24. With rules, BusyBox looks these up
  /// behind the end of its table, and does what the heap says.
  static let forRules = all.filter { !mayLackFacilityName($0) }

  /// Every facility and severity that has a name.
  static let priorities: [[UInt8]] = (0..<192).map {
    Array("<\($0)>Jan  2 03:04:05 app[1]: facility \($0 / 8), severity \($0 % 8)".utf8)
  }

  static let facilitiesWithoutName: [[UInt8]] = (24..<128).map {
    Array("<\($0 * 8 + $0 % 8)>Jan  2 03:04:05 app[1]: facility \($0)".utf8)
  }

  static let malformedPriorities: [[UInt8]] =
    [
      "1024", "1025", "1037", "2047", "4096", "65535", "65536", "65549", "2147483647",
      "2147483648", "2147483661", "4294967295", "4294967296", "4294967309", "9223372036854775807",
      "9223372036854775808", "18446744073709551615", "18446744073709551616",
      "18446744073709551629", "99999999999999999999999999999999", "-0", "-1", "-13",
      "-4294967283", "+0", "+13", " 13", "13 ", "1 3", "\t13", "13\t", "\n13", "1\n3", "013",
      "0013", "00000000013", "08", "09", "0", "00", "0x0d", "0X0D", "x0d", "0b1101", "13.5",
      "13,", "1e1", "1a", "a1", "13a", "a", "é", "１３", "٣", "\u{1}", "13\u{1}", "\u{7f}", "*",
      "kern.info", "13<", "<13", "<", ">", "13>", "", "\"13\"", "13;14", "%d", "_13", "13_",
    ].map { Array("<\($0)>Jan  2 03:04:05 app[1]: PRI".utf8) }
    + [
      Array("<\(String(repeating: "0", count: 300))13>many zeros".utf8),
      Array("<\(String(repeating: "1", count: 300))>many ones".utf8),
      Array("<\(String(repeating: "9", count: 8190))".utf8),
      [60, 49, 0, 51, 62, 110], [60, 0, 49, 51, 62, 110], [60, 49, 51, 0, 62, 110],
      [60, 49, 51, 62, 0, 110], [60, 0, 60, 0, 60], [60, 0xff, 62, 110], [60, 49, 0x80, 62, 110],
    ]

  /// Almost times: every place of one replaced, and every length of one.
  static let times: [[UInt8]] = {
    let time = Array("Jan  2 03:04:05 ".utf8)
    var all: [[UInt8]] = []
    for place in time.indices {
      for byte: UInt8 in [32, 58, 120, 0, 1, 9, 10, 127, 200] {
        var changed = time
        changed[place] = byte
        all.append(Array("<14>".utf8) + changed + Array("app: place \(place) \(byte)".utf8))
      }
    }
    for length in 0...time.count {
      all.append(Array("<14>".utf8) + time.prefix(length))
      all.append(Array(time.prefix(length)))
      all.append(time.prefix(length) + Array("<14>".utf8) + time)
    }
    let texts = [
      "   : :  : :    x", "xxx xx xx:xx:xx x", "Jan  2 03:04:05  two spaces",
      "Jan  2 03:04:05.678 app: milliseconds", "Jan  2 2024 03:04:05 app: a year",
      "jan  2 03:04:05 app: small", "Jan  2 03:04:05: colon", "Jan  2 03:04:05 Jan  2 03:04:05 ",
      "2024-01-02T03:04:05Z app: ISO", "Jan  2 03:04:05\tapp: tab", " Jan  2 03:04:05 app: blank",
    ]
    return all + texts.map { Array("<15>\($0)".utf8) }
  }()

  /// Each byte inside, at the beginning and at the end of a message.
  static let everyByte: [[UInt8]] = (UInt8.min...UInt8.max).flatMap { byte -> [[UInt8]] in
    [
      Array("<12>app: byte \(byte) [".utf8) + [byte] + Array("] end".utf8),
      [byte] + Array("first is \(byte)".utf8), Array("<12>last is \(byte) ".utf8) + [byte],
    ]
  }

  static let insertedNULs: [[UInt8]] = {
    let text = Array("<11>Jan  2 03:04:05 a: b<10>c".utf8)
    return text.indices.flatMap { place -> [[UInt8]] in
      [text[..<place] + [0] + text[place...], text[..<place] + [0, 0, 10, 0] + text[place...]]
    }
  }()

  /// All endings of up to three bytes that are cut or kept, behind a message and alone.
  static let endings: [[UInt8]] = {
    var endings: [[UInt8]] = [[]]
    for _ in 0..<3 {
      endings += endings.flatMap { end in ([0, 10, 13, 32] as [UInt8]).map { end + [$0] } }
    }
    return endings.flatMap { [$0, Array("<10>Jan  2 03:04:05 app: ends".utf8) + $0] }
  }()
}
