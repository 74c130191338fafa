import Testing

@testable import TLSBackend

@Suite("The name that a server must have")
struct PeerNameTests {
  private func name(_ text: String) -> PeerName? { PeerName(host: Array(text.utf8).span) }

  private func matches(_ configured: String, _ presented: String...) throws -> Bool {
    try #require(name(configured)).matches(.made(dnsNames: presented))
  }

  @Test("is compared without regard to case, label by label (N4)")
  func exact() throws {
    #expect(try matches("logs.example.net", "LOGS.Example.NET"))
    #expect(try matches("Logs.example.net.", "logs.example.net"))
    #expect(try matches("logs.example.net", "other.example.net", "logs.example.net."))
    #expect(try !matches("logs.example.net", "logs.example.ne"))
    #expect(try !matches("logs.example.net", "xlogs.example.net"))
    #expect(try !matches("logs.example.net", ""))
    #expect(try !matches("logs.example.net"))
  }

  @Test("a wildcard is the whole left-most label and stands for exactly one (T20, N5)")
  func wildcards() throws {
    #expect(try matches("logs.example.net", "*.example.net"))
    #expect(try !matches("a.logs.example.net", "*.example.net"))
    #expect(try !matches("example.net", "*.example.net"))
    #expect(try !matches("logs.example.net", "l*.example.net"))
    #expect(try !matches("logs.example.net", "logs.*.net"))
    #expect(try !matches("logs.example.net", "*.*.net"))
    #expect(try !matches("example.net", "*.net"))
    #expect(try !matches("net", "*"))
    #expect(try !matches("logs.example.net", "*.", "*", ".", ".example.net"))
  }

  @Test("may be a pattern itself (T21)")
  func pattern() throws {
    #expect(try matches("*.example.net", "a.example.net"))
    #expect(try matches("*.example.net", "*.example.net"))
    #expect(try !matches("*.example.net", "a.b.example.net"))
    #expect(try !matches("*.example.net", "example.net"))
  }

  @Test("of other letters is converted to A-labels (T22)")
  func international() throws {
    #expect(name("bücher.example") == name("xn--bcher-kva.example"))
    #expect(name("例え.テスト") == name("xn--r8jz45g.xn--zckzah"))
    #expect(name("münchen-ost.de") == name("xn--mnchen-ost-9db.de"))
    #expect(name("faß.de") == name("xn--fa-hia.de"))
    #expect(try matches("bücher.example", "xn--bcher-kva.example"))
  }

  @Test("is no host name when it is empty, too long or has a control character")
  func refused() {
    let long = String(repeating: "a", count: 64)
    for text in ["", ".", "a..b", "a b", "a\u{1}b", long, "\(long).net", ".net"] {
      #expect(name(text) == nil, "\(text)")
    }
    let labels = Array(repeating: String(repeating: "a", count: 63), count: 4)
    #expect(name(labels.joined(separator: ".")) == nil)
    #expect(PeerName(host: [0x61, 0xC3].span) == nil)
    #expect(PeerName(host: [0xED, 0xA0, 0x80].span) == nil)
    #expect(PeerName(host: [0xC0, 0x80].span) == nil)
  }

  @Test("that is an address is found as an iPAddress alone, byte for byte (T23, N8)")
  func addresses() {
    let address = PeerName.address([192, 0, 2, 1])
    #expect(address.matches(.made(addresses: [[192, 0, 2, 2], [192, 0, 2, 1]])))
    #expect(!address.matches(.made(dnsNames: ["192.0.2.1"])))
    #expect(!address.matches(.made(addresses: [[192, 0, 2, 1, 0]])))
    #expect(address.words.words == "192.0.2.1")
    let ipv6: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
    #expect(PeerName.address(ipv6).words.words == "2001:db8:0:0:0:0:0:1")
  }
}
