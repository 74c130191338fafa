import Bytes
import COpenSSL
import CPosix

@testable import TLSBackend

private typealias World = ChainWorld

/// What a chain may cost before anybody is authenticated, and what does not spoil the rest.
func chainLimitPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  giantAuthorities.map { giant in
    Promise("an authority with \(giant.name) is refused at next to no cost") {
      try promiseGiantAuthority(giant, TLS.self)
    }
  }
    + giantServers.map { giant in
      Promise("a server with \(giant.name) is refused under every policy, at next to no cost") {
        try promiseGiantServer(giant, TLS.self)
      }
    } + [
      Promise("what stands behind the certificates, or breaks off in them, ends the handshake") {
        try promiseMalformedMessages(TLS.self)
      },
      Promise("ten certificates are read, and the eleventh is one too many") {
        try promiseTenCertificates(TLS.self)
      },
      Promise(
        "a chain of more than 64 KB is refused, however short",
        needs: .feature(.longHandshakeMessages)
      ) {
        try promiseLongCertificates(TLS.self)
      },
      Promise("of many who bear the issuer's name, the right one is found") {
        try promiseNamesakes(TLS.self)
      },
      Promise("an anchor with an unknown critical extension spoils no other anchor") {
        let strange = Authority.root(.authority("Strange Root CA", .unknown(isCritical: true)))
        for anchors in [[strange, World.root], [World.root, strange]] {
          try accepts(ChainScene().with(\.anchors, anchors.map(\.identity)), TLS.self)
        }
      },
      Promise("an unknown critical extension of who is not needed spoils nothing") {
        var scene = ChainScene()
        let strange = World.root.certify(.authority("Strange CA", .unknown(isCritical: true)))
        scene.chain.append(strange.identity)
        try accepts(scene, TLS.self)
      },
    ]
}

private func accepts<TLS: TLSBackend & ~Copyable>(_ scene: ChainScene, _: TLS.Type) throws {
  for version in versions(TLS.self) {
    var meeting: Meeting<TLS> = try scene.meeting(version)
    let peer = try meeting.handshake()
    try expect(peer.isValidated, "nothing was validated")
  }
}

/// A refusal that costs the client no more than this.
private func refusesCheaply<TLS: TLSBackend & ~Copyable>(
  _ scene: ChainScene, _ sentence: Sentence, _: TLS.Type
) throws {
  for version in versions(TLS.self) {
    var meeting: Meeting<TLS> = try scene.meeting(version)
    let begun = processorSeconds()
    let error = try meeting.failingHandshake()
    let spent = processorSeconds() - begun
    try expectError(error, TLSError(.authentication, sentence))
    try expectEqual(meeting.server.alerts, [42], "alerts that the server received")
    // The server's own part of the handshake is in it.
    try expect(spent < 0.2, "\(spent) s of CPU time")
  }
}

/// CPU time of this thread.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

// MARK: Giant numbers

/// An RSA key of which only the numbers matter.
struct Giant: Sendable {
  let name: String
  let bits: Int
  let exponentBits: Int
  /// What is said of an authority that is called "Giant CA", or of a server.
  let sentence: Sentence

  /// Odd numbers of so many bits, and no key: nobody can sign with it.
  var key: OpaquePointer {
    let (modulus, exponent) = (number(bits), number(exponentBits))
    let builder = OSSL_PARAM_BLD_new()
    // It keeps the addresses of the names.
    OSSL_PARAM_BLD_push_BN(builder, ("n" as Literal).cString, modulus)
    OSSL_PARAM_BLD_push_BN(builder, ("e" as Literal).cString, exponent)
    let parameters = OSSL_PARAM_BLD_to_param(builder)
    let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
    defer {
      EVP_PKEY_CTX_free(context)
      OSSL_PARAM_free(parameters)
      OSSL_PARAM_BLD_free(builder)
      BN_free(modulus)
      BN_free(exponent)
    }
    var key: OpaquePointer?
    EVP_PKEY_fromdata_init(context)
    // EVP_PKEY_PUBLIC_KEY, an expression that Swift does not import.
    EVP_PKEY_fromdata(context, &key, 0x86, parameters)
    guard let key else { preconditionFailure("OpenSSL takes two numbers for a key") }
    return key
  }

  private func number(_ bits: Int) -> OpaquePointer? {
    var bytes = pattern((bits + 7) / 8)
    bytes[0] = bytes[0] >> UInt8((8 - bits % 8) % 8) | 1 << UInt8((bits + 7) % 8)
    bytes[bytes.count - 1] |= 1
    return BN_bin2bn(bytes, Int32(bytes.count), nil)
  }
}

private let giantAuthorities = [
  Giant(
    name: "an RSA key of 8,193 bits", bits: 8193, exponentBits: 17,
    sentence: .fault(.largeKey, "Giant CA", "8193")),
  Giant(
    name: "an RSA key of 16,384 bits and an exponent as long", bits: 16384, exponentBits: 16384,
    sentence: .fault(.largeKey, "Giant CA", "16384")),
  Giant(
    name: "an RSA exponent of 65 bits", bits: 2048, exponentBits: 65,
    sentence: .fault(.badExponent, "Giant CA")),
]

private let giantServers = [
  Giant(
    name: "an RSA key of 16,384 bits and an exponent as long", bits: 16384, exponentBits: 16384,
    sentence: .fault(.largeKey, "collector", "16384")),
  Giant(
    name: "an RSA exponent of 65 bits", bits: 2048, exponentBits: 65,
    sentence: .fault(.badExponent, "collector")),
]

/// The giant's name is the issuer's in the server's certificate, whoever has signed that.
private func promiseGiantAuthority<TLS: TLSBackend & ~Copyable>(
  _ giant: Giant, _: TLS.Type
) throws {
  let key = TestIdentity(key: giant.key, certificate: TestIdentity.ecdsa.certificate)
  let authority = World.root.issue(.authority("Giant CA").with(\.key, .of(key)))
  var scene = ChainScene(.server(World.name), below: Authority.root(.authority("Giant CA")))
  scene.chain.append(authority)
  try refusesCheaply(scene, giant.sentence, TLS.self)
}

/// The server signs with a key of its own, which nobody comes to look at.
private func promiseGiantServer<TLS: TLSBackend & ~Copyable>(_ giant: Giant, _: TLS.Type) throws {
  let key = TestIdentity(key: giant.key, certificate: TestIdentity.ecdsa.certificate)
  let server = World.issuing.issue(AuthorityRequest.server(World.name).with(\.key, .of(key)))
  let der = server.certificateDER
  let pin = World.labelled("sha-256", server.certificateDigest(EVP_sha256()))
  let policies: [PeerPolicy] = [
    .insecureAnyPeer, .pinned(try pinSet(TLS.self, pin)),
    .validated(.dns(Array("logs.example.net".utf8))),
  ]
  for policy in policies {
    var policy = policy
    policy.time = Authority.now
    let context = try TLS.Context(try ChainScene().parameters())
    var meeting = try Meeting<TLS>(
      context, policy: policy, server: .only(TLS1_2_VERSION, .rsa))
    _ = try meeting.step()
    meeting.server.feed(meeting.wire.receive())
    try meeting.wire.send(showing(der, in: meeting.server.output()))
    let begun = processorSeconds()
    let error = try meeting.failingHandshake()
    let spent = processorSeconds() - begun
    try expectError(error, TLSError(.authentication, giant.sentence))
    try expect(spent < 0.2, "\(spent) s of CPU time")
  }
}

/// A server's first flight of TLS 1.2 with another certificate in it, and something behind it.
private func showing(
  _ certificate: [UInt8], in flight: [UInt8], tail: [UInt8] = []
) -> [UInt8] {
  var messages: [UInt8] = []
  var position = 0
  while position + 5 <= flight.count {
    let length = Int(flight[position + 3]) << 8 | Int(flight[position + 4])
    messages += flight[(position + 5)..<(position + 5 + length)]
    position += 5 + length
  }
  var records: [UInt8] = []
  position = 0
  while position + 4 <= messages.count {
    let length = messages[(position + 1)..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
    var message = Array(messages[position..<(position + 4 + length)])
    position += message.count
    if message[0] == CertificateMessage.type {
      let list = bigEndian(UInt64(certificate.count), 3) + certificate
      let content = bigEndian(UInt64(list.count), 3) + list + tail
      message = [CertificateMessage.type] + bigEndian(UInt64(content.count), 3) + content
    }
    records += [22, 3, 3] + bigEndian(UInt64(message.count), 2) + message
  }
  return records
}

/// Under a policy that accepts anybody: no library goes on without a verdict.
private func promiseMalformedMessages<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let der = TestIdentity.rsa.certificateDER
  let cases: [(certificate: [UInt8], tail: [UInt8])] = [
    (der, [0]), (der, [0, 0, 0]), (der + [0], []), (Array(der.dropLast()), []), ([], []),
  ]
  for (certificate, tail) in cases {
    var meeting = try Meeting<TLS>(server: .only(TLS1_2_VERSION, .rsa))
    _ = try meeting.step()
    meeting.server.feed(meeting.wire.receive())
    try meeting.wire.send(showing(certificate, in: meeting.server.output(), tail: tail))
    _ = try meeting.failingHandshake()
    try expectEqual(meeting.server.alerts.count, 1, "alerts that the server received")
    try expect(!meeting.server.isEstablished, "the server completed the handshake")
  }
}

// MARK: Numbers of certificates

private func promiseTenCertificates<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var authority = World.root
  for number in 1...9 { authority = authority.certify(.authority("Test CA \(number)")) }
  try accepts(ChainScene(.server(World.name), below: authority), TLS.self)
  let lower = authority.certify(.authority("Test CA 10"))
  let scene = ChainScene(.server(World.name), below: lower)
  try refusesCheaply(scene, .fault(.chainBeyondLimits, "11"), TLS.self)
}

private func promiseLongCertificates<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var scene = ChainScene()
  for number in 0..<4 {
    let names = (0..<1000).map { AuthorityExtension.Name.dns("n\($0).of.\(number).example.org") }
    let request = AuthorityRequest(commonName: "many", extensions: [.names(names)])
    scene.chain.append(Authority.selfSigned(request))
  }
  try refusesCheaply(scene, .fault(.chainBeyondLimits, "6"), TLS.self)
}

private func promiseNamesakes<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var scene = ChainScene()
  for _ in 0..<7 { scene.chain.insert(World.root.certify().identity, at: 1) }
  try accepts(scene, TLS.self)
}
