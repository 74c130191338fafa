import Bytes
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("The settings of two remotes")
struct SettingsComparisonTests {
  /// One change of each setting, its name first.
  private static let changes: [(String, @Sendable (RemoteSettings) -> Void)] = [
    ("host", { $0.destination.host = "other.example.net" }),
    ("port", { $0.destination.port = 1514 }),
    ("transport", { $0.destination.transport = .tcp }),
    ("another pin", { $0.trust.pins.append(.file("/etc/pin")) }),
    ("the same pin, literal", { $0.trust.pins = [.literal("/etc/pins")] }),
    ("source", { $0.destination.source = SocketAddress(literal: "127.0.0.2", port: 0) }),
    ("no source", { $0.destination.source = nil }),
    ("device", { $0.destination.device = "eth1" }),
    ("framing", { $0.delivery.framing = .lineFeed }),
    ("format", { $0.delivery.format = .rfc3164 }),
    ("queue", { $0.delivery.queueCapacity = 65536 }),
    ("replay", { $0.delivery.replay = 65536 }),
    ("first wait", { $0.delivery.retry = Backoff(minimum: .seconds(2), maximum: .seconds(9)) }),
    ("longest wait", { $0.delivery.retry = Backoff(minimum: .seconds(1), maximum: .seconds(8)) }),
    ("connect timeout", { $0.delivery.connectTimeout = .seconds(1) }),
    ("handshake timeout", { $0.delivery.handshakeTimeout = .seconds(1) }),
    ("user timeout", { $0.delivery.userTimeout = .seconds(1) }),
    ("keepalive", { $0.delivery.keepalive = .seconds(1) }),
    ("server name", { $0.trust.tls.serverName = Array("other".utf8) }),
    ("lowest version", { $0.trust.tls.minimumVersion = .tls13 }),
    ("suites", { $0.trust.tls.cipherSuites = [.rsaWithAES128CBC] }),
    ("groups", { $0.trust.tls.groups = [] }),
    ("FIPS", { $0.trust.tls.requiresFIPS = true }),
    ("trust anchors", { $0.trust.authorities = ["/etc/ca.pem"] }),
    ("name to verify", { $0.trust.peerName = .dns(Array("other".utf8)) }),
    ("revocation lists", { $0.trust.revocationLists = ["/etc/crl.pem"] }),
    ("certificate", { $0.trust.certificate = "/etc/cert.pem" }),
    ("key", { $0.trust.key = "/etc/key.pem" }),
  ]

  private func settings() -> RemoteSettings {
    let settings = RemoteSettings()
    settings.destination.host = "logs.example.net"
    settings.destination.transport = .tls
    settings.trust.pins = [.file("/etc/pins")]
    settings.destination.source = SocketAddress(literal: "127.0.0.1", port: 0)
    settings.delivery.retry = Backoff(minimum: .seconds(1), maximum: .seconds(9))
    settings.trust.tls.serverName = Array("logs.example.net".utf8)
    return settings
  }

  @Test("are the same when every single one is, or a reload would overlook a change")
  func equality() {
    #expect(settings().equals(settings()))
    for (name, change) in Self.changes {
      let changed = settings()
      change(changed)
      #expect(!changed.equals(settings()), "\(name)")
      #expect(changed.copy().equals(changed), "\(name)")
    }
  }

  @Test("default to port 601, RFC 5424 and octet counting over plain TCP (RFC 6587)")
  func plainTCP() {
    let settings = RemoteSettings()
    settings.destination.transport = .tcp
    #expect(settings.effectivePort == 601)
    #expect(settings.effectiveFormat == .rfc5424)
    #expect(settings.delivery.framing == .octetCounting)
    settings.destination.host = "192.0.2.1"
    #expect(settings.name.string == "192.0.2.1:601")
  }

  @Test("tell addresses apart by family, address, port and scope")
  func addresses() {
    let all: [SocketAddress?] = [
      SocketAddress(literal: "127.0.0.1", port: 1), SocketAddress(literal: "127.0.0.1", port: 2),
      SocketAddress(literal: "127.0.0.2", port: 1), SocketAddress(literal: "::1", port: 1),
      SocketAddress(literal: "fe80::1", port: 1), SocketAddress(literal: "fe80::1%lo", port: 1),
    ]
    for (index, one) in all.enumerated() {
      #expect(one != nil)
      for (other, another) in all.enumerated() { #expect((one == another) == (index == other)) }
    }
  }
}
