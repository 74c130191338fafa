import TLSBackend

/// Who meets whom in one case of the table: everything that decides about a server.
struct ChainScene: Sendable {
  /// What the server shows, its own certificate first.
  var chain: [TestIdentity]
  /// What `--ca` names.
  var anchors: [TestIdentity]
  /// What `--crl` names, in PEM.
  var lists: [[UInt8]] = []
  /// The configured name; nil when the chain is not to be validated.
  var name: PeerName? = .host("logs.example.net")
  /// A pin file's content; nil for none.
  var pins: [UInt8]?
  var time = Authority.now

  /// A new server below `authority`, met by a client that trusts the root.
  init(_ request: AuthorityRequest, below authority: Authority = ChainWorld.issuing) {
    self.init(authority.issue(request), below: authority)
  }

  /// A server that is there already.
  init(
    _ identity: TestIdentity = ChainWorld.server, below authority: Authority = ChainWorld.issuing
  ) {
    chain = [identity] + authority.path
    anchors = [ChainWorld.root.identity]
  }

  /// The same with one property changed.
  func with<Value>(_ property: WritableKeyPath<ChainScene, Value>, _ value: Value) -> ChainScene {
    var changed = self
    changed[keyPath: property] = value
    return changed
  }

  func policy<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws -> PeerPolicy {
    let pins = try self.pins.map { try pinSet(TLS.self, $0) }
    var policy: PeerPolicy
    switch (name, pins) {
    case (let name?, let pins): policy = .validated(name, pins: pins)
    case (nil, let pins?): policy = .pinned(pins)
    case (nil, nil): policy = .insecureAnyPeer
    }
    policy.time = time
    policy.keepsPeer = true
    return policy
  }

  func parameters() throws -> TLSParameters {
    var parameters = TLSParameters()
    for anchor in anchors { try parameters.readTrustAnchors(anchor.certificatePEM.span) }
    for list in lists { try parameters.readRevocationLists(list.span) }
    return parameters
  }

  func meeting<TLS: TLSBackend & ~Copyable>(_ version: Int32) throws -> Meeting<TLS> {
    var server = TestServer.Configuration.only(version, chain[0])
    server.chain = Array(chain.dropFirst())
    return try Meeting<TLS>(
      policy: try policy(TLS.self), parameters: try parameters(), server: server)
  }
}

extension PeerName {
  /// As on a command line.
  static func host(_ name: String) -> PeerName? {
    PeerName(host: Array(name.utf8).span)
  }
}
