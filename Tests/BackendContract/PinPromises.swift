import Bytes
import COpenSSL

@testable import TLSBackend

/// What a pin file may hold that is no pin: refused in words, within bounds.
func pinPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  let key = TestIdentity.ecdsa.publicKeyDER
  let certificate = TestIdentity.ecdsa.certificateDER
  let unreadable: [(String, [UInt8], Literal)] = [
    ("a PUBLIC KEY of garbage", pem("PUBLIC KEY", pattern(91)), "PUBLIC KEY"),
    ("a truncated PUBLIC KEY", pem("PUBLIC KEY", key.dropLast(9)), "PUBLIC KEY"),
    ("a PUBLIC KEY with a tail", pem("PUBLIC KEY", key + [0]), "PUBLIC KEY"),
    ("a CERTIFICATE called PUBLIC KEY", pem("PUBLIC KEY", certificate), "PUBLIC KEY"),
    ("a CERTIFICATE of garbage", pem("CERTIFICATE", pattern(500)), "CERTIFICATE"),
    ("a truncated CERTIFICATE", pem("CERTIFICATE", certificate.dropLast(9)), "CERTIFICATE"),
    ("a CERTIFICATE with a tail", pem("CERTIFICATE", certificate + [0]), "CERTIFICATE"),
    ("a PUBLIC KEY called CERTIFICATE", pem("CERTIFICATE", key), "CERTIFICATE"),
  ]
  let textual: [(String, [UInt8], Sentence)] = [
    ("nothing", [], .noPin),
    ("blank lines and comments", Array("\n  \r\n# sha256//none\n\n".utf8), .noPin),
    ("garbage", pattern(300).map { $0 | 1 }, .notAPin(line: 1)),
    ("a private key", pem("PRIVATE KEY", key), .privateKeyAmongPins(line: 1)),
    (
      "a PEM block without an end", Array(pem("CERTIFICATE", certificate).dropLast(30)),
      .unterminatedPEM(line: 1)
    ),
  ]
  return unreadable.map { name, text, label in
    Promise("\(name) is no pin, in one sentence") {
      let isCertificate = "\(label)" == "CERTIFICATE"
      try refuses(
        TLS.self, text,
        isCertificate
          ? TLSError(.configuration, .malformed(label, number: nil, .encoding))
          : .unreadable(label, by: TLS.capabilities.library))
    }
  }
    + textual.map { name, text, sentence in
      Promise("\(name) is no pin, in one sentence") {
        try refuses(TLS.self, text, TLSError(.configuration, sentence))
      }
    } + [
      Promise("one pin that cannot be used spoils all of them") {
        let text = TestIdentity.ecdsa.publicKeyPEM + pem("PUBLIC KEY", pattern(91))
        try refuses(TLS.self, text, .unreadable("PUBLIC KEY", by: TLS.capabilities.library))
      },
      Promise("10 MB of garbage is no key and no certificate") {
        try promiseGarbageBounded(TLS.self)
      },
      Promise("as many pins as a pin file can hold are read, and the last one counts") {
        try promiseManyPins(TLS.self)
      },
    ]
}

private func refuses<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ text: [UInt8], _ expected: TLSError
) throws {
  do {
    _ = try pinSet(TLS.self, text)
  } catch let error as TLSError {
    return try expectError(error, expected)
  }
  throw BrokenPromise("no refusal: \(expected.reason.words)", #fileID, #line)
}

/// A PEM block in one line, which is as good as many.
private func pem(_ label: String, _ der: [UInt8]) -> [UInt8] {
  let content = Base64.encode(der.span).words
  return Array("-----BEGIN \(label)-----\n\(content)\n-----END \(label)-----\n".utf8)
}

private func promiseGarbageBounded<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let context = try TLS.Context(TLSParameters())
  let tenMegabytes = 10 * 1024 * 1024
  let length: [UInt8] = [0x30, 0x83] + bigEndian(UInt64(tenMegabytes), 3)
  let contents: [[UInt8]] = [
    [UInt8](repeating: 0xA5, count: tenMegabytes),
    // One sequence of 10 MB, and sequences in each other as deep as they go.
    length + [UInt8](repeating: 0, count: tenMegabytes),
    length + [UInt8](repeating: 0x30, count: tenMegabytes),
    // More than there is.
    [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF],
    [0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
  ]
  for der in contents {
    for isCertificate in [false, true] {
      do throws(TLSError) {
        _ =
          isCertificate
          ? try context.certificate(der.span).spkiFingerprint
          : try context.spkiFingerprint(ofPublicKey: der.span)
      } catch {
        try expectKind(error, .configuration)
        continue
      }
      throw BrokenPromise("\(der.count) bytes of garbage have a fingerprint", #fileID, #line)
    }
  }
}

/// 256 KB, which is the limit of a pin file.
private func promiseManyPins<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let other = TestIdentity.stranger.certificatePEM
  let count = 256 * 1024 / other.count - 1
  let text = (0..<count).flatMap { _ in other } + TestIdentity.ecdsa.publicKeyPEM
  let pins = try pinSet(TLS.self, text)
  try expectEqual(pins.count, count + 1, "pins")
  var meeting = try Meeting<TLS>(policy: .pinned(pins))
  let peer = try meeting.handshake()
  try expectEqual(peer.pin, count, "place of the pin")
}
