import COpenSSL
import TLSBackend

/// RFC 8446 §6 and §6.2, and what RFC 5246 §7.2 had besides, as an operator reads it.
private let alertWords: [(code: UInt8, words: String, kind: TLSError.Kind)] = [
  (10, "unexpected_message (10)", .negotiation),
  (20, "bad_record_mac (20)", .negotiation),
  (21, "decryption_failed (21)", .negotiation),
  (22, "record_overflow (22)", .negotiation),
  (30, "decompression_failure (30)", .negotiation),
  (40, "handshake_failure (40)", .negotiation),
  (41, "no_certificate (41)", .authentication),
  (42, "bad_certificate (42)", .authentication),
  (43, "unsupported_certificate (43)", .authentication),
  (44, "certificate_revoked (44)", .authentication),
  (45, "certificate_expired (45)", .authentication),
  (46, "certificate_unknown (46)", .authentication),
  (47, "illegal_parameter (47)", .negotiation),
  (48, "unknown_ca (48)", .authentication),
  (49, "access_denied (49)", .authentication),
  (50, "decode_error (50)", .negotiation),
  (51, "decrypt_error (51)", .negotiation),
  (70, "protocol_version (70)", .negotiation),
  (71, "insufficient_security (71)", .negotiation),
  (80, "internal_error (80)", .negotiation),
  (86, "inappropriate_fallback (86)", .negotiation),
  (100, "no_renegotiation (100)", .negotiation),
  (109, "missing_extension (109)", .negotiation),
  (110, "unsupported_extension (110)", .negotiation),
  (112, "unrecognized_name (112)", .negotiation),
  (113, "bad_certificate_status_response (113)", .negotiation),
  (115, "unknown_psk_identity (115)", .negotiation),
  (116, "certificate_required (116)", .authentication),
  (120, "no_application_protocol (120)", .negotiation),
  (200, "unknown (200)", .negotiation),
]

/// The level of an alert that ends the connection (RFC 8446 §6).
private let fatal: UInt8 = 2
private let warning: UInt8 = 1

func alertPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  let inHandshake = alertWords.map { code, words, kind in
    Promise("an alert \(words) in the handshake is this very sentence") {
      let error = try answer(TLS.self, with: [21, 3, 3, 0, 2, fatal, code])
      try expectError(error, try alert(TLS.self, code))
      try expectKind(error, kind)
      try expectSays(error, words)
    }
  }
  let afterwards = alertWords.map { code, words, kind in
    Promise("an alert \(words) on the connection is this very sentence") {
      for version in versions(TLS.self) {
        var meeting = try forgedMeeting(TLS.self, version)
        try meeting.wire.send(meeting.server.forge(21, [fatal, code]))
        let error = try meeting.error { "\(try $0.drain())" }
        let expected = TLSAlert(code: code)
        try expectError(error, .received(expected, during: .reading, try offer(TLS.self)))
        try expectKind(error, kind)
        try expectSays(error, words)
      }
    }
  }
  return inHandshake + afterwards + [
    Promise("a close_notify in the handshake is this very sentence") {
      let error = try answer(TLS.self, with: [21, 3, 3, 0, 2, warning, 0])
      try expectError(error, try alert(TLS.self, 0))
    },
    Promise("a warning is read away in TLS 1.2, and the connection goes on") {
      var meeting = try forgedMeeting(TLS.self, TLS1_2_VERSION)
      // user_canceled, which tells of nothing that would concern us.
      try meeting.wire.send(meeting.server.forge(21, [warning, 90]))
      try meeting.drain()
      try meeting.send([1, 2, 3])
      try meeting.exchange()
      try expectEqual(meeting.server.plaintext, [1, 2, 3], "plaintext")
    },
    Promise("an alert that arrives byte by byte is the alert") {
      for version in versions(TLS.self) {
        var meeting = try forgedMeeting(TLS.self, version)
        let record = try meeting.server.forge(21, [fatal, 48])
        for byte in record.dropLast() {
          try meeting.wire.send([byte])
          try meeting.drain()
        }
        try meeting.wire.send([record[record.count - 1]])
        let error = try meeting.error { "\(try $0.drain())" }
        try expectSays(error, "unknown_ca (48)")
      }
    },
  ]
}

/// TLS 1.2, and 1.3 where the library has it, in OpenSSL's numbers.
func versions<TLS: TLSBackend & ~Copyable>(_: TLS.Type) -> [Int32] {
  TLS.capabilities.highestVersion >= .tls13
    ? [TLS1_2_VERSION, TLS1_3_VERSION] : [TLS1_2_VERSION]
}

/// A connection on which the test writes the server's records.
func forgedMeeting<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws -> Meeting<TLS> {
  var meeting = try Meeting<TLS>(server: .forgeable(version))
  _ = try meeting.handshake()
  try meeting.drain()
  return meeting
}
