import Bytes
import COpenSSL

@testable import TLSBackend

/// The alert that a refused peer must see (RFC 8446 §6.2).
private let badCertificate: UInt8 = 42

func identityPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let pinForms: [(String, @Sendable (TestIdentity) -> [UInt8])] = [
    ("a PEM public key", { $0.publicKeyPEM }),
    ("a PEM certificate", { $0.certificatePEM }),
    ("sha256//BASE64", { PinSpelling.spki($0.spkiFingerprint).bytes }),
    ("sha-256:AA:BB…", { PinSpelling.certificate($0.certificateFingerprint).bytes }),
  ]
  let accepting = pinForms.map { name, text in
    Promise("a server pinned by \(name) is accepted (T6, T18)") {
      for identity in [TestIdentity.rsa, .ecdsa] {
        let pin = try acceptance(TLS.self, of: identity, by: text(identity))
        try expectEqual(pin, 0, "place of the pin")
      }
    }
  }
  let refusing = pinForms.map { name, text in
    Promise("another server than the one pinned by \(name) is refused with an alert (T17, T2)") {
      for version in [TLS1_2_VERSION, highestVersion(TLS.self)] {
        try refusesStranger(TLS.self, version, pinned: text(.ecdsa), showing: .stranger)
      }
    }
  }
  return accepting + refusing + [
    Promise("the second of two pins is enough, as in a key rotation") {
      let text = TestIdentity.stranger.publicKeyPEM + TestIdentity.ecdsa.publicKeyPEM
      let pin = try acceptance(TLS.self, of: .ecdsa, by: text)
      try expectEqual(pin, 1, "place of the pin")
    },
    Promise("a refusal names what was seen and where the pins are, never a pin") {
      try promiseFingerprintInRefusal(TLS.self)
    },
    Promise("an empty pin set accepts nobody, with an alert (T17)") {
      try refuses(TLS.self, .only(TLS1_2_VERSION), .pinned(PinSet(source: "empty.pem")))
    },
    Promise("a key weaker than RSA-2048 is refused, pinned or not (C14)") {
      let weak = TestServer.Configuration(identity: .weakRSA)
      let pins = try pinSet(TLS.self, TestIdentity.weakRSA.publicKeyPEM)
      for policy in [PeerPolicy.pinned(pins), .insecureAnyPeer] {
        var meeting = try Meeting<TLS>(policy: policy, server: weak)
        let error = try meeting.failingHandshake()
        try expectKind(error, .authentication)
      }
    },
    Promise("fingerprints of keys are those that the openssl command prints") {
      try promiseKnownFingerprints(TLS.self)
    },
    Promise("what is no key or no certificate is refused, to the last byte") {
      try promiseGarbageRefused(TLS.self)
    },
  ]
}

/// What refusals name as the source of the pins.
let pinFile: Text = "/etc/syslog/pin.pem"

extension TestIdentity {
  /// As a pin is written.
  var pin: Text { PinSpelling.spki(spkiFingerprint) }

  /// How a refusal names what was seen when a certificate is pinned.
  var keyAndCertificate: Sentence {
    .serverKey(pin, certificate: PinSpelling.certificate(certificateFingerprint))
  }
}

func pinSet<TLS: TLSBackend & ~Copyable>(_: TLS.Type, _ text: [UInt8]) throws -> PinSet {
  var pins = PinSet(source: pinFile)
  try pins.insert(contentsOf: text.span, using: try TLS.Context(TLSParameters()))
  return pins
}

func highestVersion<TLS: TLSBackend & ~Copyable>(_: TLS.Type) -> Int32 {
  Int32(TLS.capabilities.highestVersion.rawValue)
}

private func acceptance<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, of identity: TestIdentity, by text: [UInt8]
) throws -> Int? {
  let policy = PeerPolicy.pinned(try pinSet(TLS.self, text))
  var meeting = try Meeting<TLS>(
    policy: policy, server: TestServer.Configuration(identity: identity))
  let peer = try meeting.handshake()
  return peer.pin
}

private func refusesStranger<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32, pinned text: [UInt8], showing stranger: TestIdentity
) throws {
  let policy = PeerPolicy.pinned(try pinSet(TLS.self, text))
  try refuses(TLS.self, .only(version, stranger), policy)
}

private func refuses<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ configuration: TestServer.Configuration, _ policy: PeerPolicy
) throws {
  var meeting = try Meeting<TLS>(policy: policy, server: configuration)
  let error = try meeting.failingHandshake()
  try expectKind(error, .authentication)
  try expectEqual(meeting.server.alerts, [badCertificate], "alerts that the server received")
  try expect(!meeting.server.isEstablished, "the server completed the handshake")
  try expectEqual(meeting.server.plaintext, [], "application data")
}

private func promiseFingerprintInRefusal<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let (pinned, seen) = (TestIdentity.ecdsa, TestIdentity.stranger)
  for (pin, words) in [
    (PinSpelling.spki(pinned.spkiFingerprint), PinSpelling.spki(seen.spkiFingerprint)),
    (
      PinSpelling.certificate(pinned.certificateFingerprint),
      PinSpelling.certificate(seen.certificateFingerprint)
    ),
  ] {
    let policy = PeerPolicy.pinned(try pinSet(TLS.self, pin.bytes))
    var meeting = try Meeting<TLS>(
      policy: policy, server: TestServer.Configuration(identity: seen))
    let reason = try meeting.failingHandshake().reason.words
    try expect(reason.contains(words.words), "no \(words.words) in: \(reason)")
    try expect(!reason.contains(pin.words), "the pin stands in: \(reason)")
    try expect(reason.contains(pinFile.words), "no source in: \(reason)")
  }
}

private func promiseKnownFingerprints<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let context = try TLS.Context(TLSParameters())
  for known in KnownKey.all {
    let digest = try context.spkiFingerprint(ofPublicKey: known.der.span)
    try expectEqual(PinSpelling.spki(digest).words, known.pin, "pin of a key by \(known.algorithm)")
  }
}

private func promiseGarbageRefused<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let context = try TLS.Context(TLSParameters())
  let key = TestIdentity.ecdsa.publicKeyDER
  let certificate = TestIdentity.ecdsa.certificateDER
  for der in [[], [0x30], [0x30, 0x00], key + [0], Array(key.dropLast()), certificate] {
    try refusesDER(der) { try context.spkiFingerprint(ofPublicKey: $0.span) }
  }
  for der in [[], [0x30], certificate + [0], Array(certificate.dropLast()), key] {
    try refusesDER(der) { try context.certificate($0.span).spkiFingerprint }
  }
}

private func refusesDER(
  _ der: [UInt8], _ verb: ([UInt8]) throws -> SHA256Digest
) throws {
  do {
    _ = try verb(der)
  } catch let error as TLSError {
    return try expectKind(error, .configuration)
  }
  throw BrokenPromise("\(der.count) bytes of garbage have a fingerprint", #fileID, #line)
}
