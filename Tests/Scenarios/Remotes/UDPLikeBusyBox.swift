import Foundation
import Testing

extension Scenarios {
  @Suite("UDP forwarding is the same as BusyBox's, byte for byte") struct UDPLikeBusyBox {
    let workspace = Workspace()

    @Test("both builds send malformed datagrams as BusyBox does")
    func sameBytes() throws {
      let (oracle, withTLS, withoutTLS) = (try UDPSink(), try UDPSink(), try UDPSink())
      let busyBox = try BusyBoxSyslogd(["-R", "127.0.0.1:\(oracle.port)"], in: workspace)
      let first = try Syslogd(["-R", "127.0.0.1:\(withTLS.port)"], in: workspace, name: "tls")
      let second = try Syslogd(
        ["-R", "127.0.0.1:\(withoutTLS.port)"], in: workspace, build: .withoutTLS, name: "none")
      for path in [busyBox.logSocket, first.paths.logSocket, second.paths.logSocket] {
        let socket = try LogSocket(path)
        for datagram in MalformedDatagrams.all { try socket.send(datagram) }
        try socket.send("<13>the end")
      }
      for sink in [oracle, withTLS, withoutTLS] { try sink.wait(for: "<13>the end\n") }
      #expect(oracle.datagrams.count > 60)
      expectSame(withTLS.datagrams, as: oracle.datagrams, by: "the build with TLS")
      expectSame(withoutTLS.datagrams, as: oracle.datagrams, by: "the build without TLS")
    }

    @Test("several remotes, IPv4 and IPv6, each get everything")
    func severalRemotes() throws {
      let sinks = [try UDPSink(), try UDPSink("::1"), try UDPSink("127.0.0.2")]
      let syslogd = try Syslogd(
        [
          "-R", "127.0.0.1:\(sinks[0].port)", "-R", "[::1]:\(sinks[1].port)", "-R",
          "127.0.0.2:\(sinks[2].port)",
        ], in: workspace)
      let messages = Messages(0..<500)
      try syslogd.send(messages)
      for sink in sinks {
        try sink.wait(for: messages.content(499))
        #expect(sink.datagrams == messages.datagrams.map { Array($0.utf8) + [10] })
      }
    }

    @Test("-I sets the source address")
    func sourceAddress() throws {
      let sink = try UDPSink()
      let listener = try TCPListener(.silent)
      defer { listener.stop() }
      let syslogd = try Syslogd(
        ["-R", "127.0.0.1:\(sink.port)", "-I", "127.0.0.7"]
          + Remote.tls(listener.port, ["-I", "127.0.0.8"]), in: workspace)
      try syslogd.send(Messages(0..<1))
      try sink.wait(for: "n=0 ")
      #expect(sink.senders == ["127.0.0.7"])
      try eventually("a TLS connection") { listener.accepted == 1 }
      #expect(listener.peers == ["127.0.0.8"])
    }

    @Test("a name is looked up, and a collector that starts later gets later messages")
    func nameAndLateCollector() throws {
      let port = try FreePort.next()
      let syslogd = try Syslogd(["-L", "-R", "localhost:\(port)"], in: workspace)
      try syslogd.send(Messages(0..<1, run: "early"))
      try syslogd.waitForLog("run early n=0")
      // Both, because localhost may be either.
      let sinks = [try UDPSink("127.0.0.1", port: port), try UDPSink("::1", port: port)]
      let socket = try syslogd.connect()
      try eventually("a datagram at localhost") {
        try socket.send("<13>late")
        return sinks.contains { $0.collect() > 0 }
      }
    }

    @Test("where nobody listens, the log says so once, and a collector that starts is sent to")
    func nobodyListens() throws {
      let port = try FreePort.next()
      let syslogd = try Syslogd(["-L", "-R", "127.0.0.1:\(port)"], in: workspace)
      let socket = try syslogd.connect()
      func refusals() -> Int {
        syslogd.log.count {
          $0.contains("127.0.0.1:\(port) (udp): cannot send: Connection refused")
        }
      }
      for number in 0..<5 {
        let text = "refused \(number)."
        try socket.send("<13>\(text)")
        try syslogd.waitForLog(text)
      }
      try eventually("it is said") { refusals() > 0 }
      let sink = try UDPSink(port: port)
      try socket.send("<13>the first")
      try sink.wait(for: "<13>the first\n")
      #expect(refusals() == 1)
    }

    @Test("the build without TLS refuses -d with one line and exit status 1")
    func withoutTLS() throws {
      let child = try Child(
        [try Programs.withoutTLS(), "-n", "-p", workspace.file("s"), "-R", "127.0.0.1", "-d"],
        in: workspace, name: "none")
      #expect(try child.wait() == .exit(1))
      let lines = child.errors.split(separator: "\n")
      #expect(lines.count == 1)
      #expect(lines.first?.contains("built without TLS") == true, "\(child.errors)")
      #expect(!FileManager.default.fileExists(atPath: workspace.file("s")))
    }

    private func expectSame(
      _ got: [[UInt8]], as wanted: [[UInt8]], by whom: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      guard got != wanted else { return }
      let place = zip(got, wanted).prefix { $0 == $1 }.count
      let (one, other) = (got.dropFirst(place).first, wanted.dropFirst(place).first)
      Issue.record(
        """
        \(whom) sent \(got.count) datagrams, BusyBox \(wanted.count); number \(place) is \
        \(one.map(quoted) ?? "missing") instead of \(other.map(quoted) ?? "nothing")
        """, sourceLocation: sourceLocation)
    }

    private func quoted(_ bytes: [UInt8]) -> String {
      String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription
    }
  }
}
