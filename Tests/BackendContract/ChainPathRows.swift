import Bytes
import COpenSSL

@testable import TLSBackend

private typealias World = ChainWorld

/// Where a chain leads to, and when (T5, N1, N2).
let chainPathRows: [ChainRow] = goodPaths + brokenPaths + dates

private let goodPaths = [
  ChainRow("a server below an intermediate is accepted (T5)", .accepted) { ChainScene() },
  ChainRow("a server directly below the root is accepted (T5)", .accepted) {
    ChainScene(.server(World.name), below: World.root)
  },
  ChainRow("a self-signed server that is itself the anchor is accepted (T6)", .accepted) {
    let identity = Authority.selfSigned(.server(World.name))
    return ChainScene(identity, below: World.root).with(\.anchors, [identity])
  },
  ChainRow("an intermediate that is the anchor is enough (RFC 5280 §6.1)", .accepted) {
    ChainScene().with(\.anchors, [World.issuing.identity])
  },
  ChainRow("the last of several anchors counts like the first (T5)", .accepted) {
    ChainScene().with(\.anchors, [World.otherRoot.identity, World.root.identity])
  },
  ChainRow("four intermediates are not too many (T5)", .accepted) {
    var authority = World.root
    for number in 1...4 { authority = authority.certify(.authority("Test CA \(number)")) }
    return ChainScene(.server(World.name), below: authority)
  },
  ChainRow("a shuffled chain is put in order (RFC 8446 §4.4.2)", .accepted) {
    let middle = World.root.certify(.authority("Middle CA"))
    let lower = middle.certify(.authority("Lower CA"))
    var scene = ChainScene(.server(World.name), below: lower)
    scene.chain.swapAt(1, 2)
    return scene
  },
  ChainRow("superfluous certificates in a chain are passed over (RFC 8446 §4.4.2)", .accepted) {
    var scene = ChainScene()
    scene.chain.insert(World.otherRoot.identity, at: 1)
    scene.chain.append(World.root.identity)
    return scene
  },
  ChainRow("a chain of RSA keys is accepted (T5)", .accepted) {
    let root = Authority.root(.authority("RSA Root CA").with(\.key, .of(.rsa)))
    return ChainScene(.server(World.name).with(\.key, .of(.rsa)), below: root)
      .with(\.anchors, [root.identity])
  },
  ChainRow("a root of version 1, which has no extensions, is an authority (T5)", .accepted) {
    let root = Authority.root(.authority("Old Root CA").with(\.version, 1))
    return ChainScene(.server(World.name), below: root).with(\.anchors, [root.identity])
  },
  ChainRow("a P-384 key under an RSA root is accepted (T5)", .accepted) {
    let root = Authority.root(.authority("RSA Root CA").with(\.key, .of(.rsa)))
    let key = AuthorityRequest.Key.new(.ecdsa(curve: NID_secp384r1))
    return ChainScene(.server(World.name).with(\.key, key), below: root)
      .with(\.anchors, [root.identity])
  },
  ChainRow(
    "a chain of Ed25519 keys is accepted (T5)", .accepted, needs: .feature(.ed25519Keys)
  ) {
    let root = Authority.root(.authority("Ed25519 Root CA").with(\.key, .new(.ed25519)))
    return ChainScene(.server(World.name).with(\.key, .new(.ed25519)), below: root)
      .with(\.anchors, [root.identity])
  },
]

/// What is said when the chain ends at somebody whom nobody knows.
private func unknown(_ authority: Text) -> ChainRow.Verdict {
  .refused(.noPathToAnchor(from: "collector", issuer: authority))
}

private let brokenPaths = [
  ChainRow("a self-signed stranger is refused (T5)", selfSigned) {
    ChainScene(Authority.selfSigned(.server(World.name)), below: World.root)
  },
  ChainRow("an unknown authority is refused (T5)", unknown("Other Root CA")) {
    ChainScene(.server(World.name), below: World.otherRoot)
  },
  ChainRow("an unknown root that the server shows is unknown all the same (T5)", other) {
    var scene = ChainScene(.server(World.name), below: World.otherRoot)
    scene.chain.append(World.otherRoot.identity)
    return scene
  },
  ChainRow("an impostor with the name of the root is refused (T5)", impostor) {
    ChainScene(.server(World.name), below: World.impostor)
  },
  ChainRow("a root of version 3 that is no CA is none (RFC 5280 §4.2.1.9)", bare) {
    let root = Authority.root(.authority("Bare Root").with(\.extensions, []))
    return ChainScene(.server(World.name), below: root).with(\.anchors, [root.identity])
  },
  ChainRow("a missing intermediate is refused (T5)", unknown("Test Issuing CA")) {
    ChainScene().with(\.chain, [World.server])
  },
  ChainRow("a broken signature of the server's certificate is refused (N1)", forgedServer) {
    var scene = ChainScene()
    scene.chain[0] = Authority.breakingSignature(of: World.server)
    return scene
  },
  ChainRow("a broken signature of the intermediate is refused (N1)", forgedIssuing) {
    var scene = ChainScene()
    scene.chain[1] = Authority.breakingSignature(of: World.issuing.identity)
    return scene
  },
  ChainRow("a server that is the anchor's twin by name alone is refused (T6)", selfSigned) {
    let anchor = Authority.selfSigned(.server(World.name))
    return ChainScene(Authority.selfSigned(.server(World.name)), below: World.root)
      .with(\.anchors, [anchor])
  },
]

private func forged(_ subject: Text, _ issuer: Text) -> ChainRow.Verdict {
  .refused(.badSignature(subject, by: issuer))
}

private let forgedServer = forged("collector", "Test Issuing CA")
private let impostor = forged("collector", "Test Root CA")
private let forgedIssuing = forged("Test Issuing CA", "Test Root CA")
private let bare = ChainRow.Verdict.refused(.fault(.anchorNotAuthority, "Bare Root"))
private let other = unknown("Other Root CA")
private let selfSigned = ChainRow.Verdict.refused(.selfSigned("collector"))

private let dates = [
  ChainRow("an expired certificate is refused (N1)", expired("collector")) {
    ChainScene(AuthorityRequest.server(World.name).with(\.validity, World.past))
  },
  ChainRow("a certificate that is not yet valid is refused (N1)", future("collector")) {
    ChainScene(AuthorityRequest.server(World.name).with(\.validity, World.future))
  },
  ChainRow("a self-signed server that is the anchor expires, too (T6, N1)", expired("collector")) {
    let identity = Authority.selfSigned(
      AuthorityRequest.server(World.name).with(\.validity, World.past))
    return ChainScene(identity, below: World.root).with(\.anchors, [identity])
  },
  ChainRow("an expired server of a wrong name is called expired", expired("collector")) {
    ChainScene(AuthorityRequest.server(.dns("b.test")).with(\.validity, World.past))
  },
  ChainRow("an expired anchor does not stand in its successor's way", .accepted) {
    // On every clock the one is expired and the other valid: Mbed TLS looks at the system's when
    // it chooses between them.
    let request = AuthorityRequest.authority("Root CA")
    let new = Authority.root(
      request.with(\.validity, year2001.upperBound...Authority.good.upperBound))
    let old = Authority.root(
      request.with(\.key, .of(new.identity)).with(\.validity, year2001))
    return ChainScene(.server(World.name), below: new)
      .with(\.anchors, [old.identity, new.identity])
  },
  ChainRow("an expired intermediate is refused (N1)", expired("Old CA")) {
    let old = World.root.certify(.authority("Old CA").with(\.validity, World.past))
    return ChainScene(.server(World.name), below: old)
  },
  ChainRow("an intermediate that is not yet valid is refused (N1)", future("New CA")) {
    let new = World.root.certify(.authority("New CA").with(\.validity, World.future))
    return ChainScene(.server(World.name), below: new)
  },
  ChainRow("an expired root is refused", oldRoot) {
    let old = Authority.root(.authority("Old Root CA").with(\.validity, World.past))
    return ChainScene(.server(World.name), below: old).with(\.anchors, [old.identity])
  },
  ChainRow("a root of the future is refused", newRoot) {
    let new = Authority.root(.authority("New Root CA").with(\.validity, World.future))
    return ChainScene(.server(World.name), below: new).with(\.anchors, [new.identity])
  },
  ChainRow("the judged time decides, not the system's: valid then, expired now", .accepted) {
    let root = Authority.root(.authority("Root CA of 2001").with(\.validity, year2001))
    return ChainScene(.server(World.name).with(\.validity, year2001), below: root)
      .with(\.anchors, [root.identity]).with(\.time, year2001.lowerBound)
  },
  ChainRow("the judged time decides, not the system's: expired then, valid now", gone) {
    ChainScene(AuthorityRequest.server(World.name).with(\.validity, World.present))
  },
  ChainRow("a certificate is valid a second before its end (RFC 5280 §4.1.2.5)", .accepted) {
    ChainScene(AuthorityRequest.server(World.name).with(\.validity, World.past))
      .with(\.time, World.past.upperBound - 1)
  },
  ChainRow("a certificate is not valid a second after its end", ended) {
    ChainScene(AuthorityRequest.server(World.name).with(\.validity, World.past))
      .with(\.time, World.past.upperBound + 1)
  },
  ChainRow("the first second of a certificate is one of its own (RFC 5280 §4.1.2.5)", .accepted) {
    let first = Authority.now...World.future.upperBound
    return ChainScene(AuthorityRequest.server(World.name).with(\.validity, first))
  },
  ChainRow("a certificate without an end, as devices have, is accepted (N2)", .accepted) {
    // 99991231235959Z.
    let device = Authority.good.lowerBound...253_402_300_799
    return ChainScene(AuthorityRequest.server(World.name).with(\.validity, device))
  },
]

/// All of 2001, in seconds.
private let year2001: ClosedRange<Int64> = 978_307_200...1_009_843_199
private let ended = ChainRow.Verdict.refused(
  .expired("collector", on: World.past.upperBound, now: World.past.upperBound + 1))
private let gone = ChainRow.Verdict.refused(
  .expired("collector", on: World.present.upperBound, now: Authority.now))

private let oldRoot = ChainRow.Verdict.refused(
  .anchorExpired("Old Root CA", on: World.past.upperBound, now: Authority.now))
private let newRoot = ChainRow.Verdict.refused(
  .anchorNotYetValid("New Root CA", from: World.future.lowerBound, now: Authority.now))

private func expired(_ subject: Text) -> ChainRow.Verdict {
  .refused(.expired(subject, on: World.past.upperBound, now: Authority.now))
}

private func future(_ subject: Text) -> ChainRow.Verdict {
  .refused(.notYetValid(subject, from: World.future.lowerBound, now: Authority.now))
}
