import Bytes
import Testing

@testable import SyslogCore

@Suite("Statistics in Prometheus's text format")
struct ExpositionTests {
  private static let table: Literal = """
    counter things_total Things that were counted.
    "}
    gauge state What it does.
    ",state="idle"}
    ",state="busy"}
    counter last_total The last one.
    "}
    """

  private func text(_ things: [(label: Text, numbers: [UInt64?])]) -> String {
    let exposition = Exposition()
    for (label, numbers) in things {
      exposition.begin(label)
      for number in numbers { exposition.add(number) }
    }
    exposition.write(Self.table)
    return String(decoding: exposition.text.bytes, as: UTF8.self)
  }

  private func escaped(_ value: String) -> String {
    let escaped = Exposition.label("", "", Text(Array(value.utf8)))
    return String(decoding: escaped.bytes, as: UTF8.self)
  }

  @Test("all samples of a metric stand together behind one HELP and one TYPE")
  func together() {
    #expect(
      text([("{remote=\"a", [1, 0, 1, .max - 1]), ("{remote=\"b", [2, 1, 0, 0])]) == """
        # HELP syslogd_things_total Things that were counted.
        # TYPE syslogd_things_total counter
        syslogd_things_total{remote="a"} 1
        syslogd_things_total{remote="b"} 2
        # HELP syslogd_state What it does.
        # TYPE syslogd_state gauge
        syslogd_state{remote="a",state="idle"} 0
        syslogd_state{remote="b",state="idle"} 1
        syslogd_state{remote="a",state="busy"} 1
        syslogd_state{remote="b",state="busy"} 0
        # HELP syslogd_last_total The last one.
        # TYPE syslogd_last_total counter
        syslogd_last_total{remote="a"} 18446744073709551614
        syslogd_last_total{remote="b"} 0

        """)
  }

  @Test("a metric of one thing that needs no name has no labels")
  func bare() {
    let exposition = Exposition()
    exposition.begin("")
    exposition.add(7)
    exposition.add(8)
    exposition.write("counter one_total One.\n\ncounter two_total Two.\n")
    let lines = String(decoding: exposition.text.bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.filter { !$0.hasPrefix("#") } == ["syslogd_one_total 7", "syslogd_two_total 8"])
  }

  @Test("what one does not have is left out, and without anything to tell of there is no text")
  func missing() {
    let text = text([("{remote=\"a", [nil, 1, nil, nil]), ("{remote=\"b", [nil, nil, nil, nil])])
    let samples = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(samples == ["syslogd_state{remote=\"a\",state=\"idle\"} 1"])
    #expect(self.text([]).isEmpty)
  }

  @Test("who has fewer numbers than the table has samples shifts nobody else's")
  func fewer() {
    let text = text([("{remote=\"a", [3]), ("{remote=\"b", [4, 0, 1, 5]), ("{remote=\"c", [])])
    let samples = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      samples == [
        "syslogd_things_total{remote=\"a\"} 3", "syslogd_things_total{remote=\"b\"} 4",
        "syslogd_state{remote=\"b\",state=\"idle\"} 0",
        "syslogd_state{remote=\"b\",state=\"busy\"} 1", "syslogd_last_total{remote=\"b\"} 5",
      ])
  }

  @Test("the next table begins anew")
  func again() {
    let exposition = Exposition()
    exposition.begin("{remote=\"a")
    exposition.add(1)
    #expect(exposition.has("{remote=\"a") && exposition.count == 1)
    exposition.write("gauge one One.\n\"}")
    #expect(!exposition.has("{remote=\"a") && exposition.count == 0)
    let before = exposition.text
    exposition.write("gauge two Two.\n\"}")
    #expect(exposition.text == before)
  }

  @Test("labels stand behind each other")
  func labels() {
    let label = Exposition.label("{remote=\"a", "\",transport=\"", "tls")
    #expect(String(decoding: label.bytes, as: UTF8.self) == "{remote=\"a\",transport=\"tls")
  }

  @Test("a quotation mark, a backslash and a line feed in a value of a label are escaped")
  func escaping() {
    #expect(escaped("plain") == "plain")
    #expect(escaped("a\"b\\c\nd") == #"a\"b\\c\nd"#)
    #expect(escaped("\\n") == #"\\n"#)
  }

  @Test("what is not printable ASCII becomes question marks, so that the file is UTF-8")
  func unprintable() {
    #expect(escaped("a b\t\r\u{7f}") == "a b???")
    #expect(Exposition.label("", "", Text([0x61, 0xE9, 0x62, 0xC3])).bytes == Array("a?b?".utf8))
  }

  @Test(
    "no fingerprint of a key or a certificate is told",
    arguments: ["sha256//AAAA+/b=", "sha-256:AA:BB:01", "sha-1:AA:BB"])
  func fingerprints(pin: String) {
    #expect(
      escaped("the server's public key \(pin) does not match the pin in /etc/pin")
        == "the server's public key (hidden) does not match the pin in /etc/pin")
    #expect(escaped("key \(pin) (certificate \(pin))") == "key (hidden) (certificate (hidden))")
  }

  @Test("a long value is cut")
  func long() {
    let bound = Exposition.longestValue
    #expect(escaped(String(repeating: "a", count: bound + 1)).utf8.count == bound)
    #expect(escaped(String(repeating: "\"", count: bound + 1)).utf8.count == 2 * bound)
  }
}
