import Bytes
import Testing

@testable import TLSBackend

@Suite("Revocation lists (RFC 5280 §6.3)")
struct RevocationTests {
  private typealias Recipe = CertificateRecipe
  private let now: Int64 = 1_500_000_000

  private func refusal(_ lists: [UInt8]..., anchors: [[UInt8]] = [Recipe.root]) throws -> Sentence?
  {
    try ChainMeeting(
      chain: [Recipe.server().with(\.serial, 42).made(by: 9)], anchors: anchors, lists: lists
    ).refusal()
  }

  @Test("each certificate below the anchor needs a current list of its issuer")
  func needed() throws {
    let chain = [Recipe.good, Recipe.issuing]
    let issuing = ListRecipe(issuer: "Issuing").made(by: 8)
    let root = ListRecipe().made(by: 9)
    func refusal(_ lists: [UInt8]...) throws -> Sentence? {
      try ChainMeeting(chain: chain, lists: lists).refusal()
    }
    #expect(try refusal() == nil)
    #expect(try refusal(issuing, root) == nil)
    #expect(try refusal(issuing) == .noList(issuer: "Root"))
    #expect(try refusal(root) == .noList(issuer: "Issuing"))
    let revoking = ListRecipe(serials: [8]).made(by: 9)
    #expect(try refusal(issuing, revoking) == .revoked("Issuing"))
  }

  @Test("revokes by the number, whatever reason is given")
  func revoked() throws {
    #expect(try refusal(ListRecipe(serials: [41, 42, 43]).made(by: 9)) == .revoked("collector"))
    #expect(try refusal(ListRecipe(serials: [41, 43]).made(by: 9)) == nil)
    // removeFromCRL.
    let reason = certificateExtension(21, [0x0A, 1, 8])
    #expect(
      try refusal(ListRecipe(serials: [42], entryExtensions: reason).made(by: 9))
        == .revoked("collector"))
  }

  @Test("the newest that is current decides; of two with one date each entry does")
  func newest() throws {
    let old = ListRecipe(serials: [42], dates: 1_300_000_000...1_600_000_000).made(by: 9)
    let new = ListRecipe(dates: 1_400_000_000...1_600_000_000).made(by: 9)
    for lists in [[old, new], [new, old]] {
      #expect(try refusal(lists[0], lists[1]) == nil)
    }
    let same = ListRecipe(serials: [42]).made(by: 9)
    for lists in [[same, new], [new, same]] {
      #expect(try refusal(lists[0], lists[1]) == .revoked("collector"))
    }
    let stale = ListRecipe(serials: [42], dates: 1_450_000_000...now - 1).made(by: 9)
    for lists in [[stale, new], [new, stale]] {
      #expect(try refusal(lists[0], lists[1]) == nil)
    }
    #expect(try refusal(stale) == .revoked("collector"))
  }

  @Test("a list that is not current, or has no next update, is none")
  func dates() throws {
    let stale = Sentence.staleList(issuer: "Root", now: now)
    #expect(try refusal(ListRecipe(dates: 1_400_000_000...now - 1).made(by: 9)) == stale)
    #expect(try refusal(ListRecipe(dates: now + 1...1_600_000_000).made(by: 9)) == stale)
    #expect(try refusal(ListRecipe(dates: 1_400_000_000...now).made(by: 9)) == nil)
  }

  @Test("a list is signed by the issuer's key, which may sign lists, with a good hash")
  func signatures() throws {
    #expect(try refusal(ListRecipe().made(by: 5)) == .forgedList(issuer: "Root"))
    #expect(
      try refusal(ListRecipe(serials: [42]).made(by: 5), ListRecipe().made(by: 9)) == nil)
    var root = Recipe.authority("Root", issuer: "Root", key: 9)
    root.extensions[0] = certificateExtension(15, [3, 2, 2, 4])
    #expect(
      try refusal(ListRecipe().made(by: 9), anchors: [root.made(by: 9)])
        == .fault(.mayNotSignLists, "Root"))
    let weak = der(0x30, objectID(1, 2, 840, 10045, 4, 1))
    #expect(
      try refusal(ListRecipe(algorithm: weak).made(by: 9)) == .fault(.weakList, "Root"))
    let unknown = der(0x30, objectID(1, 3, 101, 112))
    #expect(
      try refusal(ListRecipe(algorithm: unknown).made(by: 9))
        == .fault(.unknownListAlgorithm, "Root"))
  }

  @Test("a list that tells of a part, or of what is not known, frees nobody")
  func parts() throws {
    let partial = Sentence.fault(.partialList, "Root")
    let indirect = certificateExtension(28, isCritical: true, der(0x30, [0x84, 1, 0xFF]))
    let delta = certificateExtension(27, [2, 1, 1])
    let users = certificateExtension(28, isCritical: true, der(0x30, [0x81, 1, 0xFF]))
    let authorities = certificateExtension(28, isCritical: true, der(0x30, [0x82, 1, 0xFF]))
    for item in [indirect, delta, authorities, unknownExtension(isCritical: true)] {
      #expect(try refusal(ListRecipe(extensions: [item]).made(by: 9)) == partial)
    }
    for item in [users, unknownExtension(isCritical: false)] {
      #expect(try refusal(ListRecipe(extensions: [item]).made(by: 9)) == nil)
    }
    let issuer = certificateExtension(29, isCritical: true, [0x30, 0])
    #expect(
      try refusal(ListRecipe(serials: [7], entryExtensions: issuer).made(by: 9)) == partial)
  }

  @Test("what is malformed in a file is named with its number and part")
  func malformed() {
    func refusal(_ change: (inout TLSParameters) -> Void) -> TLSError? {
      var parameters = TLSParameters()
      change(&parameters)
      return #expect(throws: TLSError.self) { _ = try TrustStore(parameters) }
    }
    let good = ListRecipe().made(by: 9)
    let list = refusal { $0.revocationLists = [good, Array(good.dropLast())] }
    #expect(list?.reason == .malformed("X509 CRL", number: 2, .encoding))
    #expect(list?.parameter == .revocationLists)
    let anchor = refusal { $0.trustAnchors = [Recipe.server().with(\.version, 7).made(by: 9)] }
    #expect(anchor?.reason == .malformed("CERTIFICATE", number: nil, .version))
    #expect(anchor?.parameter == .trustAnchors)
    for count in good.indices {
      var part = CertificatePart.encoding
      #expect(RevocationList(Array(good.prefix(count)), &part) == nil)
    }
  }

  @Test("no byte of a list can be altered")
  func mutation() throws {
    let good = ListRecipe(serials: [41]).made(by: 9)
    for index in good.indices {
      for bit: UInt8 in [1, 0x10, 0x80] {
        var list = good
        list[index] ^= bit
        do {
          let seen = try refusal(list)
          #expect(seen != nil, "\(index)")
        } catch {
          // It is no list any more.
        }
      }
    }
  }
}
