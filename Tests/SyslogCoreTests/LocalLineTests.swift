import SyslogCore
import Testing

@Suite("The local line")
struct LocalLineTests {
  private func line(
    _ piece: [UInt8], hostname: String = "vm", _ style: LocalLine.Style = .full,
    _ timestamps: LocalLine.Timestamps = .client
  ) -> [UInt8] {
    let local = LocalLine(
      hostname: Array(hostname.utf8).span, style: style, timestamps: timestamps)
    var buffer: [UInt8] = []
    local.append(piece.span, Message(piece.span), at: received, to: &buffer)
    return buffer
  }

  /// What `busybox syslogd` 1.35 wrote, with its time replaced by `received` and the LF left out.
  static let transcript: [(piece: String, line: String)] = [
    ("<13>a", "Nov 24 07:30:01 vm user.notice a"),
    ("", "Nov 24 07:30:01 vm user.notice "),
    ("<12t3", "Nov 24 07:30:01 vm user.notice t3"),
    ("<12 t4", "Nov 24 07:30:01 vm user.warn  t4"),
    ("<1016>t5", "Nov 24 07:30:01 vm <1016> t5"),
    ("<5>>t11", "Nov 24 07:30:01 vm kern.notice >t11"),
    ("<100>p12", "Nov 24 07:30:01 vm <100> p12"),
    ("<192>p24", "Nov 24 07:30:01 vm mark.emerg p24"),
    ("<201>p25", "Nov 24 07:30:01 vm <201> p25"),
    ("<191>p23", "Nov 24 07:30:01 vm local7.debug p23"),
    ("<13>Jan  2 03:04:05 app: t13", "Jan  2 03:04:05 vm user.notice app: t13"),
    ("Jan\n 2 03:04:05 t14", "Jan  2 03:04:05 vm user.notice t14"),
    ("a\u{1} xx xx:xx:xx t15", "a^A xx xx:xx:xx vm user.notice t15"),
    ("abc de fg:hi:jk t16", "abc de fg:hi:jk vm user.notice t16"),
    ("<13>Jan  2 03:04:05 ", "Jan  2 03:04:05 vm user.notice "),
    ("<13>Jan  2 03:04:05", "Nov 24 07:30:01 vm user.notice Jan  2 03:04:05"),
    ("<13>Jan  2 03:04:05  two", "Jan  2 03:04:05 vm user.notice  two"),
    ("two\nlines\n", "Nov 24 07:30:01 vm user.notice two lines "),
  ]

  @Test("A line is BusyBox's, byte for byte", arguments: transcript)
  func likeBusyBox(piece: String, line expected: String) {
    #expect(String(decoding: line(Array(piece.utf8)), as: UTF8.self) == expected + "\n")
  }

  @Test("Control characters become '^' and a letter; LF, TAB, DEL and 8-bit bytes do not (BusyBox)")
  func everyByte() {
    for byte in UInt8(0)...255 {
      let expected: [UInt8] =
        switch byte {
        case UInt8(ascii: "\n"): [UInt8(ascii: " ")]
        case UInt8(ascii: "\t"): [byte]
        case 0..<0x20: [UInt8(ascii: "^"), byte + 0x40]
        default: [byte]
        }
      #expect(line([UInt8(ascii: "x"), byte], .short).dropFirst(17).dropLast() == expected[...])
    }
  }

  @Test("-S leaves out host and priority; -t drops the client's time")
  func options() {
    let piece = Array("<30>Jan  2 03:04:05 app: x".utf8)
    func text(_ style: LocalLine.Style, _ timestamps: LocalLine.Timestamps) -> String {
      String(decoding: line(piece, style, timestamps), as: UTF8.self)
    }
    #expect(text(.short, .client) == "Jan  2 03:04:05 app: x\n")
    #expect(text(.short, .own) == "Nov 24 07:30:01 app: x\n")
    #expect(text(.full, .own) == "Nov 24 07:30:01 vm daemon.info app: x\n")
  }

  @Test(
    "The host name ends at its first '.' and after 64 bytes (BusyBox), and cannot end the line",
    arguments: [
      ("router.example.net", "router"), ("", "?"), (".x", ""), ("a\nb", "a?b"),
      ("(none)", "(none)"),
      (String(repeating: "h", count: 70), String(repeating: "h", count: 64)),
    ])
  func hostname(given: String, written: String) {
    let text = String(decoding: line(Array("x".utf8), hostname: given), as: UTF8.self)
    #expect(text == "Nov 24 07:30:01 \(written) user.notice x\n")
  }

  @Test("Lines are appended to what the buffer holds already")
  func appending() {
    let local = LocalLine(hostname: [UInt8]().span, style: .short, timestamps: .own)
    var buffer = Array("before\n".utf8)
    for piece in ["a", "b"].map({ Array($0.utf8) }) {
      local.append(piece.span, Message(piece.span), at: received, to: &buffer)
    }
    #expect(
      String(decoding: buffer, as: UTF8.self)
        == "before\nNov 24 07:30:01 a\nNov 24 07:30:01 b\n")
  }

  @Test("8192 control characters fit into their line")
  func worstCase() {
    let name = String(repeating: "h", count: 64)
    let written = line(
      Array("<1016>".utf8) + [UInt8](repeating: 1, count: 8192), hostname: name)
    #expect(written.count == 15 + 1 + 64 + 1 + 6 + 1 + 2 * 8192 + 1)
  }
}
