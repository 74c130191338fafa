import Bytes
import Testing

@testable import TLSBackend

@Suite("Why a chain is refused")
struct ChainWordsTests {
  private func refusal(
    _ evidence: PeerEvidence, name: PeerName = .dns(Array("collector.test".utf8)),
    time: Int64 = 1_000_000, clock: Sentence? = nil
  ) -> Sentence? {
    var policy = PeerPolicy.validated(name)
    policy.time = time
    policy.clockNote = clock
    do throws(TLSError) {
      _ = try policy.judge(evidence)
      return nil
    } catch {
      #expect(error.kind == .authentication)
      return error.reason
    }
  }

  private let leaf = CertificateSummary.made(dnsNames: ["collector.test"])

  @Test("is nothing when the library finds nothing and the name is right")
  func valid() throws {
    #expect(refusal(.of(leaf)) == nil)
    let peer = try PeerPolicy.validated(.dns(Array("collector.test".utf8))).judge(.of(leaf))
    #expect(peer.isValidated == true)
    #expect(peer.pin == nil)
  }

  @Test("the name last, with what the certificate is for")
  func name() {
    let other = PeerName.dns(Array("logs.test".utf8))
    #expect(
      refusal(.of(leaf), name: other)
        == .wrongName(other, leaf))
    let addressed = CertificateSummary.made(addresses: [[10, 0, 0, 1]])
    #expect(
      refusal(.of(addressed), name: other)
        == .wrongName(other, addressed))
  }

  @Test("what an issuer may not do is found in the certificates, whatever the library calls it")
  func structure() {
    let bad = CertificateSummary.made(subject: "authority", issuer: "root")
    #expect(
      refusal(.of(leaf, bad, finding: .untrusted))
        == .notAnAuthority("authority"))
    let first = CertificateSummary.made(subject: "authority", issuer: "middle", isAuthority: true)
    let middle = CertificateSummary.made(
      subject: "middle", issuer: "root", isAuthority: true, pathLimit: 0)
    #expect(
      refusal(.of(leaf, first, middle, finding: .untrusted))
        == .chainTooLong(for: "middle", limit: 0))
    #expect(
      refusal(.of(leaf, first, finding: .untrusted))
        == .noPathToAnchor(from: "collector", issuer: "middle"))
    let own = CertificateSummary.made(subject: "me", issuer: "me")
    #expect(
      refusal(.of(own, finding: .untrusted)) == .selfSigned("me"))
  }

  @Test("certificates that name each other in a circle end it")
  func circle() {
    let one = CertificateSummary.made(subject: "one", issuer: "two", isAuthority: true)
    let two = CertificateSummary.made(subject: "two", issuer: "one", isAuthority: true)
    #expect(refusal(.of(one, two, finding: .untrusted)) != nil)
  }

  @Test("dates are said with the time that they were judged at, and what is odd about it (N1)")
  func dates() {
    let late = CertificateSummary.made(dates: 2_000_000...3_000_000)
    let early = Sentence.notYetValid("collector", from: 2_000_000, now: 1_000_000)
    #expect(refusal(.of(late, finding: .notYetValid)) == early)
    #expect(
      refusal(.of(late, finding: .notYetValid), clock: Sentence("; the clock is wrong"))?.text
        == early.text + "; the clock is wrong")
    #expect(
      refusal(.of(late, finding: .expired), time: 1_764_000_000)
        == .expired("collector", on: 3_000_000, now: 1_764_000_000))
  }

  @Test("of several findings the first in the order of the table is told")
  func order() {
    let all = ChainProblems.Finding.allCases
    for (index, finding) in all.enumerated() {
      var (alone, rest) = (ChainProblems(), ChainProblems())
      alone.insert(finding)
      for later in all[index...] { rest.insert(later) }
      #expect(
        refusal(PeerEvidence(certificates: [leaf], problems: alone))
          == refusal(PeerEvidence(certificates: [leaf], problems: rest)), "\(finding)")
    }
  }

  @Test(
    "dates over all centuries are those of the Gregorian calendar",
    arguments: [
      (0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
      (4_102_444_799, "2099-12-31 23:59:59 UTC"), (4_107_542_400, "2100-03-01 00:00:00 UTC"),
      (253_402_300_799, "9999-12-31 23:59:59 UTC"), (.max, "9999-12-31 23:59:59 UTC"),
      (-1, "1969-12-31 23:59:59 UTC"), (.min, "0001-01-01 00:00:00 UTC"),
    ] as [(Int64, String)])
  func calendar(_ seconds: Int64, _ text: String) {
    #expect(Text(utc: seconds).words == text)
  }

  @Test("pins and chain must both hold when both are asked for")
  func both() throws {
    var set = PinSet(source: "pins")
    set.insert(.spki(.repeating(0x11)))
    let policy = PeerPolicy.validated(.dns(Array("collector.test".utf8)), pins: set)
    let peer = try policy.judge(.of(leaf))
    #expect(peer.pin == 0)
    #expect(peer.isValidated == true)
    #expect(throws: TLSError.self) { _ = try policy.judge(.of(leaf, finding: .untrusted)) }
    let other = CertificateSummary.made(spki: .repeating(9), dnsNames: ["collector.test"])
    #expect(throws: TLSError.self) { _ = try policy.judge(.of(other)) }
  }
}
