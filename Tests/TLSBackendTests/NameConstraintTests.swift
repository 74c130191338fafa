import Bytes
import Testing

@testable import TLSBackend

@Suite("Name constraints (RFC 5280 §4.2.1.10)")
struct NameConstraintTests {
  private func isWithin(
    _ form: UInt8, _ name: [UInt8], _ tree: [UInt8], isExcluded: Bool = false
  ) -> Bool {
    GeneralName.isWithin(form, name.span, tree.span, isExcluded: isExcluded)
  }

  @Test(
    "a dNSName is a name and what is below it",
    arguments: [
      ("a.test", "a.test", true), ("b.A.test", "a.TEST", true), ("ba.test", "a.test", false),
      ("test", "a.test", false), ("a.test", "", true), ("b.a.test", ".a.test", true),
      ("a.test", ".a.test", false), ("*.a.test", "a.test", true), ("*.a.test", "b.a.test", false),
      ("", "a.test", false),
    ])
  func dns(_ name: String, _ tree: String, _ expected: Bool) {
    #expect(isWithin(GeneralName.dns, Array(name.utf8), Array(tree.utf8)) == expected)
  }

  @Test(
    "a wildcard reaches what it may stand for (CVE-2025-61727)",
    arguments: [
      ("*.a.test", "b.a.test", true), ("*.a.test", "a.test", true),
      ("*.a.test", "c.b.a.test", false),
      ("*.a.test", "b.c.test", false), ("b.a.test", "c.a.test", false), ("*", "a.test", false),
      ("b.a.test.", "a.test", true), ("*.a.test.", "b.a.test", true), (".", "a.test", false),
    ])
  func wildcard(_ name: String, _ tree: String, _ expected: Bool) {
    #expect(
      isWithin(GeneralName.dns, Array(name.utf8), Array(tree.utf8), isExcluded: true) == expected)
  }

  @Test(
    "mailboxes and hosts of rfc822Name and URI",
    arguments: [
      (0x81, "me@a.test", "me@a.test", true), (0x81, "me@a.test", "you@a.test", false),
      (0x81, "me@a.test", "a.test", true), (0x81, "me@b.a.test", "a.test", false),
      (0x81, "me@b.a.test", ".a.test", true), (0x81, "me@a.test", ".a.test", false),
      (0x86, "https://a.test/x", "a.test", true), (0x86, "https://b.a.test", "a.test", false),
      (0x86, "https://b.a.test:443?q", ".a.test", true),
      (0x86, "x://me:p@A.test:1/", "a.test", true),
      (0x86, "https://evil.test/@a.test", "a.test", false), (0x86, "urn:a.test", "a.test", false),
      (0x86, "https://evil.test#@a.test", "a.test", false),
    ] as [(UInt8, String, String, Bool)])
  func hosts(_ form: UInt8, _ name: String, _ tree: String, _ expected: Bool) {
    #expect(isWithin(form, Array(name.utf8), Array(tree.utf8)) == expected)
  }

  @Test("what cannot be compared is excluded, and never permitted")
  func unknown() {
    #expect(isWithin(GeneralName.uri, Array("urn:x".utf8), [0x61], isExcluded: true))
    #expect(isWithin(0xA0, [1], [1], isExcluded: true))
    #expect(!isWithin(0xA0, [1], [1]))
  }

  @Test("addresses of the same family by their mask")
  func addresses() {
    let tree: [UInt8] = [10, 1, 0, 0, 255, 255, 0, 0]
    #expect(isWithin(GeneralName.address, [10, 1, 9, 9], tree))
    #expect(!isWithin(GeneralName.address, [10, 2, 9, 9], tree))
    #expect(!isWithin(GeneralName.address, [UInt8](repeating: 0, count: 16), tree))
  }

  @Test("a directoryName is what a subject begins with")
  func directory() {
    let name = distinguishedName("x", organisation: "Org")
    let organisation = Array(
      der(0x30, der(0x31, der(0x30, objectID(2, 5, 4, 10), der(0x0C, Array("ORG".utf8))))))
    #expect(isWithin(GeneralName.directory, name, organisation))
    #expect(isWithin(GeneralName.directory, name, [0x30, 0]))
    #expect(!isWithin(GeneralName.directory, organisation, name))
    #expect(!isWithin(GeneralName.directory, name, distinguishedName("x")))
  }

  private func constraints(_ list: UInt8, _ base: [UInt8]) -> [UInt8] {
    certificateExtension(30, isCritical: true, der(0x30, der(list, der(0x30, base))))
  }

  private func refusal(
    root: [[UInt8]] = [], issuing: [[UInt8]] = [], names: [UInt8] = dnsNames("logs.test"),
    issuingSubject: String = "Issuing"
  ) throws -> Sentence? {
    typealias Recipe = CertificateRecipe
    var rootRecipe = Recipe.authority("Root", issuer: "Root", key: 9)
    rootRecipe.extensions += root
    var issuingRecipe = Recipe.authority(issuingSubject, issuer: "Root", key: 8)
    issuingRecipe.extensions += issuing
    let leaf = Recipe.server(names, issuer: issuingSubject).made(by: 8)
    return try ChainMeeting(
      chain: [leaf, issuingRecipe.made(by: 9)], anchors: [rootRecipe.made(by: 9)]
    ).refusal()
  }

  @Test("bind every name of everything below, the intermediates as well")
  func below() throws {
    let test = constraints(0xA0, dnsNames("test"))
    let evil = constraints(0xA1, dnsNames("evil.test"))
    #expect(try refusal(root: [test]) == nil)
    #expect(
      try refusal(root: [test], names: dnsNames("logs.test", "a.example"))
        == .nameNotPermitted("collector", by: "Root"))
    #expect(
      try refusal(issuing: [evil], names: dnsNames("logs.test", "*.test"))
        == .nameNotPermitted("collector", by: "Issuing"))
    let name = certificateExtension(17, der(0x30, dnsNames("ca.example")))
    #expect(
      try refusal(root: [test], issuing: [name]) == .nameNotPermitted("Issuing", by: "Root"))
    // Who issues to itself is let be (RFC 5280 §6.1.3 (b)).
    #expect(try refusal(root: [test], issuing: [name], issuingSubject: "Root") == nil)
    let subject = constraints(0xA0, der(0xA4, distinguishedName("collector")))
    #expect(try refusal(root: [subject]) == .nameNotPermitted("Issuing", by: "Root"))
    #expect(try refusal(issuing: [subject]) == nil)
  }

  @Test("of a form that is not known refuse who has such a name, and nobody else")
  func otherForms() throws {
    let other = constraints(0xA0, [0x88, 1, 0x2A])
    #expect(try refusal(root: [other]) == nil)
    #expect(
      try refusal(root: [other], names: dnsNames("logs.test") + [0x88, 1, 0x2A])
        == .nameNotPermitted("collector", by: "Root"))
  }
}
