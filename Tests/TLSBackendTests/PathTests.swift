import Bytes
import Testing

@testable import TLSBackend

@Suite("A path to a trust anchor (RFC 5280 §6.1)")
struct PathTests {
  private typealias Recipe = CertificateRecipe
  private let now: Int64 = 1_500_000_000

  @Test("is found through an intermediate, in whichever order it was sent")
  func found() throws {
    #expect(try ChainMeeting(chain: [Recipe.good, Recipe.issuing]).refusal() == nil)
    #expect(try ChainMeeting(chain: [Recipe.server().made(by: 9)]).refusal() == nil)
    let upper = Recipe.authority("Upper", issuer: "Root", key: 7).made(by: 9)
    let lower = Recipe.authority("Lower", issuer: "Upper", key: 6).made(by: 7)
    let leaf = Recipe.server(issuer: "Lower").made(by: 6)
    for chain in [[leaf, lower, upper], [leaf, upper, lower], [leaf, Recipe.root, upper, lower]] {
      let result = try ChainMeeting(chain: chain).result()
      #expect(result.refusal == nil)
      #expect(result.checks == 3)
    }
  }

  @Test("may end at an intermediate, or at the server's own certificate (T6)")
  func partial() throws {
    let chain = [Recipe.good, Recipe.issuing]
    #expect(try ChainMeeting(chain: chain, anchors: [Recipe.issuing]).refusal() == nil)
    let own = try ChainMeeting(chain: chain, anchors: [Recipe.good]).result()
    #expect(own.refusal == nil)
    #expect(own.checks == 0)
  }

  @Test("is looked for again when the first leads nowhere: cross-signed, the dead root's first")
  func backtracking() throws {
    let dead = Recipe.authority("Issuing", issuer: "Dead", key: 8).made(by: 5)
    let expired = Recipe.authority("Issuing", issuer: "Root", key: 8)
      .with(\.dates, 1_000_000_000...1_100_000_000).made(by: 9)
    let narrow = Recipe.authority(
      "Issuing", issuer: "Root", key: 8,
      more: certificateExtension(
        30, der(0x30, der(0xA0, der(0x30, [0x82, 1, 0x61]))))
    ).with(\.serial, 77).made(by: 9)
    for first in [dead, expired, narrow] {
      let chain = [Recipe.good, first, Recipe.issuing]
      #expect(try ChainMeeting(chain: chain).refusal() == nil)
    }
    #expect(try ChainMeeting(chain: [Recipe.good, dead, Recipe.root]).refusal() != nil)
    // The first anchor of the name is another's.
    let twin = Recipe.authority("Root", issuer: "Root", key: 4).made(by: 4)
    let result = try ChainMeeting(
      chain: [Recipe.good, Recipe.issuing], anchors: [twin, Recipe.root]
    ).result()
    #expect(result.refusal == nil)
    #expect(result.checks == 3)
  }

  @Test("ends when certificates sign each other in a circle")
  func circle() throws {
    let one = Recipe.authority("One", issuer: "Two", key: 3).made(by: 2)
    let two = Recipe.authority("Two", issuer: "One", key: 2).made(by: 3)
    let leaf = Recipe.server(issuer: "One").made(by: 3)
    #expect(try ChainMeeting(chain: [leaf, one, two]).refusal() != nil)
  }

  @Test("costs at most 24 signature checks, whatever was sent")
  func budget() throws {
    // Each may be the issuer of each.
    let chain = (0..<10).map { number in
      Recipe.authority("X", issuer: "X", key: 3).with(\.serial, UInt8(number)).made(by: 3)
    }
    let result = try ChainMeeting(chain: chain).result()
    #expect(result.refusal == .fault(.tooDear, ""))
    #expect(result.checks == 24)
    let forged = try ChainMeeting(
      chain: chain,
      anchors: (10..<90).map { Recipe.authority("X", issuer: "X", key: $0).made(by: 1) }
    ).result()
    #expect(forged.refusal == .fault(.tooDear, ""))
    #expect(forged.checks == 24)
  }

  @Test("comparisons of names have a budget, too")
  func comparisons() throws {
    let trees = (0..<2500).flatMap { der(0x30, [0x82, 4] + Array("\(1000 + $0)".utf8)) }
    let constraints = certificateExtension(30, der(0x30, der(0xA1, trees)))
    let root = Recipe.authority("Root", issuer: "Root", key: 9, more: constraints).made(by: 9)
    let names = (0..<250).flatMap { dnsNames("n\($0).test") } + dnsNames("logs.test")
    let leaf = Recipe.server(names).made(by: 9)
    #expect(
      try ChainMeeting(chain: [leaf], anchors: [root]).refusal() == .fault(.tooDear, ""))
  }

  @Test("takes ten certificates of 64 KB together, and no more")
  func limits() throws {
    let junk = (0..<9).map { Recipe.authority("J\($0)", issuer: "K", key: UInt8($0)).made(by: 1) }
    let chain = [Recipe.good, Recipe.issuing] + junk
    #expect(try ChainMeeting(chain: Array(chain.prefix(10))).refusal() == nil)
    let long = try ChainMeeting(chain: chain).result()
    #expect(long.refusal == .fault(.chainBeyondLimits, "11"))
    #expect(long.checks == 0)
    let large = Recipe.authority(
      "Large", issuer: "K", key: 1,
      more: certificateExtension(99, [UInt8](repeating: 0, count: 65_536))
    ).made(by: 1)
    let heavy = try ChainMeeting(chain: [Recipe.good, Recipe.issuing, large]).result()
    #expect(heavy.refusal == .fault(.chainBeyondLimits, "3"))
    #expect(heavy.checks == 0)
  }

  @Test("path lengths do not count who issues to itself (RFC 5280 §4.2.1.9)")
  func pathLength() throws {
    let upper = Recipe.authority("Upper", issuer: "Root", key: 7, pathLimit: 0).made(by: 9)
    let again = Recipe.authority("Upper", issuer: "Upper", key: 6).made(by: 7)
    let leaf = Recipe.server(issuer: "Upper").made(by: 6)
    #expect(try ChainMeeting(chain: [leaf, again, upper]).refusal() == nil)
    let lower = Recipe.authority("Lower", issuer: "Upper", key: 6).made(by: 7)
    let below = Recipe.server(issuer: "Lower").made(by: 6)
    #expect(
      try ChainMeeting(chain: [below, lower, upper]).refusal()
        == .chainTooLong(for: "Upper", limit: 0))
    let root = Recipe.authority("Root", issuer: "Root", key: 9, pathLimit: 0).made(by: 9)
    #expect(
      try ChainMeeting(chain: [Recipe.good, Recipe.issuing], anchors: [root]).refusal()
        == .chainTooLong(for: "Root", limit: 0))
  }

  @Test("a root of version 1 is an authority, one of version 3 without cA is none")
  func roots() throws {
    let leaf = Recipe.server().made(by: 9)
    let old = CertificateRecipe(subject: "Root", key: 9, version: 0).made(by: 9)
    #expect(try ChainMeeting(chain: [leaf], anchors: [old]).refusal() == nil)
    #expect(
      try ChainMeeting(chain: [leaf, old]).refusal() == nil, "beside the anchor of that name")
    let bare = CertificateRecipe(subject: "Root", key: 9).made(by: 9)
    #expect(
      try ChainMeeting(chain: [leaf], anchors: [bare]).refusal()
        == .fault(.anchorNotAuthority, "Root"))
    let middle = CertificateRecipe(subject: "Issuing", key: 8, version: 0).made(by: 9)
    #expect(
      try ChainMeeting(chain: [Recipe.good, middle]).refusal() == .notAnAuthority("Issuing"))
  }

  @Test("no key beyond the limits is computed with, the server's least of all")
  func keys() throws {
    for (publicKey, kind, detail): ([UInt8], PathFault.Kind, Text) in [
      (Recipe.rsa(bits: 16384, exponent: [3]), .largeKey, "16384"),
      (Recipe.rsa(bits: 4096, exponent: [UInt8](repeating: 0x7F, count: 512)), .badExponent, ""),
      (Recipe.rsa(bits: 1024, exponent: [3]), .key, "80"),
    ] {
      let issuing = Recipe.authority("Issuing", issuer: "Root", key: 8)
        .with(\.publicKey, publicKey).made(by: 9)
      let result = try ChainMeeting(chain: [Recipe.good, issuing]).result()
      #expect(result.refusal == .fault(kind, "Issuing", detail))
      #expect(result.checks == 0)
      let leaf = Recipe.server().with(\.publicKey, publicKey).made(by: 9)
      let own = try ChainMeeting(chain: [leaf]).result()
      #expect(
        own.refusal == (kind == .key ? .weakServerKey(bits: 80) : .fault(kind, "collector", detail))
      )
      #expect(own.checks == 0)
    }
  }

  @Test("a wrong pin ends it before any signature is checked, but for who wants to see all")
  func pins() throws {
    var pins = PinSet(source: "pins")
    pins.insert(.spki(.repeating(1)))
    var meeting = ChainMeeting(chain: [Recipe.good, Recipe.issuing])
    meeting.pins = pins
    let result = try meeting.result()
    #expect(result.checks == 0)
    #expect(result.refusal?.words.contains("does not match the pin in pins") == true)
    #expect(result.peer == nil)
    let shown = try meeting.result(keepsPeer: true)
    #expect(shown.refusal == result.refusal)
    #expect(shown.peer?.certificates.count == 2)
    #expect(shown.peer?.chainRefusal == nil)
    #expect(shown.checks == 2)
  }

  @Test("no byte of a good chain can be altered (each in seven ways)")
  func mutation() throws {
    let good = [Recipe.good, Recipe.issuing]
    for (place, certificate) in good.enumerated() {
      for index in certificate.indices {
        for bit: UInt8 in [1, 2, 4, 0x10, 0x20, 0x80, 0xFF] {
          var chain = good
          chain[place][index] ^= bit
          #expect(try ChainMeeting(chain: chain).refusal() != nil, "\(place) \(index) \(bit)")
        }
      }
    }
  }
}
