import COpenSSL
import TLSBackend

/// The reasons that must be the same sentence on every backend, compared whole.
func sentencePromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  pinSentences(TLS.self) + versionSentences(TLS.self) + answerSentences(TLS.self)
}

private func says<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ error: TLSError, _ kind: TLSError.Kind, _ sentence: String
) throws {
  try expectEqual(error.reason.words, sentence, "reason")
  try expectKind(error, kind)
}

// MARK: Who the peer is

private func pinSentences<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let seen = TestIdentity.stranger
  let key = "the server's public key \(PinSpelling.spki(seen.spkiFingerprint).words)"
  let certificate = PinSpelling.certificate(seen.certificateFingerprint).words
  let pinnedKey = TestIdentity.ecdsa.publicKeyPEM
  let pinnedCertificate = PinSpelling.certificate(TestIdentity.ecdsa.certificateFingerprint)
  let file = "/etc/syslog/pin.pem"
  let rows: [(String, [UInt8], String)] = [
    ("the wrong key", pinnedKey, "\(key) does not match the pin in \(file)"),
    (
      "the wrong certificate", pinnedCertificate.bytes,
      "\(key) (certificate \(certificate)) does not match the pin in \(file)"
    ),
    (
      "none of two pins", pinnedKey + TestIdentity.rsa.certificatePEM,
      "\(key) matches none of the 2 pins in \(file)"
    ),
  ]
  return rows.map { name, pins, sentence in
    Promise("\(name) is this very sentence (T18)") {
      for version in versions(TLS.self) {
        let policy = PeerPolicy.pinned(try pinSet(TLS.self, pins))
        var meeting = try Meeting<TLS>(policy: policy, server: .only(version, seen))
        try says(TLS.self, try meeting.failingHandshake(), .authentication, sentence)
      }
    }
  } + [
    Promise("no pin at all is this very sentence (T18)") {
      let policy = PeerPolicy.pinned(PinSet(source: "empty.pem"))
      var meeting = try Meeting<TLS>(
        policy: policy, server: TestServer.Configuration(identity: seen))
      try says(
        TLS.self, try meeting.failingHandshake(), .authentication,
        "\(key) is not accepted: there is no pin in empty.pem")
    },
    Promise("a weak key is this very sentence (C14)") {
      for version in versions(TLS.self) {
        var meeting = try Meeting<TLS>(server: .only(version, .weakRSA))
        try says(
          TLS.self, try meeting.failingHandshake(), .authentication,
          "the server's public key is too weak: 80 bits of strength, not 112")
      }
    },
  ]
}

// MARK: What could not be agreed on

private func versionSentences<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let alert = "the server sent alert protocol_version (70) during the handshake"
  return [
    Promise("an older server's alert is this very sentence (C1)") {
      // A hello without TLS 1.3 names no lowest version: the server goes on with TLS 1.1, and
      // misses a suite for it.
      let sentence =
        TLS.capabilities.highestVersion >= .tls13
        ? "\(alert): it speaks only versions older than TLS 1.2"
        : "the server sent alert handshake_failure (40) during the handshake" + offered(TLS.self)
      try says(TLS.self, try refusal(TLS.self, .only(TLS1_1_VERSION)), .negotiation, sentence)
    },
    Promise("a TLS 1.3 server's alert, with TLS 1.2 offered alone, is this very sentence (C1)") {
      var meeting = try Meeting<TLS>(
        parameters: TLSParameters(cipherSuites: [.ecdheECDSAWithAES128GCM]),
        server: .only(TLS1_3_VERSION))
      try says(
        TLS.self, try meeting.failingHandshake(), .negotiation,
        "\(alert): it speaks only versions older than TLS 1.2, or only TLS 1.3, which was not"
          + " offered")
    },
    Promise("a server below --tls-min 1.3 is this very sentence", needs: .tls13) {
      let parameters = TLSParameters(minimumVersion: .tls13)
      try says(
        TLS.self, try refusal(TLS.self, .only(TLS1_2_VERSION), parameters), .negotiation,
        "\(alert): it speaks only versions older than TLS 1.3")
    },
    Promise("a ServerHello of TLS 1.1 is this very sentence (C1)") {
      try says(
        TLS.self, try answer(TLS.self, with: ServerHello.version11), .negotiation,
        "the server speaks only versions older than TLS 1.2" + offered(TLS.self))
    },
    Promise("a ServerHello below --tls-min 1.3 is this very sentence", needs: .tls13) {
      var meeting = try Meeting<TLS>(parameters: TLSParameters(minimumVersion: .tls13))
      _ = try meeting.step()
      try meeting.wire.send(ServerHello.version12(suite: 0xC02B))
      try says(
        TLS.self, try meeting.failingHandshake(), .negotiation,
        "the server speaks only versions older than TLS 1.3" + offered(TLS.self, from: "TLS 1.3"))
    },
    Promise("no common suite is this very sentence (C10)") {
      for list in ["AES128-SHA", "AES256-GCM-SHA384"] {
        var configuration = TestServer.Configuration.only(TLS1_2_VERSION, .rsa)
        configuration.cipherList = list
        try says(
          TLS.self, try refusal(TLS.self, configuration), .negotiation,
          "the server sent alert handshake_failure (40) during the handshake" + offered(TLS.self))
      }
    },
    Promise("a server that has no certificate is this very sentence (T4)") {
      var configuration = TestServer.Configuration.only(TLS1_2_VERSION, nil)
      configuration.cipherList = "aNULL"
      try says(
        TLS.self, try refusal(TLS.self, configuration), .negotiation,
        "the server sent alert handshake_failure (40) during the handshake" + offered(TLS.self))
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
      try says(
        TLS.self, try answer(TLS.self, with: bytes), .negotiation,
        "what the server answered is not TLS" + offered(TLS.self))
    }
  } + [
    Promise("a suite that was not offered is this very sentence (C10)") {
      for suite: UInt16 in [0x002F, 0xC027, 0x0000, 0x5A5A] {
        let hello = ServerHello.version12(suite: suite, extensions: ServerHello.renegotiationInfo)
        try says(
          TLS.self, try answer(TLS.self, with: hello), .negotiation,
          "the server chose a cipher suite that was not offered" + offered(TLS.self))
      }
    },
    Promise("no secure renegotiation is this very sentence (C6)") {
      try says(
        TLS.self, try answer(TLS.self, with: ServerHello.version12(suite: 0xC02B)), .negotiation,
        "the server does not know secure renegotiation (RFC 5746)" + offered(TLS.self))
    },
    Promise("a certificate message without a certificate is this very sentence (T4)") {
      let hello = ServerHello.version12(suite: 0xC02B, extensions: ServerHello.renegotiationInfo)
      let certificate: [UInt8] = [22, 3, 3, 0, 7, 11, 0, 0, 3, 0, 0, 0]
      try says(
        TLS.self, try answer(TLS.self, with: hello + certificate), .negotiation,
        "the server has shown no certificate" + offered(TLS.self))
    },
    Promise("what breaks the protocol begins with the same words") {
      // A Finished, a ServerHello without content, one that is cut short.
      for message: [UInt8] in [[20, 0, 0, 1, 0], [2, 0, 0, 0], [2, 0, 0, 4, 3, 3, 0, 0]] {
        let record = [22, 3, 3, 0, UInt8(message.count)] + message
        let error = try answer(TLS.self, with: record)
        try expectKind(error, .negotiation)
        let words = error.reason.words
        try expect(words.hasPrefix("the handshake failed: "), "reason: \(words)")
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
