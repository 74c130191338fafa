import Foundation
import Testing

extension Scenarios {
  @Suite("An attacker on the path gets no byte of a message") struct ManInTheMiddle {
    /// What the attacker answers to a ClientHello.
    enum Answer: String, CaseIterable, CustomTestStringConvertible {
      case plainText, protocolVersionAlert, serverHelloOfTLS11, nothing, clientHello

      var testDescription: String { rawValue }

      var bytes: [UInt8] {
        switch self {
        case .plainText: Array("220 syslog.example.net ready, no encryption here\r\n".utf8)
        // protocol_version in an SSL 3 record, as an old server sends it.
        case .protocolVersionAlert: [21, 3, 0, 0, 2, 2, 70]
        case .serverHelloOfTLS11:
          [22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2] + [UInt8](repeating: 7, count: 32)
            + [0, 0x00, 0x2f, 0]
        case .nothing: []
        case .clientHello: [22, 3, 1, 0, 4, 1, 0, 0, 0]
        }
      }
    }

    let workspace = Workspace()

    @Test(
      "when it presents another valid certificate (T17, T18)",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func anotherCertificate(version: [String], backend: Backend) throws {
      if version == Restriction.tls13 { try backend.requireTLS13() }
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.rsa, in: workspace, version)
      let other = try OpenSSLServer(identities.stranger, in: workspace, version, name: "other")
      let scene = try InterceptorScene(
        backend, server, in: workspace, trust: ["-c", identities.rsa.pin],
        then: .redirect(port: other.port))
      try scene.waitForConnections(20)
      scene.expectNothingLeft()
      #expect(other.received.isEmpty)
      #expect(scene.failures.allSatisfy { $0.contains(identities.stranger.pin) })
      try scene.expectDelivery()
    }

    @Test(
      "when it answers in clear text or asks for an older version (C1, C2, C3)",
      arguments: Answer.allCases, Backend.allCases)
    func stripped(answer: Answer, backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let scene = try InterceptorScene(
        backend, server, in: workspace, trust: ["-c", identity.pin], then: .answer(answer.bytes))
      try scene.waitForConnections(20)
      scene.expectNothingLeft()
      try scene.expectDelivery()
    }

    @Test(
      "when it hides from the server that the client has TLS 1.3 (C2; RFC 8446 §4.1.3)",
      arguments: Backend.allCases)
    func hiddenVersion(backend: Backend) throws {
      try backend.requireTLS13()
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      let scene = try InterceptorScene(
        backend, server, in: workspace, trust: ["-c", identity.pin], then: .hideTLS13)
      try scene.waitForConnections(20)
      #expect(scene.interceptor.seen[..<20].allSatisfy { $0.server.count > 100 }, "a flight")
      scene.expectNothingLeft()
      try scene.expectDelivery()
    }

    @Test(
      "when it asks the server for TLS 1.1, which that server has (C1, C2)",
      arguments: Backend.allCases)
    func oldVersion(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(
        identity, in: workspace, ["-min_protocol", "TLSv1", "-cipher", "ALL:@SECLEVEL=0"])
      let scene = try InterceptorScene(
        backend, server, in: workspace, trust: ["-c", identity.pin], then: .askForTLS11)
      try scene.waitForConnections(20)
      scene.expectNothingLeft()
      try scene.expectDelivery()
    }

    @Test(
      "when it replays a recorded handshake",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func replayed(version: [String], backend: Backend) throws {
      let (server, pin, recording) = try recording(version, backend)
      let scene = try InterceptorScene(
        backend, server, in: workspace, trust: ["-c", pin],
        attacks: [.answer(Array(recording.bytes[..<recording.handshake]))],
        then: .answer(recording.bytes))
      try scene.waitForConnections(20)
      scene.expectNothingLeft()
      try scene.expectDelivery(bytesBeforeData: recording.handshake)
    }

    @Test(
      "when it delays the server's records beyond the handshake timeout",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func delayedTooLong(version: [String], backend: Backend) throws {
      if version == Restriction.tls13 { try backend.requireTLS13() }
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, version)
      let scene = try InterceptorScene(
        backend, server, in: workspace,
        trust: ["-c", identity.pin, "--handshake-timeout", "0.3"],
        then: .delay(milliseconds: 150))
      try scene.waitForConnections(2)
      scene.expectNothingLeft()
      #expect(scene.failures.contains { Said.handshakeTimedOut.isIn($0) && $0.contains("0.3 s") })
    }

    @Test(
      "when it delays each record of the server, until the handshake is complete",
      arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
    func delayed(version: [String], backend: Backend) throws {
      let (server, pin, recording) = try recording(version, backend)
      let scene = try InterceptorScene(
        backend, server, in: workspace, trust: ["-c", pin], then: .delay(milliseconds: 40))
      try eventually("the first connection") { !scene.interceptor.seen.isEmpty }
      try scene.expectDelivery(bytesBeforeData: recording.handshake)
    }

    @Test(
      "control: without a pin the messages do reach the attacker",
      arguments: [Restriction.tls12, Restriction.tls13])
    func withoutPin(version: [String]) throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.rsa, in: workspace, version)
      let other = try OpenSSLServer(identities.stranger, in: workspace, version, name: "other")
      let scene = try InterceptorScene(
        .openssl, server, in: workspace, trust: [], then: .redirect(port: other.port))
      try other.wait(for: "run secret n=49")
      let leak = scene.interceptor.seen.first?.leak(of: "run secret")
      #expect(leak?.contains("application data") == true)
    }

    /// A server limited to one TLS version, and the recording of a handshake with it.
    func recording(
      _ version: [String], _ backend: Backend
    ) throws -> (server: OpenSSLServer, pin: String, InterceptorRecording) {
      let isTLS12 = version == Restriction.tls12
      if !isTLS12 { try backend.requireTLS13() }
      let identity = try Certificates.shared().rsa
      let recorded = try OpenSSLServer(identity, in: workspace, version, name: "recorded")
      let recording = try InterceptorRecording(
        backend, recorded, in: workspace, trust: ["-c", identity.pin], isTLS12: isTLS12)
      return (try OpenSSLServer(identity, in: workspace, version), identity.pin, recording)
    }
  }
}
