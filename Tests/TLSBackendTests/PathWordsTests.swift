import Bytes
import Testing

@testable import TLSBackend

@Suite("Why a chain is refused")
struct PathWordsTests {
  private typealias Recipe = CertificateRecipe
  private let now: Int64 = 1_500_000_000

  private func refusal(_ chain: [UInt8]..., anchors: [[UInt8]] = [Recipe.root]) throws -> Sentence?
  {
    try ChainMeeting(chain: chain, anchors: anchors).refusal()
  }

  @Test("no certificate, and one that is malformed")
  func unreadable() throws {
    #expect(try ChainMeeting(chain: []).refusal() == .noServerCertificate)
    #expect(try refusal([0x30, 0]) == .malformedServerCertificate(.encoding))
    #expect(try refusal(Recipe.good, [0x30, 0]) == .fault(.malformed, "2"))
    #expect(try refusal(Recipe.good, [0x30, 0], Recipe.issuing) == nil, "it is not needed")
  }

  @Test("an issuer that nobody has, that has another name, or another key")
  func missing() throws {
    #expect(try refusal(Recipe.good) == .noPathToAnchor(from: "collector", issuer: "Issuing"))
    let other = Recipe.authority("Issuing", issuer: "Other", key: 8).made(by: 5)
    #expect(try refusal(Recipe.good, other) == .noPathToAnchor(from: "collector", issuer: "Other"))
    // Two authorities of one common name are two.
    let named = Recipe.server().with(
      \.names, (distinguishedName("collector"), distinguishedName("Root", organisation: "Other")))
    #expect(try refusal(named.made(by: 9)) == .fault(.otherAnchor, "collector", "Root"))
    let impostor = Recipe.server().made(by: 5)
    #expect(try refusal(impostor) == .badSignature("collector", by: "Root"))
    let own = Recipe.server().with(\.issuer, "collector")
    #expect(try refusal(own.made(by: 1)) == .selfSigned("collector"))
    #expect(
      try refusal(own.made(by: 1), anchors: [own.with(\.key, 2).made(by: 2)])
        == .selfSigned("collector"), "its twin by name alone")
  }

  @Test("names are the same in another case (RFC 5280 §7.1)")
  func letters() throws {
    #expect(try refusal(Recipe.server(issuer: "ROOT").made(by: 9)) == nil)
  }

  @Test("an issuer that may not sign")
  func usage() throws {
    var issuing = Recipe.authority("Issuing", issuer: "Root", key: 8)
    issuing.extensions[0] = certificateExtension(15, [3, 2, 1, 2])
    #expect(try refusal(Recipe.good, issuing.made(by: 9)) == .fault(.mayNotSign, "Issuing"))
    issuing.extensions = []
    #expect(try refusal(Recipe.good, issuing.made(by: 9)) == .notAnAuthority("Issuing"))
  }

  @Test("a kind of signature that is weak, or that the library does not have")
  func algorithms() throws {
    for weak in [
      objectID(1, 2, 840, 113549, 1, 1, 5), objectID(1, 2, 840, 113549, 1, 1, 4),
      objectID(1, 2, 840, 10045, 4, 1), objectID(1, 3, 14, 3, 2, 29),
    ] {
      let leaf = Recipe.server().with(\.algorithm, der(0x30, weak)).made(by: 9)
      let result = try ChainMeeting(chain: [leaf]).result()
      #expect(result.refusal == .weakSignature("collector"))
      #expect(result.checks == 0)
    }
    for (arcs, name) in [
      (objectID(1, 3, 101, 112), "Ed25519"), (objectID(1, 2, 840, 113549, 1, 1, 10), "RSASSA-PSS"),
      (objectID(2, 16, 840, 1, 101, 3, 4, 3, 17), "2.16.840.1.101.3.4.3.17"),
    ] {
      let leaf = Recipe.server().with(\.algorithm, der(0x30, arcs)).made(by: 9)
      #expect(
        try refusal(leaf)?.words
          == "the certificate of 'collector' is signed in a way that the TLS "
          + "library does not support: \(name)")
    }
    var meeting = ChainMeeting(chain: [Recipe.server().made(by: 9)])
    meeting.verdict = .unusableKey
    #expect(
      try meeting.refusal() == .fault(.unknownAlgorithm, "collector", "1.2.840.10045.4.3.2"))
  }

  @Test("what an extension says, of whichever certificate")
  func extensions() throws {
    let critical = unknownExtension(isCritical: true)
    #expect(
      try refusal(Recipe.server(more: critical).made(by: 9))
        == .unknownCriticalExtension("collector"))
    #expect(
      try refusal(Recipe.server(more: unknownExtension(isCritical: false)).made(by: 9)) == nil)
    let clients = certificateExtension(37, der(0x30, objectID(1, 3, 6, 1, 5, 5, 7, 3, 2)))
    #expect(try refusal(Recipe.server(more: clients).made(by: 9)) == .wrongPurpose("collector"))
    for more in [critical, clients] {
      let issuing = Recipe.authority("Issuing", issuer: "Root", key: 8, more: more).made(by: 9)
      let root = Recipe.authority("Root", issuer: "Root", key: 9, more: more).made(by: 9)
      let isPurpose = more == clients
      #expect(
        try refusal(Recipe.good, issuing)
          == (isPurpose ? .wrongPurpose("Issuing") : .unknownCriticalExtension("Issuing")))
      #expect(
        try refusal(Recipe.good, Recipe.issuing, anchors: [root])
          == (isPurpose ? .wrongPurpose("Root") : .unknownCriticalExtension("Root")))
    }
    let empty = Recipe.server(more: certificateExtension(37, [0x30, 0])).made(by: 9)
    #expect(try refusal(empty) == .fault(.malformedExtension, "collector", "extKeyUsage"))
    let policies = certificateExtension(36, isCritical: true, der(0x30, [0x80, 1, 0]))
    #expect(
      try refusal(Recipe.server(more: policies).made(by: 9))
        == .unknownCriticalExtension("collector"))
    // keyUsage: it does not sign.
    var agreeing = Recipe.server()
    agreeing.extensions[0] = certificateExtension(15, [3, 2, 3, 8])
    #expect(try refusal(agreeing.made(by: 9)) == .wrongPurpose("collector"))
  }

  @Test("more names than any collector has are said to be too many")
  func names() throws {
    let many = (0..<256).flatMap { dnsNames("n\($0).test") } + dnsNames("logs.test")
    #expect(
      try refusal(Recipe.server(many).made(by: 9)) == .fault(.tooManyNames, "collector", "257"))
    let enough = (0..<255).flatMap { dnsNames("n\($0).test") } + dnsNames("logs.test")
    #expect(try refusal(Recipe.server(enough).made(by: 9)) == nil)
  }

  @Test("dates, at the policy's time; the first and the last second are inside (N1)")
  func dates() throws {
    let past = Recipe.server().with(\.dates, 1_000_000_000...now - 1).made(by: 9)
    #expect(try refusal(past) == .expired("collector", on: now - 1, now: now))
    let future = Recipe.server().with(\.dates, now + 1...2_000_000_000).made(by: 9)
    #expect(try refusal(future) == .notYetValid("collector", from: now + 1, now: now))
    #expect(try refusal(Recipe.server().with(\.dates, now...now).made(by: 9)) == nil)
    let root = Recipe.authority("Root", issuer: "Root", key: 9)
    let leaf = Recipe.server().made(by: 9)
    #expect(
      try refusal(leaf, anchors: [root.with(\.dates, 1_000_000_000...now - 1).made(by: 9)])
        == .anchorExpired("Root", on: now - 1, now: now))
    #expect(
      try refusal(leaf, anchors: [root.with(\.dates, now + 1...2_000_000_000).made(by: 9)])
        == .anchorNotYetValid("Root", from: now + 1, now: now))
  }

  @Test("what must be known about the time goes with it")
  func clock() throws {
    var library = FakeCryptography()
    var policy = PeerPolicy.validated(.dns(Array("logs.test".utf8)))
    policy.clockNote = Sentence("; the clock is wrong")
    var parameters = TLSParameters()
    parameters.trustAnchors = [Recipe.root]
    let trust = try TrustStore(parameters)
    let error = #expect(throws: TLSError.self) {
      var peer: PeerEvidence?
      _ = try policy.judge(
        chain: [Recipe.server().made(by: 9)], trust: trust, using: &library, keeping: &peer)
    }
    #expect(error?.reason.words.hasSuffix("; the clock is wrong") == true)
  }

  @Test("the name last, with what the certificate is for")
  func name() throws {
    let refusal = try refusal(Recipe.server(dnsNames("other.test")).made(by: 9))
    #expect(
      refusal?.words == "the server's certificate is not for logs.test: it is for other.test")
  }

  @Test("a line of the table for each kind, with its places filled")
  func table() {
    for kind in PathFault.Kind.allCases {
      let words = Sentence.fault(kind, "A", "B", now: 0).words
      #expect(!words.isEmpty && !words.contains("$") && !words.contains("\n"), "\(kind)")
    }
    #expect(Sentence.anchorExpired("A", on: 0, now: 1).words.hasPrefix("the trust anchor 'A' exp"))
    for part in [CertificatePart.encoding, .signature, .publicKey, .revokedCertificates] {
      let names = ["DER", "signature", "subjectPublicKeyInfo", "revokedCertificates"]
      #expect(names.contains(part.text.words))
    }
  }
}
