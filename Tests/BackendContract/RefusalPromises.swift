import Bytes
import COpenSSL
import CPosix

@testable import TLSBackend

func refusalPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("a handshake whose bytes were changed on the way fails") {
      for version in versions(TLS.self) { try promiseTamperedHandshakeFails(TLS.self, version) }
    },
    Promise("a refusal whose alert does not fit is a refusal all the same (T17, T2)") {
      try promiseRefusalThroughFullSocket(TLS.self)
    },
    Promise("a server that asks for a client's certificate gets none, and may do without") {
      for version in versions(TLS.self) {
        var configuration = TestServer.Configuration.only(version)
        configuration.clientCertificate = .wanted
        var meeting = try Meeting<TLS>(server: configuration)
        _ = try meeting.handshake()
        try exchangesData(&meeting)
      }
    },
    Promise("a TLS 1.2 server that insists on a client's certificate refuses in the handshake") {
      var configuration = TestServer.Configuration.only(TLS1_2_VERSION)
      configuration.clientCertificate = .demanded
      let error = try refusal(TLS.self, configuration)
      try expectError(error, try alert(TLS.self, 40))
    },
    Promise("reasons are one clause: no line break, no full stop at the end") {
      for (version, identity) in [(TLS1_1_VERSION, TestIdentity.rsa), (TLS1_2_VERSION, nil)] {
        let reason = try refusal(TLS.self, .only(version, identity)).reason.words
        try expect(!reason.isEmpty && !reason.contains("\n"), "reason: \(reason)")
        try expect(reason.last != ".", "reason: \(reason)")
      }
    },
  ]
}

func isComplete(_ step: consuming HandshakeStep) -> Bool {
  if case .complete = step { true } else { false }
}

func refusal<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ configuration: TestServer.Configuration,
  _ parameters: TLSParameters = TLSParameters()
) throws -> TLSError {
  var meeting = try Meeting<TLS>(parameters: parameters, server: configuration)
  return try meeting.failingHandshake()
}

/// What the handshake throws when a ClientHello is answered with these bytes.
func answer<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, with bytes: [UInt8]
) throws -> TLSError {
  var meeting = try Meeting<TLS>()
  _ = try meeting.step()
  try meeting.wire.send(bytes)
  return try meeting.error { "\(try isComplete($0.handshake()))" }
}

/// TLS 1.2, where nothing of ours is due before the server's certificate has been looked at.
private func promiseRefusalThroughFullSocket<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let policy = PeerPolicy.pinned(try pinSet(TLS.self, TestIdentity.ecdsa.publicKeyPEM))
  var meeting = try Meeting<TLS>(policy: policy, server: .only(TLS1_2_VERSION, .stranger))
  _ = try meeting.step()
  meeting.server.feed(meeting.wire.receive())
  _ = meeting.wire.fillClientSocket()
  try meeting.wire.send(meeting.server.output())
  let error = try meeting.error { "\(try isComplete($0.handshake()))" }
  let seen = Sentence.serverKey(TestIdentity.stranger.pin)
  try expectError(
    error, TLSError(.authentication, .pinMismatch(seen, pins: 1, in: pinFile)))
}

private func promiseTamperedHandshakeFails<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws {
  var meeting = try Meeting<TLS>(server: .only(version))
  _ = try meeting.step()
  meeting.server.feed(meeting.wire.receive())
  var flight = meeting.server.output()
  // Before TLS 1.2's ServerHelloDone, which nothing protects yet, and inside TLS 1.3's Finished.
  flight[flight.count - 10] ^= 1
  try meeting.wire.send(flight)
  let error = try meeting.error { "\(try isComplete($0.handshake()))" }
  try expectKind(error, .negotiation)
  meeting.server.feed(meeting.wire.receive())
  try expect(!meeting.server.isEstablished, "the server completed the handshake")
  try expectEqual(meeting.server.alerts.count, 1, "alerts that the server received")
}
