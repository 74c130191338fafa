import Testing

@testable import SyslogCore

@Suite("Numbers of messages (RFC 5424 §7.3.1)") struct SequenceNumberTests {
  private static let now = Encoder5424Tests.now

  private func encoder(_ number: Int = 6) -> MessageEncoder {
    var encoder = MessageEncoder(.rfc5424)
    encoder.isNumbered = true
    encoder.number.value = number
    return encoder
  }

  /// Each message that comes seventh, and whether it uses up its number.
  static let table: [(piece: String, wire: String, next: Int)] = [
    (
      "<30>app[1]: text", "<30>1 \(now) app 1 - [meta sequenceId=\"7\"] text", 7
    ),
    ("<30>app:", "<30>1 \(now) app - - [meta sequenceId=\"7\"]", 7),
    ("", "<13>1 \(now) - - - [meta sequenceId=\"7\"]", 7),
    ("<192>app: text", "<13>1 \(now) - - - [meta sequenceId=\"7\"] <192>app: text", 7),
    // The NILVALUE is replaced, also at the end.
    (
      "<30>1 2025-11-24T07:30:01Z host app 1 id - text",
      "<30>1 2025-11-24T07:30:01Z host app 1 id [meta sequenceId=\"7\"] text", 7
    ),
    ("<0>1 - - - - - -", "<0>1 - - - - - [meta sequenceId=\"7\"]", 7),
    ("<0>1 - - - - - - - -", "<0>1 - - - - - [meta sequenceId=\"7\"] - -", 7),
    // In front of the client's elements, whatever is in them.
    (
      "<30>1 - - - - - [a@1 x=\"[meta\"][b@1] t",
      "<30>1 - - - - - [meta sequenceId=\"7\"]"
        + "[a@1 x=\"[meta\"][b@1] t", 7
    ),
    (
      "<30>1 - - - - - [meta@1 a=\"meta\"][metal][Meta] t",
      "<30>1 - - - - - [meta sequenceId=\"7\"][meta@1 a=\"meta\"][metal][Meta] t", 7
    ),
    // An SD-ID may occur once (§6.3.2): the client's element stays.
    ("<30>1 - - - - - [meta] t", "<30>1 - - - - - [meta] t", 6),
    (
      "<30>1 - - - - - [a@1][meta sequenceId=\"2\"] t",
      "<30>1 - - - - - [a@1][meta sequenceId=\"2\"] t", 6
    ),
  ]

  @Test("stand in the element meta, beside what is there", arguments: table.indices)
  func placed(row: Int) {
    let (piece, wire, next) = Self.table[row]
    var encoder = encoder()
    #expect(encoder.encode(piece).text == wire)
    #expect(encoder.number.value == next)
  }

  @Test("stand in front of timeQuality")
  func beside() {
    var encoder = encoder()
    let wire = encoder.encode("<30>app: text", at: time(isSynchronized: false))
    #expect(
      wire.text == "<30>1 \(Self.now) app - - [meta sequenceId=\"7\"]"
        + "[timeQuality tzKnown=\"1\" isSynced=\"0\"] text")
  }

  @Test("go from 1 to 2147483647, and begin again with 1; other formats have none")
  func range() {
    var encoder = encoder(0)
    #expect(encoder.encode("<30>a: t").text.contains("[meta sequenceId=\"1\"]"))
    #expect(encoder.encode("<0>1 - - - - - -").text.contains("[meta sequenceId=\"2\"]"))
    encoder.format = .rfc3164
    #expect(!encoder.encode("<30>a: t").text.contains("meta"))
    encoder.format = .raw
    #expect(encoder.encode("<30>1 - - - - - -").text == "<30>1 - - - - - -")
    encoder.format = .rfc5424
    #expect(encoder.encode("<30>a: t").text.contains("[meta sequenceId=\"3\"]"))
    encoder.number.value = Int(Int32.max) - 1
    #expect(encoder.encode("<30>a: t").text.contains("[meta sequenceId=\"2147483647\"]"))
    #expect(encoder.encode("<30>a: t").text.contains("[meta sequenceId=\"1\"]"))
  }

  @Test("with our own timestamps, in messages of RFC 5424")
  func ownTimestamps() {
    var encoder = MessageEncoder(
      format: .rfc5424,
      Originator(hostname: Array("h".utf8).span, timestamps: .own, utcOffset: { _ in 3600 }))
    encoder.isNumbered = true
    let stamp = "2025-11-24T07:30:01.000042+01:00"
    #expect(
      encoder.encode("<30>1 - host app - - - t").text
        == "<30>1 \(stamp) host app - - [meta sequenceId=\"1\"] t")
    #expect(
      encoder.encode("<30>1 2020-01-01T00:00:00Z host app - - [a] t").text
        == "<30>1 \(stamp) host app - - [meta sequenceId=\"2\"][a] t")
    #expect(
      encoder.encode("<30>app: t").text == "<30>1 \(stamp) h app - - [meta sequenceId=\"3\"] t")
  }

  @Test("in the longest header, and where there is no room for one")
  func longest() {
    let names = [255, 48, 128, 32].map { String(repeating: "n", count: $0) }.joined(separator: " ")
    let head = "<191>1 2025-11-24T07:30:01.123456+01:00 \(names) "
    var encoder = encoder()
    #expect(encoder.encode(head + "- text").text == head + "[meta sequenceId=\"7\"] text")
    // MSG is cut at the end, as any message that is too long for the format; an element never is.
    let long = head + "- " + String(repeating: "x", count: Message.maximumDatagram - head.count - 2)
    let wire = encoder.encode(long)
    #expect(wire.truncated && wire.bytes.count == Message.maximumDatagram)
    #expect(wire.text.hasPrefix(head + "[meta sequenceId=\"8\"] xx"))
    for spare in [0, 10, 40, 79] {
      let value = String(repeating: "v", count: Message.maximumDatagram - head.count - spare - 10)
      let full = head + "[a@1 x=\"\(value)\"]"
      #expect(encoder.encode(full).text == full)
    }
    #expect(encoder.number.value == 8)
  }
}
