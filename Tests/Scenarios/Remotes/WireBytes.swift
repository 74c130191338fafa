import Foundation
import Testing

extension Scenarios {
  @Suite("What goes over the wire, byte by byte") struct WireBytes {
    let workspace = Workspace()

    @Test("raw messages in octet-counted frames keep every byte, line ends and NULs too (T14, F1)")
    func octetCounting() throws {
      let frames = try exchange(["--format", "raw"])
      #expect(frames == MalformedDatagrams.all.compactMap(trimmed) + [Array("<13>the end".utf8)])
    }

    @Test("in LF framing no message can end early or forge another (F2)")
    func lineFeed() throws {
      let server = try start(["--format", "raw", "--framing", "lf"])
      let lines = server.received.split(separator: 10, omittingEmptySubsequences: false).dropLast()
      let sent = MalformedDatagrams.all.compactMap(trimmed)
      #expect(lines.count == sent.count + 1)
      for (line, datagram) in zip(lines, sent) {
        #expect(line.count == datagram.count)
        #expect(!line.contains(0))
      }
    }

    @Test("RFC 5424 messages made from malformed datagrams have a valid HEADER (M3, M5, M9)")
    func headers() throws {
      let header =
        #/<(0|[1-9]\d?|1[0-8]\d|19[01])>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)) [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} (-|\[.*\])( |$)/#
      let frames = try exchange([])
      #expect(frames.count >= MalformedDatagrams.all.compactMap(trimmed).count)
      for frame in frames {
        let text = String(decoding: frame.prefix(400), as: UTF8.self)
        #expect(text.prefixMatch(of: header) != nil, "\(text.debugDescription)")
      }
    }

    @Test(
      "the server's key update does not stop the sender (C13)", arguments: Backend.allCases)
    func keyUpdate(backend: Backend) throws {
      try backend.requireTLS13()
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(
        identity, in: workspace, report: .session, Restriction.tls13)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin]), in: workspace,
        build: .embedded(backend))
      for round in 0..<4 {
        try syslogd.send(Messages(0..<50, run: "round\(round)"))
        try server.wait(for: "run round\(round) n=49 ")
        server.process.type(round % 2 == 0 ? "K\n" : "k\n")
      }
      guard try backend.library().hasKeyUpdate else {
        // A library that cannot read one ends the connection; the messages came over the next.
        let said = syslogd.saysAboutRemote(server.port)
        #expect(said.contains { Said.nextAttempt.isIn($0) }, "\(said)")
        return
      }
      expectOneConnection(of: syslogd, to: server.port)
    }

    @Test("data from the server is read and ignored", arguments: Backend.allCases)
    func talkativeServer(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin]), in: workspace,
        build: .embedded(backend))
      try syslogd.send(Messages(0..<1, run: "before"))
      try server.wait(for: "run before")
      let babble = String(repeating: "HTTP/1.1 400 Bad Request\n", count: 400)
      for round in 0..<20 {
        server.process.type(babble)
        try syslogd.send(Messages(0..<10, run: "round\(round)"))
        try server.wait(for: "run round\(round) n=9 ")
      }
      expectOneConnection(of: syslogd, to: server.port)
    }

    private func expectOneConnection(of syslogd: Syslogd, to port: Int) {
      let said = syslogd.saysAboutRemote(port)
      #expect(said.count { Said.connected.isIn($0) } == 1, "\(said)")
      #expect(!said.contains { Said.nextAttempt.isIn($0) }, "\(said)")
    }

    /// The frames that arrive for the malformed datagrams, and a last one.
    private func exchange(_ options: [String]) throws -> [[UInt8]] {
      try start(options).octetFrames()
    }

    private func start(_ options: [String]) throws -> OpenSSLServer {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(server.port, pins: [identity.pin], ["--queue", "1M"] + options), in: workspace)
      let socket = try syslogd.connect()
      for datagram in MalformedDatagrams.all { try socket.send(datagram) }
      try socket.send("<13>the end")
      try server.wait(for: "the end")
      try syslogd.process.stop()
      return server
    }

    /// The datagram without trailing line ends and NULs, as BusyBox takes it; nil when that is
    /// nothing.
    private func trimmed(_ datagram: [UInt8]) -> [UInt8]? {
      let end = datagram.lastIndex { $0 != 0 && $0 != 10 }
      return end.map { Array(datagram[...$0]) }
    }
  }
}
