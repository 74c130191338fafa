import Foundation
import Testing

extension Scenarios {
  /// docs/decisions/0012; every order of events is in `CollectorTests`.
  @Suite("A collector that ends connections early gets everything else")
  struct EarlyEnds {
    let workspace = Workspace()

    /// A product over TLS, or plain TCP.
    enum Way: CaseIterable {
      case openssl, gnutls, mbedtls, clear

      var build: Syslogd.Build {
        switch self {
        case .openssl: .embedded(.openssl)
        case .gnutls: .embedded(.gnutls)
        case .mbedtls: .embedded(.mbedtls)
        case .clear: .withoutTLS
        }
      }
    }

    @Test(
      "syslog-ng closes at a message above its log-msg-size: that one is not sent for ever",
      arguments: Way.allCases)
    func tooLong(way: Way) throws {
      let port: Int
      let collector: SyslogNGCollector
      let remote: [String]
      if way == .clear {
        collector = try SyslogNGCollector(.syslog, inClearIn: workspace, largest: 1024)
        port = collector.port
        remote = Remote.tcp(port)
      } else {
        let identity = try Certificates.shared().rsa
        collector = try SyslogNGCollector(.syslog, identity, in: workspace, largest: 1024)
        port = collector.port
        remote = Remote.tls(port, pins: [identity.pin])
      }
      let before = Messages(0..<10, run: "before")
      let after = Messages(0..<10, run: "after")
      // Everything at once, so that the long one is among what is sent first.
      let syslogd = try Syslogd(["-L"] + remote, in: workspace, build: way.build)
      try syslogd.send(before)
      try syslogd.send(Messages(0..<1, run: "long", size: 3000))
      // In TLS 1.2 the server has accepted us with the handshake: what its kernel acknowledges
      // behind the long message counts as delivered.
      if case .embedded(let backend) = way.build, try !backend.library().hasTLS13 {
        try syslogd.waitToSay([.nextAttempt], about: port)
      }
      try syslogd.send(after)
      try collector.wait(for: before)
      try collector.wait(for: after)
      for messages in [before, after] {
        #expect(firstArrivals(of: messages, in: collector.lines) == messages.contents)
      }
      #expect(collector.lines.allSatisfy { !$0.contains("run long") })
    }

    @Test("a collector that reads and closes after half a second gets every message, in order")
    func hasty() throws {
      let collector = try TCPListener(.hasty(0.5))
      defer { collector.stop() }
      let syslogd = try Syslogd(
        ["-L"] + Remote.tcp(collector.port, ["--framing", "lf"]),
        in: workspace, build: .withoutTLS)
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      let arrived = {
        collector.received.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
          .map(String.init)
      }
      try eventually("the last message arrives") {
        arrived().contains { $0.contains(messages.content(99)) }
      }
      #expect(firstArrivals(of: messages, in: arrived()) == messages.contents)
      #expect(arrived().count <= 4 * messages.contents.count, "copies are bounded")
      try syslogd.process.stop()
      #expect(!syslogd.log.contains { Said.setAside.isIn($0) })
    }

    /// What came, in order, without what came again.
    private func firstArrivals(of messages: Messages, in lines: [String]) -> [String] {
      var seen: Set<String> = []
      return messages.found(in: lines).filter { seen.insert($0).inserted }
    }
  }
}
