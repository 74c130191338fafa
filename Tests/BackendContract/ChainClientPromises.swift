import COpenSSL
import TLSBackend

/// Who has signed the clients' certificates.
private let root = Authority.root(.authority("Client Root CA"))
private let issuing = root.certify(.authority("Client Issuing CA"))
private let stranger = Authority.root(.authority("Other Client CA"))

/// The client's own certificate (T4, T24): what the server sees of it, and how it says no.
func chainClientPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let shown = keys.map { row in
    Promise("a client with \(row.name) is known to the server by it (T4)", needs: row.needs) {
      try showsCertificate(TLS.self, row.identity(), form: row.form)
    }
  }
  let refused = refusals.map { row in
    Promise("a server's no to \(row.name) is this very sentence (T4)") {
      try isRefused(TLS.self, row.identity(), alert: row.alert)
    }
  }
  return shown + refused + [
    Promise("intermediates of the client go with its certificate (RFC 8446 §4.4.2)") {
      try showsCertificate(TLS.self, issuing.issue(.client("router")), path: issuing.path)
    },
    Promise("the client's certificate goes to a server that names other authorities (T4)") {
      try showsCertificate(
        TLS.self, issuing.issue(.client("router")), path: issuing.path, hints: [stranger.identity])
    },
    Promise("the client's certificate goes to a server that asks and may do without (T4)") {
      try showsCertificate(TLS.self, root.issue(.client("router")), asked: .wanted)
    },
    Promise("a server that does not ask for the client's certificate does not get it") {
      for version in versions(TLS.self) {
        var meeting = try Meeting<TLS>(
          parameters: try parameters(root.issue(.client("router"))), server: .only(version))
        _ = try meeting.handshake()
        try exchangesData(&meeting)
        try expectEqual(meeting.server.clientCertificates.count, 0, "certificates of the client")
      }
    },
    Promise("a server that is refused does not get to see the client's certificate (T17)") {
      try promiseCertificateHidden(TLS.self)
    },
    Promise("no certificate where one is demanded is this very sentence", needs: .tls13) {
      var configuration = asking(TLS1_3_VERSION)
      configuration.clientCertificate = .demanded
      let meeting = try Meeting<TLS>(server: configuration)
      let error = try refusalByServer(meeting)
      try expectError(error, try certificateRequired(TLS.self))
    },
  ]
}

private struct Key: Sendable {
  let name: String
  var needs: [Need] = []
  var form = AuthorityKeyForm.pkcs8
  let key: AuthorityRequest.Key

  func identity() -> TestIdentity {
    root.issue(AuthorityRequest.client("router").with(\.key, key))
  }
}

private let p256 = AuthorityRequest.Key.new(.ecdsa(curve: NID_X9_62_prime256v1))

private let keys = [
  Key(name: "an ECDSA P-256 key in PKCS#8", key: p256),
  Key(name: "an ECDSA P-256 key in SEC 1", form: .traditional, key: p256),
  Key(
    name: "an ECDSA P-256 key behind its parameters", form: .traditionalWithParameters, key: p256),
  Key(name: "an ECDSA P-384 key in PKCS#8", key: .new(.ecdsa(curve: NID_secp384r1))),
  Key(
    name: "an ECDSA P-384 key in SEC 1", form: .traditional,
    key: .new(.ecdsa(curve: NID_secp384r1))),
  Key(name: "an RSA key in PKCS#8", key: .of(.rsa)),
  Key(name: "an RSA key in PKCS#1", form: .traditional, key: .of(.rsa)),
  Key(name: "an Ed25519 key in PKCS#8", needs: [.feature(.ed25519Keys)], key: .new(.ed25519)),
]

private struct Refusal: Sendable {
  let name: String
  let alert: UInt8
  let identity: @Sendable () -> TestIdentity
}

private let refusals = [
  Refusal(name: "a client of another authority", alert: 48) {
    stranger.issue(.client("router"))
  },
  Refusal(name: "an expired client", alert: 45) {
    root.issue(AuthorityRequest.client("router").with(\.validity, ChainWorld.past))
  },
  Refusal(name: "a client that is not yet valid", alert: 42) {
    root.issue(AuthorityRequest.client("router").with(\.validity, ChainWorld.future))
  },
  Refusal(name: "a client with a server's certificate", alert: 43) {
    root.issue(.server(.dns("router.test")))
  },
]

private func asking(_ version: Int32) -> TestServer.Configuration {
  var configuration = TestServer.Configuration.only(version)
  configuration.clientCertificate = .demanded
  configuration.clientAnchors = [root.identity]
  return configuration
}

private func parameters(
  _ identity: TestIdentity, path: [TestIdentity] = [], form: AuthorityKeyForm = .pkcs8
) throws -> TLSParameters {
  var parameters = TLSParameters()
  let certificates = ([identity] + path).flatMap(\.certificatePEM)
  try parameters.readCertificates(certificates.span)
  try parameters.readPrivateKey(identity.privateKeyPEM(form).span)
  return parameters
}

private func showsCertificate<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ identity: TestIdentity, path: [TestIdentity] = [],
  form: AuthorityKeyForm = .pkcs8, hints: [TestIdentity]? = nil,
  asked: TestServer.ClientCertificate = .demanded
) throws {
  let context = try TLS.Context(try parameters(identity, path: path, form: form))
  for version in versions(TLS.self) {
    var configuration = asking(version)
    configuration.clientCertificate = asked
    configuration.namedAuthorities = hints ?? configuration.clientAnchors
    var meeting = try Meeting<TLS>(
      context, policy: .insecureAnyPeer, server: configuration)
    _ = try meeting.handshake()
    try exchangesData(&meeting)
    try expect(
      meeting.server.clientCertificates == ([identity] + path).map(\.certificateDER),
      "the server sees \(meeting.server.clientCertificates.count) certificates, or others")
    try expect(meeting.client.isAcceptedByPeer, "the client is not known to be accepted")
  }
}

/// In TLS 1.3 the client is done before the server says no (RFC 8446 §2).
private func refusalByServer<TLS: TLSBackend & ~Copyable>(
  _ meeting: consuming Meeting<TLS>
) throws -> TLSError {
  for _ in 0..<100 {
    do {
      if case .complete = try meeting.step() {
        try expect(!meeting.client.isAcceptedByPeer, "accepted before the server has said so")
        try meeting.exchange()
        return try meeting.error { "\(try $0.drain())" }
      }
      try meeting.exchange()
    } catch let error as TLSError {
      return error
    }
  }
  throw BrokenPromise("the server says nothing", #fileID, #line)
}

private func isRefused<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ identity: TestIdentity, alert: UInt8
) throws {
  let context = try TLS.Context(try parameters(identity))
  for version in versions(TLS.self) {
    let meeting = try Meeting<TLS>(context, policy: .insecureAnyPeer, server: asking(version))
    let error = try refusalByServer(meeting)
    let phase = version == TLS1_2_VERSION ? TLSPhase.handshake : .reading
    try expectError(
      error, .received(TLSAlert(code: alert), during: phase, try offer(TLS.self)))
    try expectKind(error, .authentication)
  }
}

private func promiseCertificateHidden<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  for version in versions(TLS.self) {
    let policy = PeerPolicy.pinned(try pinSet(TLS.self, TestIdentity.stranger.publicKeyPEM))
    var meeting = try Meeting<TLS>(
      policy: policy, parameters: try parameters(root.issue(.client("router"))),
      server: asking(version))
    try expectKind(try meeting.failingHandshake(), .authentication)
    try expectEqual(meeting.server.clientCertificates.count, 0, "certificates of the client")
    try expect(!meeting.server.handshakeMessages.contains(11), "a Certificate message was sent")
  }
}
