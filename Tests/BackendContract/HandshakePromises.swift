import COpenSSL
import TLSBackend

func handshakePromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("TLS 1.2 with an ECDSA server (T3)") {
      try negotiates(TLS.self, .only(TLS1_2_VERSION, .ecdsa), "TLSv1.2")
    },
    Promise("TLS 1.2 with an RSA server (T3)") {
      try negotiates(TLS.self, .only(TLS1_2_VERSION, .rsa), "TLSv1.2")
    },
    Promise("TLS 1.3 with an ECDSA server, and no ceiling below it (U3)", needs: .tls13) {
      try negotiates(TLS.self, TestServer.Configuration(identity: .ecdsa), "TLSv1.3")
    },
    Promise("TLS 1.3 with an RSA server, and no ceiling below it (U3)", needs: .tls13) {
      try negotiates(TLS.self, TestServer.Configuration(identity: .rsa), "TLSv1.3")
    },
    Promise("TLS 1.2 fed byte by byte, blocked only when it is") {
      try promiseTricklingHandshake(TLS.self, .only(TLS1_2_VERSION))
    },
    Promise("TLS 1.3 fed byte by byte, blocked only when it is", needs: .tls13) {
      try promiseTricklingHandshake(TLS.self, .only(TLS1_3_VERSION))
    },
    Promise("a full socket blocks the handshake until it is writable") {
      try promiseHandshakeThroughFullSocket(TLS.self)
    },
    Promise("no verb sends or reads before the handshake is complete (T2)") {
      try promiseNothingBeforeHandshake(TLS.self)
    },
    Promise("a session is made without a byte sent") {
      let meeting = try Meeting<TLS>()
      try expectEqual(meeting.wire.receive(), [], "bytes sent by init")
      try expectEqual(meeting.client.ciphertextSent, 0, "bytes counted")
    },
  ]
}

private func negotiates<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ configuration: TestServer.Configuration, _ version: String
) throws {
  var meeting = try Meeting<TLS>(server: configuration)
  let peer = try meeting.handshake()
  try expect(peer.pin == nil && !peer.isValidated, "insecureAnyPeer has authenticated somebody")
  let identity = configuration.identity
  try expect(peer.certificate.spkiFingerprint == identity?.spkiFingerprint, "another SPKI is seen")
  try expect(
    peer.certificate.fingerprint == identity?.certificateFingerprint,
    "another certificate is seen")
  try expectEqual(meeting.client.negotiated.version.words, version, "version")
  let suite = meeting.client.negotiated.cipherSuite.words
  try expect(
    TLSCipherSuite.recommended.contains { "\($0.name)" == suite }, "suite \(suite) in the log line")
  try meeting.send(Array("6 <14>ab".utf8))
  try meeting.exchange()
  try expectEqual(meeting.server.plaintext, Array("6 <14>ab".utf8), "what the server reads")
}

private func promiseTricklingHandshake<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ configuration: TestServer.Configuration
) throws {
  var meeting = try Meeting<TLS>(server: configuration)
  var toClient: ArraySlice<UInt8> = []
  for _ in 0..<20_000 {
    if case .complete = try meeting.step() {
      try expect(toClient.isEmpty || meeting.server.isEstablished, "complete before the server")
      return
    }
    meeting.server.feed(meeting.wire.receive(limit: 1))
    toClient += meeting.server.output()
    if let byte = toClient.popFirst() { try meeting.wire.send([byte]) }
  }
  throw BrokenPromise("the handshake does not end", #fileID, #line)
}

private func promiseHandshakeThroughFullSocket<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type
) throws {
  var meeting = try Meeting<TLS>()
  let junk = meeting.wire.fillClientSocket()
  guard case .blocked(until: .writable) = try meeting.step() else {
    throw BrokenPromise("not blocked until writable by a full socket", #fileID, #line)
  }
  try expectEqual(meeting.client.ciphertextSent, 0, "bytes counted that did not fit")
  try expectEqual(meeting.wire.receive().count, junk, "junk")
  _ = try meeting.handshake()
}

private func promiseNothingBeforeHandshake<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  for started in [false, true] {
    for verb in [
      { (client: inout TLS) in "\(try client.write([1].span))" },
      { (client: inout TLS) in "\(try client.drain())" },
      { (client: inout TLS) in "\(try client.shutdown())" },
    ] {
      var meeting = try Meeting<TLS>()
      if started { _ = try meeting.step() }
      let sent = meeting.client.ciphertextSent
      _ = try meeting.error(of: verb)
      try expectEqual(meeting.client.ciphertextSent, sent, "bytes sent out of turn")
    }
  }
}
