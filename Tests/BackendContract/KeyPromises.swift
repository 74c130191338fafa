import COpenSSL
import TLSBackend

/// Handshakes with every kind of key, suite and group that the library says it has (T3, C10-C14).
func keyPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  let keys: [(name: String, needs: [Need], identity: @Sendable () -> TestIdentity)] = [
    ("an RSA-2048 key", [], { .rsa }),
    ("an RSA-3072 key", [], { .rsa3072 }),
    ("an RSA-4096 key", [], { .rsa4096 }),
    ("an RSASSA-PSS key", [.feature(.rsaPSSKeys)], { .rsaPSS }),
    ("an ECDSA P-256 key", [], { .ecdsa }),
    ("an ECDSA P-384 key", [], { .ecdsaP384 }),
    ("an Ed25519 key", [.feature(.ed25519Keys)], { .ed25519 }),
  ]
  let versions: [(name: String, number: Int32, needs: [Need])] = [
    ("TLS 1.2", TLS1_2_VERSION, []), ("TLS 1.3", TLS1_3_VERSION, [.tls13]),
  ]
  let withKeys = versions.flatMap { version in
    keys.map { key in
      Promise(
        "\(version.name) with a server of \(key.name), pinned by it (T3)",
        needs: version.needs + key.needs
      ) {
        try acceptsKey(TLS.self, .only(version.number, key.identity()))
      }
    }
  }
  let withSuites = TLSCipherSuite.allCases.map { suite in
    let version: [Need] = suite.version == .tls13 ? [.tls13] : []
    return Promise(
      "\(suite.name) alone carries data both ways (C12)", needs: version + [.suite(suite)]
    ) {
      try carriesDataBothWays(TLS.self, suite)
    }
  }
  let withGroups = versions.flatMap { version in
    TLSGroup.allCases.filter { version.number == TLS1_3_VERSION || !$0.needsTLS13 }.map { group in
      Promise(
        "\(version.name) with \(group.name) alone (C14)", needs: version.needs + [.group(group)]
      ) {
        try agreesOnGroup(TLS.self, group, version.number)
      }
    }
  }
  return withKeys + withSuites + withGroups + [
    Promise("a HelloRetryRequest for a group of ours is followed (RFC 8446 §4.1.4)", needs: .tls13)
    {
      try promiseHelloRetried(TLS.self)
    }
  ]
}

private func acceptsKey<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ configuration: TestServer.Configuration
) throws {
  guard let identity = configuration.identity else { return }
  for pin in [identity.publicKeyPEM, identity.certificatePEM] {
    let policy = PeerPolicy.pinned(try pinSet(TLS.self, pin))
    var meeting = try Meeting<TLS>(policy: policy, server: configuration)
    let peer = try meeting.handshake()
    try expectEqual(peer.pin, 0, "place of the pin")
    try exchangesData(&meeting)
  }
}

/// Asked for by the client alone, and all that the server has.
private func carriesDataBothWays<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ suite: TLSCipherSuite
) throws {
  let name = "\(suite.name)"
  let version = suite.version == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
  let choosing = TestServer.Configuration.only(version, name.contains("ECDSA") ? .ecdsa : .rsa)
  var only = choosing
  if suite.version == .tls13 {
    only.suites13 = name
  } else {
    only.cipherList = String(cString: OPENSSL_cipher_name(name))
  }
  var meeting = try Meeting<TLS>(
    parameters: TLSParameters(cipherSuites: [suite]), server: choosing)
  _ = try meeting.handshake()
  try expectEqual(meeting.client.negotiated.cipherSuite.words, name, "suite")
  try exchangesData(&meeting)
  guard TLSCipherSuite.recommended.contains(suite) else { return }
  var other = try Meeting<TLS>(server: only)
  _ = try other.handshake()
  try expectEqual(other.client.negotiated.cipherSuite.words, name, "suite of a server's choice")
  try exchangesData(&other)
}

/// An RSA key, because a TLS 1.2 server wants its ECDSA key's curve among the groups.
private func agreesOnGroup<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ group: TLSGroup, _ version: Int32
) throws {
  var choosing = TestServer.Configuration.only(version, .rsa)
  choosing.groups = TLS.available.groups.map(\.opensslName).joined(separator: ":")
  var only = choosing
  only.groups = group.opensslName
  for (groups, configuration) in [([group], choosing), (TLS.available.groups, only)] {
    var meeting = try Meeting<TLS>(
      parameters: TLSParameters(groups: groups), server: configuration)
    _ = try meeting.handshake()
    try expectEqual(meeting.server.group, group, "group of the server")
    try expectEqual(TLSGroup(named: meeting.client.negotiated.group), group, "group of the client")
    try exchangesData(&meeting)
  }
}

private func promiseHelloRetried<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  // Each library guesses a key share for x25519, the first but for ML-KEM; none for the last.
  let groups = TLSGroup.recommended.filter(TLS.available.groups.contains)
  for (group, expected) in [
    (TLSGroup.x25519, 1...1), (.secp256r1, 1...2), (.secp384r1, 2...2),
  ] {
    var configuration = TestServer.Configuration.only(TLS1_3_VERSION)
    configuration.groups = group.opensslName
    var meeting = try Meeting<TLS>(
      parameters: TLSParameters(groups: groups), server: configuration)
    _ = try meeting.handshake()
    try expectEqual(meeting.server.group, group, "group")
    let hellos = meeting.server.handshakeMessages.count { $0 == 1 }
    try expect(expected.contains(hellos), "\(hellos) ClientHellos")
    try exchangesData(&meeting)
  }
}

/// A record each way, and one of the greatest length.
func exchangesData<TLS: TLSBackend & ~Copyable>(_ meeting: inout Meeting<TLS>) throws {
  let start = meeting.server.plaintext.count
  for count in [1, 16384] {
    try meeting.send(pattern(count))
    try meeting.exchange()
    try meeting.server.write(pattern(count))
    try meeting.exchange()
    for _ in 0..<20 { try meeting.drain() }
    try expect(!meeting.wire.isReady(.readable), "what the server wrote is left unread")
  }
  let received = Array(meeting.server.plaintext[start...])
  try expect(received == pattern(1) + pattern(16384), "bytes arrived changed")
}

extension TLSGroup {
  /// OpenSSL's name of the group.
  fileprivate var opensslName: String {
    switch self {
    case .secp256r1: "secp256r1"
    case .secp384r1: "secp384r1"
    case .secp521r1: "secp521r1"
    case .x25519: "X25519"
    case .x448: "X448"
    case .x25519MLKEM768: "X25519MLKEM768"
    }
  }
}
