import Bytes
import TLSBackend

/// One case of the table of chains: who meets whom, and what must come of it in every version of
/// TLS, with every library.
struct ChainRow: Sendable {
  enum Verdict: Sendable {
    case accepted
    /// With this very sentence.
    case refused(Sentence)
  }

  let promise: String
  let verdict: Verdict
  let needs: [Need]
  /// Certificates are made when the case is tried, not when the table is read.
  let scene: @Sendable () -> ChainScene

  init(
    _ promise: String, _ verdict: Verdict, needs: Need...,
    scene: @escaping @Sendable () -> ChainScene
  ) {
    (self.promise, self.verdict, self.needs, self.scene) = (promise, verdict, needs, scene)
  }
}

/// The whole table.
func chainCasePromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  chainTable.map { row in
    Promise(row.promise, needs: row.needs) { try keep(row, TLS.self) }
  }
}

private let chainTable = chainPathRows + chainNameRows + chainListRows + chainRuleRows

private func keep<TLS: TLSBackend & ~Copyable>(_ row: ChainRow, _: TLS.Type) throws {
  let scene = row.scene()
  for version in versions(TLS.self) {
    var meeting: Meeting<TLS> = try scene.meeting(version)
    switch row.verdict {
    case .accepted:
      let peer = try meeting.handshake()
      try expect(peer.isValidated, "nothing was validated")
      try expect(peer.certificate.der == scene.chain[0].certificateDER, "another certificate")
      try meeting.send([1, 2, 3])
      try meeting.exchange()
      try expectEqual(meeting.server.plaintext, [1, 2, 3], "what the server reads")
    case .refused(let sentence):
      try refuses(&meeting, sentence, scene)
    }
  }
}

/// A refusal: the sentence, the alert, the end of everything, and what `--check` shows afterwards.
func refuses<TLS: TLSBackend & ~Copyable>(
  _ meeting: inout Meeting<TLS>, _ sentence: Sentence, _ scene: ChainScene
) throws {
  let error = try meeting.failingHandshake()
  try expectError(error, TLSError(.authentication, sentence))
  // bad_certificate (RFC 8446 §6.2; T17).
  try expectEqual(meeting.server.alerts, [42], "alerts that the server received")
  try expect(!meeting.server.isEstablished, "the server completed the handshake")
  try expectEqual(meeting.server.plaintext, [], "application data")
  let shown = meeting.client.peer?.certificates.map(\.der) ?? []
  try expect(
    shown == scene.chain.map(\.certificateDER), "\(shown.count) certificates are kept, or others")
}
