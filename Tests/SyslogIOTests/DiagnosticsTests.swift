import Bytes
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("What the daemon has to say")
struct DiagnosticsTests {
  @Test("is handed over once, in order, with its priority")
  func taken() {
    let diagnostics = Diagnostics()
    diagnostics.write(.syslogErr, Sentence("first"))
    diagnostics.write(.syslogInfo, Sentence("second"))
    let lines = diagnostics.removeLines()
    #expect(lines.map { $0.sentence.string } == ["first", "second"])
    #expect(lines.map { $0.priority } == [.syslogErr, .syslogInfo])
    #expect(diagnostics.removeLines().isEmpty)
  }

  @Test("is 1,024 lines in one turn at most, and how many more there were")
  func limit() {
    let diagnostics = Diagnostics()
    for number in 1...1100 { diagnostics.write(.syslogInfo, Sentence("$", Text(number))) }
    let lines = diagnostics.removeLines()
    #expect(lines.count == 1025)
    #expect(lines.dropLast().last?.sentence.string == "1024")
    #expect(lines.last?.sentence == .omitted(76))
    diagnostics.write(.syslogInfo, Sentence("next"))
    #expect(diagnostics.removeLines().map { $0.sentence.string } == ["next"])
  }
}

@Suite("A remote's settings")
struct RemoteSettingsTests {
  static let names: [(host: String, port: UInt16, isTLS: Bool, name: String)] = [
    ("loghost", 0, false, "loghost:514"),
    ("loghost", 0, true, "loghost:6514"),
    ("loghost", 99, true, "loghost:99"),
    ("192.0.2.1", 0, false, "192.0.2.1:514"),
    ("2001:db8::1", 0, true, "[2001:db8::1]:6514"),
    ("2001:db8::1", 99, false, "[2001:db8::1]:99"),
  ]

  @Test(
    "name it host:port, with its transport's port, and brackets for IPv6 (T1)", arguments: names)
  func name(_ host: String, _ port: UInt16, _ isTLS: Bool, _ name: String) {
    let settings = RemoteSettings()
    settings.destination.host = Text(of: host)
    settings.destination.port = port
    settings.destination.transport = isTLS ? .tls : .udp
    #expect(settings.name.string == name)
  }

  @Test("default to BusyBox's bytes on UDP and to RFC 5424 with octet counting on TLS (T14)")
  func defaults() {
    let settings = RemoteSettings()
    #expect(settings.effectiveFormat == .raw)
    settings.destination.transport = .tls
    #expect(settings.effectiveFormat == .rfc5424)
    settings.delivery.format = .rfc3164
    #expect(settings.effectiveFormat == .rfc3164)
    #expect(settings.delivery.framing == .octetCounting)
    #expect(settings.delivery.queueCapacity == nil)
    #expect(settings.delivery.retry.minimum == Interval(milliseconds: 400))
    #expect(settings.delivery.retry.maximum == .seconds(1500))
    #expect(settings.delivery.connectTimeout == .seconds(10))
    #expect(settings.delivery.handshakeTimeout == .seconds(10))
    #expect(settings.trust.pins.isEmpty)
  }
}
