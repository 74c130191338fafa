import COpenSSL
import TLSBackend

/// A context outlives its sessions: whatever one of them came to, the next is as good as the first.
func recoveryPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  var without = TestServer.Configuration.only(TLS1_2_VERSION, .rsa)
  without.cipherList = "AES128-SHA"
  let servers: [(String, TestServer.Configuration)] = [
    ("a wrong pin", .only(TLS1_2_VERSION, .stranger)),
    ("a weak key", TestServer.Configuration(identity: .weakRSA)),
    ("an older version", .only(TLS1_1_VERSION)),
    ("no common suite", without),
  ]
  let answers: [(String, [UInt8])] = [
    ("an alert", [21, 3, 3, 0, 2, 2, 80]),
    ("what is not TLS", Array("220 mail.example.net ESMTP\r\n".utf8)),
    ("a suite that was not offered", ServerHello.version12(suite: 0x002F)),
    ("a message out of turn", [22, 3, 3, 0, 5, 20, 0, 0, 1, 0]),
  ]
  return servers.map { name, configuration in
    Promise("after a session that failed by \(name) the context makes a good one") {
      try recovers(TLS.self) { context, policy in
        var meeting = try Meeting<TLS>(context, policy: policy, server: configuration)
        _ = try meeting.failingHandshake()
      }
    }
  }
    + answers.map { name, bytes in
      Promise("after a session that failed by \(name) the context makes a good one") {
        try recovers(TLS.self) { context, policy in
          var meeting = try Meeting<TLS>(
            context, policy: policy, server: TestServer.Configuration())
          _ = try meeting.step()
          try meeting.wire.send(bytes)
          _ = try meeting.failingHandshake()
        }
      }
    } + [
      Promise("after a session that was given up or lost the context makes a good one") {
        try promiseRecoveryFromLoss(TLS.self)
      },
      Promise("sessions of one context at the same time know nothing of each other") {
        try promiseSessionsApart(TLS.self)
      },
    ]
}

/// Twice, so that a good session in between is none the wiser.
private func recovers<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, from failing: (TLS.Context, PeerPolicy) throws -> Void
) throws {
  let context = try TLS.Context(TLSParameters(serverName: Array("logs.example.net".utf8)))
  let policy = PeerPolicy.pinned(try pinSet(TLS.self, TestIdentity.ecdsa.publicKeyPEM))
  for _ in 0..<2 {
    try failing(context, policy)
    for version in versions(TLS.self) {
      var meeting = try Meeting<TLS>(context, policy: policy, server: .only(version))
      let peer = try meeting.handshake()
      try expectEqual(peer.pin, 0, "place of the pin")
      try expectEqual(meeting.server.serverName, "logs.example.net", "SNI")
      try exchangesData(&meeting)
    }
  }
}

private func promiseRecoveryFromLoss<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  for version in versions(TLS.self) {
    let configuration = TestServer.Configuration.only(version)
    try recovers(TLS.self) { context, policy in
      var meeting = try Meeting<TLS>(context, policy: policy, server: configuration)
      _ = try meeting.step()
      try meeting.exchange()
    }
    try recovers(TLS.self) { context, policy in
      var meeting = try Meeting<TLS>(context, policy: policy, server: configuration)
      _ = try meeting.step()
      meeting.wire.closePeer()
      _ = try meeting.failingHandshake()
    }
    try recovers(TLS.self) { context, policy in
      var meeting = try Meeting<TLS>(context, policy: policy, server: configuration)
      _ = try meeting.handshake()
      try meeting.drain()
      try meeting.server.write([7])
      var record = meeting.server.output()
      record[record.count - 1] ^= 1
      try meeting.wire.send(record)
      _ = try meeting.error { "\(try $0.drain())" }
    }
  }
}

private func promiseSessionsApart<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let context = try TLS.Context(TLSParameters())
  let pinned = PeerPolicy.pinned(try pinSet(TLS.self, TestIdentity.ecdsa.publicKeyPEM))
  var good = try Meeting<TLS>(context, policy: pinned, server: TestServer.Configuration())
  var bad = try Meeting<TLS>(
    context, policy: pinned, server: TestServer.Configuration(identity: .stranger))
  var open = try Meeting<TLS>(
    context, policy: .insecureAnyPeer, server: TestServer.Configuration(identity: .stranger))
  _ = try good.step()
  _ = try bad.step()
  _ = try open.step()
  _ = try bad.failingHandshake()
  let openPeer = try open.handshake()
  let goodPeer = try good.handshake()
  try expectEqual(openPeer.pin, nil, "place of the pin")
  try expectEqual(goodPeer.pin, 0, "place of the pin")
  try exchangesData(&good)
  try exchangesData(&open)
}
