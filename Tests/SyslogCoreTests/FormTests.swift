import Forms
import Foundation
import Testing

@testable import SyslogCore

/// What programs really send, in every format that has a header (Tests/Forms/README.md).
@Suite("Forms of real programs")
struct FormTests {
  @Test("are all understood")
  func complete() throws {
    #expect(Form.all.count > 70)
    #expect(Set(Form.all.map(\.name)).count == Form.all.count)
  }

  @Test("give the right time, host, name, process id and message with 5424", arguments: Form.all)
  func format5424(form: Form) throws {
    let wire = encode(form, .rfc5424)
    let grammar =
      #/<\d+>1 (\S+) (\S+) (\S+) (\S+) (\S+) (?:-|(?:\[(?:[^"\]]|"[^"]*")*\])+)(?: |$)/#
    let match = try #require(wire.head.prefixMatch(of: grammar), "\(wire.head)")
    let text = Array(wire.bytes.dropFirst(wire.head[match.range].utf8.count))
    #expect(match.1 == "-" ? form.time == nil : Form.seconds(String(match.1)) == form.time)
    #expect(form.isOwnHost ? Form.isOwn(match.2) : match.2 == "-")
    #expect("\(match.3) \(match.4) \(match.5)" == "\(form.app) \(form.procid) \(form.msgid)")
    #expect(text == form.msg, "\(wire.head)")
  }

  @Test("give the right time, host, tag and message with 3164", arguments: Form.all)
  func format3164(form: Form) throws {
    let wire = encode(form, .rfc3164)
    let match = try #require(wire.head.prefixMatch(of: #/<\d+>(.{15}) (\S+) /#), "\(wire.head)")
    let text = Array(wire.bytes.dropFirst(wire.head[match.range].utf8.count))
    #expect(String(match.1) == stamp(form.time ?? form.received))
    #expect(form.isOwnHost ? Form.isOwn(match.2) : ["-", "OpenWrt"].contains(match.2))
    #expect(form.isContent(text), "\(wire.head)")
  }

  /// Local time as RFC 3164 §4.1.2 writes it.
  private func stamp(_ seconds: Int) -> String {
    var parts = tm()
    var local = time_t(seconds + Form.utcOffset)
    gmtime_r(&local, &parts)
    var text = [CChar](repeating: 0, count: 16)
    let count = strftime(&text, 16, "%b %e %H:%M:%S", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func encode(_ form: Form, _ format: MessageFormat) -> (head: String, bytes: [UInt8]) {
    var parts = tm()
    var local = time_t(form.received + Form.utcOffset)
    gmtime_r(&local, &parts)
    let now = time(
      year: Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday),
      Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), microsecond: 500_000,
      utcOffsetMinutes: Form.utcOffset / 60)
    let host = Originator(
      hostname: Array(Form.hostname.utf8).span, timestamps: .client,
      utcOffset: { _ in Int32(Form.utcOffset) })
    var encoder = MessageEncoder(format: format, host)
    let bytes = encoder.encode(form.piece, at: now).bytes
    return (String(decoding: bytes, as: UTF8.self), bytes)
  }
}
