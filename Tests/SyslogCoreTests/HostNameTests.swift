import Testing

@testable import SyslogCore

/// The names that programs put between time and tag, and which of them are our own.
@Suite("Our name in a client's line")
struct HostNameTests {
  static let own: [(host: String, written: String)] = [
    ("OpenWrt", "OpenWrt"), ("OpenWrt", "openwrt"), ("OpenWrt", "OPENWRT"),
    ("OpenWrt", "OpenWrt.lan"), ("OpenWrt", "openwrt.home.arpa"), ("OpenWrt", "localhost"),
    ("OpenWrt", "LocalHost"), ("OpenWrt", "localhost.localdomain"), ("OpenWrt", ""),
    ("router.example.net", "router"), ("router.example.net", "Router.Example.NET"),
    ("router.example.net", "router.example.net"), ("(none)", "localhost"), ("", "localhost"),
    ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:DB8::1"), ("r", "r"), ("r", "R.x"),
  ]

  @Test("it is recognised in every form, and replaced by the right one", arguments: own)
  func recognised(host: String, written: String) {
    for time in ["Nov 24 07:30:01", "2025-11-24T07:30:01+01:00"] {
      let piece = "<30>\(time) \(written) nginx: x"
      var encoder = MessageEncoder(.rfc5424, hostname: host)
      #expect(encoder.encode(piece).text.hasSuffix(" nginx - - - x"))
      encoder.format = .rfc3164
      let bare = encoder.encode("<30>\(time) nginx: x")
      #expect(encoder.encode(piece) == bare)
    }
  }

  static let other: [(host: String, written: String)] = [
    ("OpenWrt", "openwrt2"), ("OpenWrt", "open"), ("OpenWrt", "other"), ("OpenWrt", "lan.openwrt"),
    ("router.example.net", "router.example.org"), ("router.example.net", "router.example"),
    ("router.example.net", "example.net"), ("", "-"), ("(none)", "(none)"), ("r", "192.0.2.1"),
    ("192.0.2.1", "192.0.2.2"), ("192.0.2.1", "192"), ("r", "localhosts"), ("r", "nolocalhost"),
    ("", "r"), ("-", "-"),
  ]

  @Test("another host's name stays in the text", arguments: other)
  func others(host: String, written: String) {
    var encoder = MessageEncoder(.rfc5424, hostname: host)
    #expect(
      encoder.encode("<30>Nov 24 07:30:01 \(written) app: x").text
        .hasSuffix(" - - - - \(written) app: x"))
  }

  @Test("an empty name is one only in front of a tag")
  func empty() {
    var encoder = MessageEncoder(.rfc5424)
    #expect(encoder.encode("<30>Nov 24 07:30:01  a text").text.hasSuffix(" - - - -  a text"))
    #expect(encoder.encode("<30>Nov 24 07:30:01  ").text.hasSuffix(" - - - -  "))
    #expect(encoder.encode("<30>Nov 24 07:30:01   app: x").text.hasSuffix(" - - - -   app: x"))
  }

  @Test("an address is not cut at its first dot", arguments: ["192.0.2.1", "10.0.0.1"])
  func address(host: String) {
    var encoder = MessageEncoder(.rfc3164, hostname: host)
    #expect(encoder.encode("<30>x").text == "<30>Nov 24 07:30:01 \(host) x")
  }

  @Test("messages have the new name once the host has one")
  func renamed() {
    for format in [MessageFormat.rfc3164, .rfc5424] {
      let originator = Originator("(none)")
      var encoder = MessageEncoder(format: format, originator)
      #expect(encoder.encode("<30>Nov 24 07:30:01 openwrt app: x").text.contains(" - "))
      originator.rename(Array("OpenWrt".utf8).span)
      var fresh = MessageEncoder(format, hostname: "OpenWrt")
      let piece = "<30>Nov 24 07:30:01 openwrt app: x"
      #expect(encoder.encode(piece) == fresh.encode(piece))
      #expect(encoder.encode(piece).text.contains(" OpenWrt app"))
    }
  }
}
