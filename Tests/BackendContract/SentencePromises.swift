import Bytes
import COpenSSL

@testable import TLSBackend

/// The reasons that must be the same sentence on every backend, compared whole.
func sentencePromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  pinSentences(TLS.self) + versionSentences(TLS.self) + answerSentences(TLS.self)
}

/// What is offered for these parameters.
func offer<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ parameters: TLSParameters = TLSParameters()
) throws -> TLSOffer {
  try TLSOffer(parameters, by: TLS.available)
}

/// The error of an alert in a handshake for which these parameters were offered.
func alert<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ code: UInt8, _ parameters: TLSParameters = TLSParameters()
) throws -> TLSError {
  .received(TLSAlert(code: code), during: .handshake, try offer(TLS.self, parameters))
}

/// The error of a TLS 1.3 server that misses a client's certificate, which comes after the handshake.
func certificateRequired<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws -> TLSError {
  .received(TLSAlert(code: 116), during: .reading, try offer(TLS.self))
}

/// The error of a disagreement when nothing was configured.
private func disagreement<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ what: TLSDisagreement
) throws -> TLSError {
  .disagreement(what, try offer(TLS.self))
}

// MARK: Who the peer is

private func pinSentences<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let seen = TestIdentity.stranger
  let key = Sentence.serverKey(seen.pin)
  let pinnedKey = TestIdentity.ecdsa.publicKeyPEM
  let pinnedCertificate = PinSpelling.certificate(TestIdentity.ecdsa.certificateFingerprint)
  let rows: [(String, [UInt8], Sentence)] = [
    ("the wrong key", pinnedKey, .pinMismatch(key, pins: 1, in: pinFile)),
    (
      "the wrong certificate", pinnedCertificate.bytes,
      .pinMismatch(seen.keyAndCertificate, pins: 1, in: pinFile)
    ),
    (
      "none of two pins", pinnedKey + TestIdentity.rsa.certificatePEM,
      .pinMismatch(key, pins: 2, in: pinFile)
    ),
  ]
  return rows.map { name, pins, sentence in
    Promise("\(name) is this very sentence (T18)") {
      for version in versions(TLS.self) {
        let policy = PeerPolicy.pinned(try pinSet(TLS.self, pins))
        var meeting = try Meeting<TLS>(policy: policy, server: .only(version, seen))
        try expectError(try meeting.failingHandshake(), TLSError(.authentication, sentence))
      }
    }
  } + [
    Promise("no pin at all is this very sentence (T18)") {
      let policy = PeerPolicy.pinned(PinSet(source: "empty.pem"))
      var meeting = try Meeting<TLS>(
        policy: policy, server: TestServer.Configuration(identity: seen))
      try expectError(
        try meeting.failingHandshake(),
        TLSError(.authentication, .pinMismatch(key, pins: 0, in: "empty.pem")))
    },
    Promise("a weak key is this very sentence (C14)") {
      for version in versions(TLS.self) {
        var meeting = try Meeting<TLS>(server: .only(version, .weakRSA))
        try expectError(
          try meeting.failingHandshake(), TLSError(.authentication, .weakServerKey(bits: 80)))
      }
    },
  ]
}

// MARK: What could not be agreed on

private func versionSentences<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("an older server's alert is this very sentence (C1)") {
      // A hello without TLS 1.3 names no lowest version: the server goes on with TLS 1.1, and
      // misses a suite for it.
      let code: UInt8 = TLS.capabilities.highestVersion >= .tls13 ? 70 : 40
      try expectError(try refusal(TLS.self, .only(TLS1_1_VERSION)), try alert(TLS.self, code))
    },
    Promise("a TLS 1.3 server's alert, with TLS 1.2 offered alone, is this very sentence (C1)") {
      let parameters = TLSParameters(cipherSuites: [.ecdheECDSAWithAES128GCM])
      try expectError(
        try refusal(TLS.self, .only(TLS1_3_VERSION), parameters),
        try alert(TLS.self, 70, parameters))
    },
    Promise("a server below --tls-min 1.3 is this very sentence", needs: .tls13) {
      let parameters = TLSParameters(minimumVersion: .tls13)
      let error = try refusal(TLS.self, .only(TLS1_2_VERSION), parameters)
      try expectError(error, try alert(TLS.self, 70, parameters))
      try expectSays(error, "only versions older than TLS 1.3")
    },
    Promise("a ServerHello of TLS 1.1 is this very sentence (C1)") {
      try expectError(
        try answer(TLS.self, with: ServerHello.version11),
        try disagreement(TLS.self, .olderVersion))
    },
    Promise("a ServerHello below --tls-min 1.3 is this very sentence", needs: .tls13) {
      let parameters = TLSParameters(minimumVersion: .tls13)
      var meeting = try Meeting<TLS>(parameters: parameters)
      _ = try meeting.step()
      try meeting.wire.send(ServerHello.version12(suite: 0xC02B))
      let error = try meeting.failingHandshake()
      try expectError(error, .disagreement(.olderVersion, try offer(TLS.self, parameters)))
      try expectSays(error, "only versions older than TLS 1.3; offered TLS 1.3")
    },
    Promise("no common suite is this very sentence (C10)") {
      for list in ["AES128-SHA", "AES256-GCM-SHA384"] {
        var configuration = TestServer.Configuration.only(TLS1_2_VERSION, .rsa)
        configuration.cipherList = list
        try expectError(try refusal(TLS.self, configuration), try alert(TLS.self, 40))
      }
    },
    Promise("a server that has no certificate is this very sentence (T4)") {
      var configuration = TestServer.Configuration.only(TLS1_2_VERSION, nil)
      configuration.cipherList = "aNULL"
      try expectError(try refusal(TLS.self, configuration), try alert(TLS.self, 40))
    },
  ]
}

// MARK: What the server answered

private func answerSentences<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let greetings: [(String, [UInt8])] = [
    ("SMTP", Array("220 mail.example.net ESMTP\r\n".utf8)),
    ("SSH", Array("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".utf8)),
    ("HTTP", Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8)),
    ("syslog in the clear", Array("<14>Jan  1 00:00:00 collector ready\n".utf8)),
  ]
  return greetings.map { name, bytes in
    Promise("an answer in \(name) is this very sentence") {
      try expectError(
        try answer(TLS.self, with: bytes), try disagreement(TLS.self, .notTLS))
    }
  } + [
    Promise("a suite that was not offered is this very sentence (C10)") {
      for suite: UInt16 in [0x002F, 0xC027, 0x0000, 0x5A5A] {
        let hello = ServerHello.version12(suite: suite, extensions: ServerHello.renegotiationInfo)
        try expectError(
          try answer(TLS.self, with: hello), try disagreement(TLS.self, .suiteNotOffered))
      }
    },
    Promise("no secure renegotiation is this very sentence (C6)") {
      try expectError(
        try answer(TLS.self, with: ServerHello.version12(suite: 0xC02B)),
        try disagreement(TLS.self, .noSecureRenegotiation))
    },
    Promise("a certificate message without a certificate is this very sentence (T4)") {
      let hello = ServerHello.version12(suite: 0xC02B, extensions: ServerHello.renegotiationInfo)
      let certificate: [UInt8] = [22, 3, 3, 0, 7, 11, 0, 0, 3, 0, 0, 0]
      try expectError(
        try answer(TLS.self, with: hello + certificate),
        try disagreement(TLS.self, .noCertificate))
    },
    Promise("what breaks the protocol begins with the same words") {
      // A Finished, a ServerHello without content, one that is cut short.
      for message: [UInt8] in [[20, 0, 0, 1, 0], [2, 0, 0, 0], [2, 0, 0, 4, 3, 3, 0, 0]] {
        let record = [22, 3, 3, 0, UInt8(message.count)] + message
        let error = try answer(TLS.self, with: record)
        try expectKind(error, .negotiation)
        let words = error.reason.words
        let beginning = Sentence.failed(.handshake, "").words
        try expect(words.hasPrefix(beginning), "reason: \(words)")
      }
    },
  ]
}

/// ServerHellos made by hand, each a whole record.
enum ServerHello {
  /// One of TLS 1.1, which chooses TLS_RSA_WITH_AES_128_CBC_SHA.
  static let version11 = record(version: 2, suite: 0x002F, extensions: [])

  /// The extension of RFC 5746 §3.2, empty as at a first handshake.
  static let renegotiationInfo: [UInt8] = [0, 5, 0xFF, 0x01, 0, 1, 0]

  /// One of TLS 1.2, with `extensions` and the two bytes of their length.
  static func version12(suite: UInt16, extensions: [UInt8] = []) -> [UInt8] {
    record(version: 3, suite: suite, extensions: extensions)
  }

  private static func record(version: UInt8, suite: UInt16, extensions: [UInt8]) -> [UInt8] {
    let random = [UInt8](repeating: 0x5A, count: 32)
    let body = [3, version] + random + [0] + bigEndian(UInt64(suite), 2) + [0] + extensions
    let message = [2] + bigEndian(UInt64(body.count), 3) + body
    return [22, 3, version] + bigEndian(UInt64(message.count), 2) + message
  }
}
