import COpenSSL
import CPosix
import TLSBackend

func refusalPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("a server that speaks only TLS 1.1 is refused, saying so (C1)") {
      let error = try refusal(TLS.self, .only(TLS1_1_VERSION))
      try expectKind(error, .negotiation)
      // A hello without TLS 1.3 names no lowest version: the server misses a suite of its own.
      let speaks13 = TLS.capabilities.highestVersion >= .tls13
      try expectSays(error, speaks13 ? "older than TLS 1.2" : "offered TLS 1.2, ")
    },
    Promise("a server that insists on TLS 1.1 in its ServerHello is refused, saying so (C1)") {
      let error = try answer(TLS.self, with: oldServerHello)
      try expectKind(error, .negotiation)
      try expectSays(error, "older than TLS 1.2")
    },
    Promise("a server that is below --tls-min 1.3 is refused, saying so", needs: .tls13) {
      let error = try refusal(
        TLS.self, .only(TLS1_2_VERSION), TLSParameters(minimumVersion: .tls13))
      try expectKind(error, .negotiation)
      try expectSays(error, "older than TLS 1.3")
    },
    Promise("a server without secure renegotiation is refused, saying so (C6)") {
      let error = try answer(TLS.self, with: unsafeServerHello)
      try expectKind(error, .negotiation)
      try expectSays(error, "RFC 5746")
    },
    Promise("a server without a common suite is refused, naming the offer (C10)") {
      var configuration = TestServer.Configuration.only(TLS1_2_VERSION, .rsa)
      configuration.cipherList = "AES128-SHA"
      let error = try refusal(TLS.self, configuration)
      try expectKind(error, .negotiation)
      for words in ["handshake_failure (40)", "; offered TLS 1.2", " suites, groups", "secp256r1"] {
        try expectSays(error, words)
      }
    },
    Promise("a server without a certificate is refused (T4)") {
      var configuration = TestServer.Configuration.only(TLS1_2_VERSION, nil)
      configuration.cipherList = "aNULL"
      let error = try refusal(TLS.self, configuration)
      try expectKind(error, .negotiation)
    },
    Promise("what is not TLS at all is refused, saying so") {
      let error = try answer(TLS.self, with: Array("220 mail.example.net ESMTP\r\n".utf8))
      try expectKind(error, .negotiation)
      try expectSays(error, "not TLS")
    },
    Promise("an end of stream in the handshake is a lost connection") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.step()
      meeting.wire.finishPeer()
      let error = try meeting.failingHandshake()
      try expectKind(error, .connection(errno: 0))
    },
    Promise("a reset in the handshake is a lost connection with its errno") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.step()
      meeting.wire.closePeer()
      let error = try meeting.error { "\(try isComplete($0.handshake()))" }
      try expectKind(error, .connection(errno: ECONNRESET))
    },
    Promise("a handshake whose bytes were changed on the way fails") {
      try promiseTamperedHandshakeFails(TLS.self)
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

/// A ServerHello of TLS 1.1 that chooses TLS_RSA_WITH_AES_128_CBC_SHA.
private let oldServerHello: [UInt8] =
  [0x16, 0x03, 0x02, 0x00, 0x2A, 0x02, 0x00, 0x00, 0x26, 0x03, 0x02]
  + [UInt8](repeating: 0x5A, count: 32) + [0x00, 0x00, 0x2F, 0x00]

/// A ServerHello of TLS 1.2 without extensions that chooses
/// TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256.
private let unsafeServerHello: [UInt8] =
  [0x16, 0x03, 0x03, 0x00, 0x2A, 0x02, 0x00, 0x00, 0x26, 0x03, 0x03]
  + [UInt8](repeating: 0x5A, count: 32) + [0x00, 0xC0, 0x2B, 0x00]

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

private func promiseTamperedHandshakeFails<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var meeting = try Meeting<TLS>()
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
