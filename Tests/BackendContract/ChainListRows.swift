import Bytes

@testable import TLSBackend

private typealias World = ChainWorld

/// Revocation lists, and their own dates and signatures (N1, C16).
let chainListRows: [ChainRow] = goodLists + revocations + badLists

private let revoked = ChainRow.Verdict.refused(.revoked("collector"))
private let stale = staleList(of: "Test Issuing CA")
private let forged = ChainRow.Verdict.refused(.forgedList(issuer: "Test Issuing CA"))
private let missing = missingList(of: "Test Issuing CA")

private let staleRoot = staleList(of: "Test Root CA")
private let missingRoot = missingList(of: "Test Root CA")

private func staleList(of issuer: Text) -> ChainRow.Verdict {
  .refused(.staleList(issuer: issuer, now: Authority.now))
}

private func missingList(of issuer: Text) -> ChainRow.Verdict {
  .refused(.noList(issuer: issuer))
}

/// The server below the intermediate, with the lists of the two authorities.
private func scene(
  _ issuing: AuthorityList = AuthorityList(), root: AuthorityList = AuthorityList()
) -> ChainScene {
  ChainScene().with(\.lists, [World.issuing.list(issuing), World.root.list(root)])
}

private let goodLists = [
  ChainRow("a server that no list names is accepted (N1)", .accepted) { scene() },
  ChainRow("lists that name others are no obstacle (N1)", .accepted) {
    scene(
      AuthorityList(revoked: [World.issuing.issue(.server(World.name))]),
      root: AuthorityList(revoked: [World.root.certify().identity]))
  },
  ChainRow("a list of another authority besides is no obstacle", .accepted) {
    var scene = scene()
    scene.lists.insert(
      World.otherRoot.list(AuthorityList(nextUpdate: World.past.upperBound)), at: 0)
    return scene
  },
  ChainRow("an old list beside its successor is no obstacle", .accepted) {
    var scene = scene()
    let old = AuthorityList(
      thisUpdate: World.past.lowerBound, nextUpdate: World.past.upperBound,
      extensions: [.listNumber(0)])
    scene.lists.insert(World.issuing.list(old), at: 0)
    return scene
  },
  ChainRow("a list is current a second before its next update (RFC 5280 §5.1.2.5)", .accepted) {
    scene(AuthorityList(nextUpdate: Authority.now + 1))
  },
  ChainRow("a server below the root needs the root's list alone", .accepted) {
    ChainScene(.server(World.name), below: World.root).with(\.lists, [World.root.list()])
  },
]

private let revocations = [
  ChainRow("a list of another authority that has the same number does not count", .accepted) {
    var scene = scene()
    scene.lists.insert(World.otherRoot.list(AuthorityList(revoked: [World.server])), at: 0)
    return scene
  },
  ChainRow("the newer of two lists of one authority decides", revoked) {
    var scene = scene(
      AuthorityList(
        revoked: [World.server], thisUpdate: Authority.now - Authority.day,
        extensions: [.listNumber(2)]))
    scene.lists.append(World.issuing.list())
    return scene
  },
  ChainRow("a revoked server is refused (N1)", revoked) {
    scene(AuthorityList(revoked: [World.server]))
  },
  ChainRow("a revoked intermediate is refused (N1)", .refused(.revoked("Test Issuing CA"))) {
    scene(root: AuthorityList(revoked: [World.issuing.identity]))
  },
  ChainRow("a server among a hundred revoked ones is refused (N1)", revoked) {
    let name = World.name
    let others = (0..<100).map { _ in World.issuing.issue(.server(name)) }
    return scene(AuthorityList(revoked: others + [World.server]))
  },
  ChainRow("a server whose key is pinned, too, is refused when it is revoked (N1)", revoked) {
    scene(AuthorityList(revoked: [World.server])).with(\.pins, World.server.publicKeyPEM)
  },
]

private let badLists = [
  ChainRow("a list whose next update is over is refused (N1)", stale) {
    scene(AuthorityList(nextUpdate: World.past.upperBound))
  },
  ChainRow("a list of the root whose next update is over is refused (N1)", staleRoot) {
    scene(root: AuthorityList(nextUpdate: World.past.upperBound))
  },
  ChainRow("a list of the future is refused (N1)", stale) {
    scene(
      AuthorityList(thisUpdate: World.future.lowerBound, nextUpdate: World.future.upperBound))
  },
  ChainRow("the judged time decides about lists, too, not the system's (N1)", stale) {
    scene(AuthorityList(thisUpdate: World.present.lowerBound, nextUpdate: World.present.upperBound))
  },
  ChainRow("no list of the server's authority is refused (N1)", missing) {
    ChainScene().with(\.lists, [World.root.list()])
  },
  ChainRow("no list of the intermediate's authority is refused (N1)", missingRoot) {
    ChainScene().with(\.lists, [World.issuing.list()])
  },
  ChainRow("only a list of a stranger is refused (N1)", missing) {
    ChainScene().with(\.lists, [World.otherRoot.list()])
  },
  ChainRow("a list with another's signature is refused (RFC 5280 §6.3.3)", forged) {
    let list = World.issuing.list(signer: World.otherRoot)
    return ChainScene().with(\.lists, [list, World.root.list()])
  },
  ChainRow("a forged list that names the server does not stand for a good one", forged) {
    let list = World.issuing.list(
      AuthorityList(revoked: [World.server]), signer: World.otherRoot)
    return ChainScene().with(\.lists, [list, World.root.list()])
  },
]

func chainListPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  [
    Promise("a list that may tell of a part only is no list (RFC 5280 §5.2)") {
      // Refused with its file, or at the handshake: by each library in its own way.
      let part = AuthorityList(extensions: [.listNumber(1), .unknown(isCritical: true)])
      let scene = scene(part)
      for version in versions(TLS.self) {
        do {
          var meeting: Meeting<TLS> = try scene.meeting(version)
          _ = try meeting.handshake()
        } catch let error as TLSError {
          try expect(
            error.kind == .configuration || error.kind == .authentication,
            "kind \(error.kind) of '\(error.reason.words)'")
          continue
        }
        throw BrokenPromise("the list was taken for a whole one", #fileID, #line)
      }
    }
  ]
}
