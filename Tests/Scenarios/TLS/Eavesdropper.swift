import Foundation
import Testing

extension Scenarios {
  @Suite("An eavesdropper on the network") struct Eavesdropper {
    private static let secret = "the-password-is-swordfish"
    let workspace = Workspace()

    @Test(
      "sees a handshake and TLS records, and no text of a message (T2, C3)",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func overTLS(version: [String], backend: Backend) throws {
      if version == Restriction.tls13 { try backend.requireTLS13() }
      let network = try NetworkNamespace(in: workspace)
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(
        identity, in: workspace, version, wrapper: network.wrapper)
      let capture = try PacketCapture(
        "port \(server.port)", in: workspace, wrapper: network.wrapper)
      let syslogd = try Syslogd(
        Remote.tls(server.port, pins: [identity.pin]), in: workspace, build: .embedded(backend),
        wrapper: network.wrapper)
      try sendSecrets(to: syslogd)
      try server.wait(for: "n=99 ")
      try syslogd.process.stop()
      // The alert that is close_notify ends each direction.
      try eventually("the whole exchange is caught") {
        let sent = try capture.packets().filter { $0.destinationPort == server.port }
        return try recordTypes(in: sent.flatMap(\.payload)).count > 3
      }
      try capture.stop()

      let packets = try capture.packets()
      let sent = packets.filter { $0.destinationPort == server.port }
      let received = packets.filter { $0.sourcePort == server.port }
      #expect(packets.allSatisfy { $0.isTCP }, "nothing over UDP")
      let kinds = try recordTypes(in: sent.flatMap(\.payload))
      #expect(kinds.first == 22, "a handshake comes first")
      #expect(kinds.contains(23), "application data")
      #expect(sent.first.map { $0.payload[5] } == 1, "ClientHello")
      #expect(received.first.map { $0.payload[5] } == 2, "ServerHello")
      #expect(!contains(capture.bytes, Self.secret))
      #expect(!contains(capture.bytes, "scenario"))
      #expect(String(decoding: server.received, as: UTF8.self).contains(Self.secret))
    }

    @Test("control: sees all text over UDP")
    func overUDP() throws {
      let network = try NetworkNamespace(in: workspace)
      let sink = UDPSink(owning: try network.socket(.datagram, boundTo: "127.0.0.1"))
      let capture = try PacketCapture(
        "port \(sink.port)", in: workspace, wrapper: network.wrapper)
      let syslogd = try Syslogd(
        ["-R", "127.0.0.1:\(sink.port)"], in: workspace, wrapper: network.wrapper)
      try sendSecrets(to: syslogd)
      try sink.wait(for: "n=99 ")
      try eventually("all packets are caught") {
        try capture.packets().contains { contains($0.payload, "n=99 ") }
      }
      try capture.stop()
      #expect(contains(capture.bytes, Self.secret))
    }

    private func sendSecrets(to syslogd: Syslogd) throws {
      let socket = try syslogd.connect()
      for number in 0..<100 {
        try socket.send("<13>Jan  2 03:04:05 scenario: \(Self.secret) n=\(number) ")
      }
    }

    /// The content types of the TLS records of a complete stream. Throws if it holds anything else.
    private func recordTypes(in stream: [UInt8]) throws -> [UInt8] {
      var types: [UInt8] = []
      var position = 0
      while position + 5 <= stream.count {
        guard (20...23).contains(stream[position]), stream[position + 1] == 3 else {
          throw Failure("byte \(position) of the stream does not begin a TLS record")
        }
        types.append(stream[position])
        position += 5 + Int(stream[position + 3]) << 8 + Int(stream[position + 4])
      }
      guard position == stream.count else { throw Failure("the stream ends within a record") }
      return types
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
      Data(bytes).range(of: Data(text.utf8)) != nil
    }
  }
}
