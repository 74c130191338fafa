import Bytes

@testable import TLSBackend

private typealias World = ChainWorld

/// What certificates are for, how long a path may be, which names and which algorithms (T5, C14).
let chainRuleRows: [ChainRow] = purposes + authorities + constraints + extensions + algorithms

private let wrongPurpose = ChainRow.Verdict.refused(.wrongPurpose("collector"))

/// A good server but for these two extensions.
private func server(
  usage: [AuthorityExtension.Usage]?, purposes: [AuthorityExtension.Purpose]?,
  key: AuthorityRequest.Key? = nil
) -> ChainScene {
  var request = AuthorityRequest.server()
  request.extensions = [.notAuthority, .names([World.name])]
  if let usage { request.extensions.append(.keyUsage(usage)) }
  if let purposes { request.extensions.append(.purposes(purposes)) }
  if let key { request.key = key }
  return ChainScene(request)
}

private let purposes = [
  ChainRow("a certificate for clients is no server's (RFC 5280 §4.2.1.12)", wrongPurpose) {
    server(usage: [.digitalSignature], purposes: [.clientAuthentication])
  },
  ChainRow("a certificate for both is a server's (RFC 5280 §4.2.1.12)", .accepted) {
    server(
      usage: [.digitalSignature], purposes: [.clientAuthentication, .serverAuthentication])
  },
  ChainRow("no extended key usage allows everything (RFC 5280 §4.2.1.12)", .accepted) {
    server(usage: [.digitalSignature], purposes: nil)
  },
  ChainRow("anyExtendedKeyUsage allows everything (RFC 5280 §4.2.1.12)", .accepted) {
    server(usage: [.digitalSignature], purposes: [.any])
  },
  ChainRow("no key usage allows everything (RFC 5280 §4.2.1.3)", .accepted) {
    server(usage: nil, purposes: [.serverAuthentication])
  },
]

private func noAuthority(_ name: Text) -> ChainRow.Verdict {
  .refused(.notAnAuthority(name))
}

private func tooLong(_ name: Text, _ limit: Int) -> ChainRow.Verdict {
  .refused(.chainTooLong(for: name, limit: limit))
}

private func below(_ request: AuthorityRequest) -> ChainScene {
  ChainScene(.server(World.name), below: World.root.certify(request))
}

private let authorities = [
  ChainRow("an authority for clients alone vouches for no server", clientsAlone) {
    below(.authority("Client CA", .purposes([.clientAuthentication])))
  },
  ChainRow("an authority for servers vouches for servers", .accepted) {
    below(.authority("Server CA", .purposes([.serverAuthentication])))
  },
  ChainRow("a server that is an authority, too, is a server (RFC 5280 §4.2.1.9)", .accepted) {
    ChainScene(
      AuthorityRequest(
        commonName: "collector", extensions: [.authority(pathLength: 0), .names([World.name])]))
  },
  ChainRow("an intermediate of version 1 signs nobody (RFC 5280 §6.1.4 (k))", noAuthority("V1 CA"))
  {
    below(AuthorityRequest(commonName: "V1 CA", extensions: [], version: 1))
  },
  ChainRow("who has CA:FALSE signs nobody (RFC 5280 §4.2.1.9)", noAuthority("No CA")) {
    below(
      AuthorityRequest(
        commonName: "No CA", extensions: [.notAuthority, .keyUsage([.certificates])]))
  },
  ChainRow("who has no basicConstraints signs nobody (RFC 5280 §6.1.4 (k))", noAuthority("No CA")) {
    below(AuthorityRequest(commonName: "No CA", extensions: [.keyUsage([.certificates])]))
  },
  ChainRow("a server's certificate signs no other (RFC 5280 §4.2.1.9)", noAuthority("Neighbour")) {
    below(.server(.dns("neighbour.test"), commonName: "Neighbour"))
  },
  ChainRow("who may not sign certificates signs nobody (RFC 5280 §4.2.1.3)", mayNotSign) {
    below(
      AuthorityRequest(
        commonName: "List CA", extensions: [.authority(pathLength: nil), .keyUsage([.lists])]))
  },
  ChainRow("a path longer than an intermediate allows is refused", tooLong("Upper CA", 0)) {
    let upper = World.root.certify(.authority("Upper CA", pathLength: 0))
    let lower = upper.certify(.authority("Lower CA"))
    return ChainScene(.server(World.name), below: lower)
  },
  ChainRow("a path as long as an intermediate allows is accepted", .accepted) {
    let upper = World.root.certify(.authority("Upper CA", pathLength: 1))
    return ChainScene(.server(World.name), below: upper.certify(.authority("Lower CA")))
  },
]

private let clientsAlone = ChainRow.Verdict.refused(.wrongPurpose("Client CA"))
private let mayNotSign = ChainRow.Verdict.refused(.fault(.mayNotSign, "List CA"))

private let outside = ChainRow.Verdict.refused(
  .nameNotPermitted("collector", by: "Constrained CA"))

private let constraints = [
  ChainRow("a name within the name constraints is accepted (RFC 5280 §4.2.1.10)", .accepted) {
    constrained(permitted: ["example.net"])
  },
  ChainRow("a name outside of the name constraints is refused (RFC 5280 §4.2.1.10)", outside) {
    constrained(permitted: ["example.org"])
  },
  ChainRow("an excluded name is refused (RFC 5280 §4.2.1.10)", outside) {
    constrained(excluded: ["example.net"])
  },
]

func chainRulePromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("a key that may not sign is not trusted in a handshake (RFC 5280 §4.2.1.3)") {
      try promiseKeyUsageKept(TLS.self)
    }
  ]
    + [true, false].map { isCritical in
      Promise(
        "a name that an authority may not give is never accepted, its constraints being "
          + (isCritical ? "critical" : "not critical, against RFC 5280 §4.2.1.10")
      ) {
        let scene = below(
          .authority(
            "Constrained CA", .nameConstraints(permitted: ["example.org"], isCritical: isCritical)))
        guard case .refused(let sentence) = outside else { return }
        for version in versions(TLS.self) {
          var meeting: Meeting<TLS> = try scene.meeting(version)
          try refuses(&meeting, sentence, scene)
        }
      }
    }
}

private func promiseKeyUsageKept<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  // RSA: with such an ECDSA key, the test server would not even try.
  let scene = server(usage: [.lists], purposes: [.serverAuthentication], key: .of(.rsa))
  for version in versions(TLS.self) {
    var meeting: Meeting<TLS> = try scene.meeting(version)
    try refuses(&meeting, .wrongPurpose("collector"), scene)
  }
}

private func constrained(permitted: [String] = [], excluded: [String] = []) -> ChainScene {
  below(
    .authority(
      "Constrained CA", .nameConstraints(permitted: permitted, excluded: excluded)))
}

private let unknownExtension = unknownExtensionOf("collector")

private func unknownExtensionOf(_ subject: Text) -> ChainRow.Verdict {
  .refused(.unknownCriticalExtension(subject))
}

private let extensions = [
  ChainRow(
    "an unknown critical extension of the server is refused (RFC 5280 §4.2)", unknownExtension
  ) {
    var request = AuthorityRequest.server(World.name)
    request.extensions.append(.unknown(isCritical: true))
    return ChainScene(request)
  },
  ChainRow(
    "an unknown critical extension of the intermediate is refused (RFC 5280 §4.2)",
    unknownExtensionOf("Strange CA")
  ) {
    below(.authority("Strange CA", .unknown(isCritical: true)))
  },
  ChainRow("an unknown extension that is not critical is passed over (RFC 5280 §4.2)", .accepted) {
    var request = AuthorityRequest.server(World.name)
    request.extensions.append(.unknown(isCritical: false))
    return ChainScene(request)
  },
]

private func badSignature(_ subject: Text) -> ChainRow.Verdict {
  .refused(.weakSignature(subject))
}

private let algorithms = [
  ChainRow(
    "a server with RSA 1024 is refused, whoever signed it (C14)",
    .refused(.weakServerKey(bits: 80))
  ) {
    ChainScene(AuthorityRequest.server(World.name).with(\.key, .of(.weakRSA)))
  },
  ChainRow(
    "an intermediate with RSA 1024 is refused (C14)",
    .refused(.weakKey("Weak CA", bits: 80))
  ) {
    below(.authority("Weak CA").with(\.key, .of(.weakRSA)))
  },
  ChainRow(
    "a root with RSA 1024 is refused (C14)", .refused(.weakKey("Weak Root CA", bits: 80))
  ) {
    let root = Authority.root(.authority("Weak Root CA").with(\.key, .of(.weakRSA)))
    return ChainScene(.server(World.name), below: root).with(\.anchors, [root.identity])
  },
  ChainRow("a server's certificate signed with SHA-1 is refused (C14)", badSignature("collector")) {
    ChainScene(AuthorityRequest.server(World.name).with(\.digest, .sha1))
  },
  ChainRow("an intermediate signed with SHA-1 is refused (C14)", badSignature("SHA-1 CA")) {
    below(.authority("SHA-1 CA").with(\.digest, .sha1))
  },
  ChainRow(
    "a server's certificate signed with RSA and SHA-1 is refused (C14)", badSignature("collector")
  ) {
    let root = Authority.root(.authority("RSA Root CA").with(\.key, .of(.rsa)))
    return ChainScene(AuthorityRequest.server(World.name).with(\.digest, .sha1), below: root)
      .with(\.anchors, [root.identity])
  },
  ChainRow(
    "a server's certificate signed with RSA and MD5 is refused (C14)", badSignature("collector")
  ) {
    let root = Authority.root(.authority("RSA Root CA").with(\.key, .of(.rsa)))
    return ChainScene(AuthorityRequest.server(World.name).with(\.digest, .md5), below: root)
      .with(\.anchors, [root.identity])
  },
  ChainRow("a root's own signature with SHA-1 is harmless: its key is what counts", .accepted) {
    let root = Authority.root(.authority("Old Root CA").with(\.digest, .sha1))
    return ChainScene(.server(World.name), below: root).with(\.anchors, [root.identity])
  },
  ChainRow("such a root does no harm when the server shows it, too", .accepted) {
    let root = Authority.root(.authority("Old Root CA").with(\.digest, .sha1))
    var scene = ChainScene(.server(World.name), below: root).with(\.anchors, [root.identity])
    scene.chain.append(root.identity)
    return scene
  },
]
