import Bytes
import COpenSSL

@testable import TLSBackend

private typealias World = ChainWorld

/// Pins and trust anchors together, each form of a fingerprint, and what is advised (T6, T10, T11,
/// T18).
func chainPinPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  acceptances.map { row in
    Promise(row.promise, needs: row.needs) { try accepts(row, TLS.self) }
  }
    + refusals.map { row in
      Promise(row.promise) {
        let scene = row.scene()
        for version in versions(TLS.self) {
          var meeting: Meeting<TLS> = try scene.meeting(version)
          try refuses(&meeting, row.sentence(scene), scene)
        }
      }
    } + [
      Promise("what the peer has shown is kept only for who asks (keepsPeer)") {
        try promisePeerKeptWhenAsked(TLS.self)
      }
    ]
}

// MARK: Accepted

private struct Acceptance: Sendable {
  let promise: String
  var pin: Int? = 0
  var isValidated = false
  var advice: Sentence?
  var needs: [Need] = []
  let scene: @Sendable () -> ChainScene
}

private func pinned(_ identity: TestIdentity) -> ChainScene {
  ChainScene(identity, below: World.issuing).with(\.name, nil)
    .with(\.pins, identity.publicKeyPEM)
}

private let oldServer: ChainScene = pinned(
  World.issuing.issue(AuthorityRequest.server(World.name).with(\.validity, World.past)))

private let acceptances = [
  Acceptance(promise: "a pin and a chain that are both right are both told", isValidated: true) {
    ChainScene().with(\.pins, World.server.publicKeyPEM)
  },
  Acceptance(promise: "a pin alone accepts an expired certificate (T6)") { oldServer },
  Acceptance(promise: "a pin alone accepts a certificate of the future (T6)") {
    pinned(
      World.issuing.issue(AuthorityRequest.server(World.name).with(\.validity, World.future)))
  },
  Acceptance(promise: "a pin alone accepts a self-signed stranger of another name (T6)") {
    pinned(Authority.selfSigned(.server(.dns("other.test"))))
  },
  Acceptance(promise: "a pin alone accepts what SHA-1 has signed (T6)") {
    pinned(World.issuing.issue(AuthorityRequest.server(World.name).with(\.digest, .sha1)))
  },
  Acceptance(promise: "a pin alone accepts what is not meant for servers (T6)") {
    pinned(World.issuing.issue(.client("collector")))
  },
  Acceptance(promise: "a pin alone accepts an unknown critical extension (T6)") {
    var request = AuthorityRequest.server(World.name)
    request.extensions.append(.unknown(isCritical: true))
    return pinned(World.issuing.issue(request))
  },
  Acceptance(promise: "a sha-256 fingerprint of the certificate is a pin (T10)") {
    pinned(World.server).with(\.pins, sha256(World.server))
  },
  Acceptance(
    promise: "a sha-1 fingerprint of the certificate is a pin, and advised against (T11)",
    advice: adviceAgainstSHA1
  ) {
    pinned(World.server).with(\.pins, sha1(World.server))
  },
  Acceptance(
    promise: "the labels SHA1 and SHA256 are those of rsyslog (T11)", pin: 1,
    advice: adviceAgainstSHA1
  ) {
    let labels = World.labelled("SHA256", TestIdentity.stranger.certificateDigest(EVP_sha256()))
    return pinned(World.server)
      .with(\.pins, labels + World.labelled("SHA1", World.server.certificateDigest(EVP_sha1())))
  },
  Acceptance(promise: "the first of two pins needs no advice") {
    pinned(World.server)
      .with(\.pins, World.server.publicKeyPEM + TestIdentity.stranger.publicKeyPEM)
  },
  Acceptance(
    promise: "that only the last of several pins matches is told", pin: 2,
    advice: .onlyLastPinMatches(of: 3)
  ) {
    pinned(World.server)
      .with(
        \.pins,
        TestIdentity.stranger.publicKeyPEM + TestIdentity.rsa.publicKeyPEM
          + World.server.publicKeyPEM)
  },
]

private let adviceAgainstSHA1 = Sentence.matchedBySHA1(
  replaceWith: PinSpelling.certificate(World.server.certificateFingerprint))

private func accepts<TLS: TLSBackend & ~Copyable>(_ row: Acceptance, _: TLS.Type) throws {
  let scene = row.scene()
  for version in versions(TLS.self) {
    var meeting: Meeting<TLS> = try scene.meeting(version)
    let peer = try meeting.handshake()
    try expectEqual(peer.pin, row.pin, "place of the pin")
    try expectEqual(peer.isValidated, row.isValidated, "validated")
    try expectEqual(peer.advice?.words, row.advice?.words, "advice")
    try expect(peer.certificate.der == scene.chain[0].certificateDER, "another certificate")
    let shown = meeting.client.peer?.certificates.map(\.der)
    try expect(shown == scene.chain.map(\.certificateDER), "\(shown?.count ?? 0) certificates")
  }
}

// MARK: Refused

private struct Refusal: Sendable {
  let promise: String
  let sentence: @Sendable (ChainScene) -> Sentence
  let scene: @Sendable () -> ChainScene
}

private let refusals = [
  Refusal(promise: "a right pin does not make up for a wrong chain", sentence: unknownAuthority) {
    let server = World.otherRoot.issue(.server(World.name))
    return ChainScene(server, below: World.otherRoot).with(\.pins, server.publicKeyPEM)
  },
  Refusal(promise: "a right pin does not make up for a wrong name", sentence: wrongName) {
    ChainScene().with(\.pins, World.server.publicKeyPEM).with(\.name, .host("other.test"))
  },
  Refusal(promise: "a right chain does not make up for a wrong pin", sentence: wrongKey) {
    ChainScene().with(\.pins, TestIdentity.stranger.publicKeyPEM)
  },
  Refusal(promise: "a wrong pin is told before a wrong chain", sentence: wrongKey) {
    ChainScene(.server(World.name), below: World.otherRoot)
      .with(\.pins, TestIdentity.stranger.publicKeyPEM)
  },
  Refusal(promise: "another sha-1 fingerprint is refused (T11)", sentence: wrongCertificate) {
    pinned(World.server).with(\.pins, sha1(.stranger))
  },
  Refusal(promise: "another sha-256 fingerprint is refused (T10)", sentence: wrongCertificate) {
    pinned(World.server).with(\.pins, sha256(.stranger))
  },
  Refusal(
    promise: "the fingerprint of an intermediate is no pin of the server",
    sentence: wrongCertificate
  ) {
    pinned(World.server).with(\.pins, sha256(World.issuing.identity))
  },
]

@Sendable
private func unknownAuthority(_: ChainScene) -> Sentence {
  .noPathToAnchor(from: "collector", issuer: "Other Root CA")
}

@Sendable
private func wrongName(_: ChainScene) -> Sentence {
  .wrongName(.dns(Array("other.test".utf8)), .presenting([World.name]))
}

@Sendable
private func wrongKey(_ scene: ChainScene) -> Sentence {
  .pinMismatch(.serverKey(scene.chain[0].pin), pins: 1, in: pinFile)
}

@Sendable
private func wrongCertificate(_ scene: ChainScene) -> Sentence {
  .pinMismatch(scene.chain[0].keyAndCertificate, pins: 1, in: pinFile)
}

private func sha256(_ identity: TestIdentity) -> [UInt8] {
  World.labelled("sha-256", identity.certificateDigest(EVP_sha256()))
}

private func sha1(_ identity: TestIdentity) -> [UInt8] {
  World.labelled("sha-1", identity.certificateDigest(EVP_sha1()))
}

private func promisePeerKeptWhenAsked<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  for keeps in [false, true] {
    for name in ["logs.example.net", "other.test"] {
      let scene = ChainScene().with(\.name, .host(name))
      var policy = try scene.policy(TLS.self)
      policy.keepsPeer = keeps
      var server = TestServer.Configuration(identity: scene.chain[0])
      server.chain = Array(scene.chain.dropFirst())
      var meeting = try Meeting<TLS>(
        policy: policy, parameters: try scene.parameters(), server: server)
      try expect(meeting.client.peer == nil, "a peer before the handshake")
      if name == "other.test" {
        _ = try meeting.failingHandshake()
      } else {
        _ = try meeting.handshake()
      }
      let count = meeting.client.peer?.certificates.count
      try expectEqual(count, keeps ? 2 : nil, "certificates that are kept")
    }
  }
}
