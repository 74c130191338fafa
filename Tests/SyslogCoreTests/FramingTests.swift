import Testing

@testable import SyslogCore

@Suite("Framing") struct FramingTests {
  @Test("octet counting is MSG-LEN SP MSG without leading zeros (RFC 5425 §4.3, T14, F1)")
  func octetCounting() {
    var queue = MessageQueue(capacity: 64 * 1024)
    for length in [1, 9, 10, 99, 100, 999, 1000, 8192] {
      let text = String(repeating: "x", count: length)
      #expect(queue.put(text) == .queued)
      #expect(queue.takeRun() == "\(length) \(text)")
    }
  }

  @Test("the header and the body are one message (T14)")
  func headerAndBody() {
    var queue = MessageQueue(capacity: 64 * 1024)
    _ = queue.append(
      .info, from: 0, .octetCounting, header: Array("<13>1 ".utf8).span,
      body: Array("hello".utf8).span)
    #expect(queue.takeRun() == "11 <13>1 hello")
  }

  @Test("an LF ends a message, and an LF or NUL inside becomes a space (RFC 6587 §3.4.2, F2)")
  func lineFeed() {
    var queue = MessageQueue(capacity: 64 * 1024)
    _ = queue.append(
      .info, from: 0, .lineFeed, header: Array("<13>a\nb".utf8).span,
      body: Array("c\0d\n\r\te".utf8).span)
    #expect(queue.takeRun() == "<13>a bc d \r\te\n")
  }

  @Test("octet counting leaves every octet as it is (M1)")
  func octetsUnchanged() {
    var queue = MessageQueue(capacity: 64 * 1024)
    let octets = (0...255).map { UInt8($0) }
    _ = queue.append(.info, from: 0, .octetCounting, header: [UInt8]().span, body: octets.span)
    let seen = queue.withRun(limit: 16384) { span in span.copied() }
    #expect(seen == Array("256 ".utf8) + octets)
  }
}
