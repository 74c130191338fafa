import Bytes
import Testing

@testable import TLSBackend

@Suite("A certificate is read strictly (RFC 5280 §4.1)")
struct CertificateTests {
  private func part(_ bytes: [UInt8]) -> CertificatePart? {
    var part = CertificatePart.encoding
    return Certificate(bytes, &part) == nil ? part : nil
  }

  private func read(_ recipe: CertificateRecipe) throws -> Certificate {
    var part = CertificatePart.encoding
    return try #require(Certificate(recipe.made(by: 9), &part))
  }

  @Test("says what it was made to say")
  func good() throws {
    let made = try read(
      .authority("Some CA", issuer: "Root", key: 3, pathLimit: 2)
        .with(\.names, (distinguishedName("Some CA", organisation: "O"), distinguishedName("R"))))
    #expect(made.words.words == "Some CA")
    #expect(made.words(made.issuer).words == "R")
    #expect(made.isAuthority)
    #expect(made.pathLimit == 2)
    #expect(made.keyUsage == 0x0600)
    #expect(made.notBefore == 1_000_000_000)
    #expect(made.notAfter == 2_000_000_000)
    #expect(made.key.bits == 256)
    #expect(made.key.trouble == .none)
    #expect(made.fault == nil)
    #expect(!made.hasUnknown)
  }

  @Test("no beginning of one is one, and nothing stands behind it")
  func truncated() {
    let good = CertificateRecipe.good
    for count in good.indices { #expect(part(Array(good.prefix(count))) != nil) }
    #expect(part(good + [0]) == .encoding)
    #expect(part(good) == nil)
  }

  @Test("whatever one byte of it becomes, reading it ends")
  func mutated() {
    for index in CertificateRecipe.issuing.indices {
      for value: UInt8 in [0, 1, 0x30, 0x7F, 0x80, 0x84, 0xFF] {
        var bytes = CertificateRecipe.issuing
        bytes[index] = value
        var part = CertificatePart.encoding
        let certificate = Certificate(bytes, &part)
        _ = certificate.map { $0.words.bytes.count + $0.names(GeneralName.dns).count }
      }
    }
  }

  @Test("what is malformed is told by its name")
  func parts() {
    let recipe = CertificateRecipe.server()
    #expect(part(recipe.with(\.version, 3).made(by: 9)) == .version)
    #expect(part(recipe.with(\.version, 0).made(by: 9)) == .extensions)
    #expect(part(recipe.with(\.publicKey, [0x30, 0]).made(by: 9)) == .publicKey)
    #expect(
      part(recipe.with(\.names, ([4, 0], distinguishedName("R"))).made(by: 9)) == .subject)
    #expect(part(recipe.with(\.names, (distinguishedName("R"), [5, 0])).made(by: 9)) == .issuer)
    let twice = recipe.extensions + [recipe.extensions[0]]
    #expect(part(recipe.with(\.extensions, twice).made(by: 9)) == .extensions)
    // Another algorithm outside than inside (§4.1.1.2).
    let content = Array(recipe.made(by: 9))
    var reader = DERReader(bytes: content)
    _ = reader.enterSequence()
    let signed = reader.element(0x30)
    let other = der(0x30, objectID(1, 2, 840, 10045, 4, 3, 3))
    #expect(part(der(0x30, Array(content[signed]), other, der(3, [0, 1]))) == .signature)
    reader = DERReader(bytes: [])
    #expect(part([]) == .encoding)
  }

  @Test("a known extension that is malformed is a fault, not the end")
  func faults() throws {
    func fault(_ extensions: [UInt8]...) throws -> CertificatePart? {
      try read(CertificateRecipe().with(\.extensions, extensions)).fault
    }
    #expect(try fault(certificateExtension(15, [3, 1, 0])) == .keyUsage)
    #expect(try fault(certificateExtension(37, [0x30, 0])) == .extKeyUsage)
    #expect(try fault(certificateExtension(17, [0x30, 0])) == .subjectAltName)
    #expect(try fault(certificateExtension(17, der(0x30, [0x87, 3, 1, 2, 3]))) == .subjectAltName)
    #expect(try fault(certificateExtension(17, der(0x30, [0xA4, 2, 5, 0]))) == .subjectAltName)
    #expect(try fault(certificateExtension(19, der(0x30, [2, 1, 0]))) == .basicConstraints)
    #expect(try fault(certificateExtension(19, [0x30, 0, 0])) == .basicConstraints)
    #expect(try fault(certificateExtension(19, [0x30, 0])) == nil)
    func subtree(_ base: [UInt8]) -> [UInt8] {
      certificateExtension(30, der(0x30, der(0xA0, der(0x30, base))))
    }
    #expect(try fault(subtree([0x87, 8, 10, 0, 0, 0, 255, 0, 0, 0])) == nil)
    #expect(try fault(subtree([0x87, 8, 10, 0, 0, 0, 255, 0, 255, 0])) == .nameConstraints)
    #expect(try fault(subtree([0x87, 4, 10, 0, 0, 0])) == .nameConstraints)
    #expect(try fault(subtree([0x82, 1, 0x61, 0x80, 1, 1])) == .nameConstraints)
  }

  @Test("keys are told by kind, size and what is the matter with them")
  func keys() throws {
    func key(_ publicKey: [UInt8]) throws -> PublicKey {
      try read(CertificateRecipe().with(\.publicKey, publicKey)).key
    }
    func curve(_ bytes: Int) -> [UInt8] {
      der(
        0x30, der(0x30, objectID(1, 2, 840, 10045, 2, 1), objectID(1, 3, 132, 0, 35)),
        der(3, [0, 4] + [UInt8](repeating: 1, count: bytes * 2)))
    }
    #expect(try key(curve(66)).bits == 521)
    #expect(try key(curve(24)).trouble == .weak)
    #expect(try key(CertificateRecipe.rsa(bits: 2048, exponent: [1, 0, 1])).trouble == .none)
    #expect(try key(CertificateRecipe.rsa(bits: 8192, exponent: [3])).trouble == .none)
    #expect(try key(CertificateRecipe.rsa(bits: 8200, exponent: [3])).trouble == .large)
    #expect(try key(CertificateRecipe.rsa(bits: 1024, exponent: [3])).trouble == .weak)
    let long = [UInt8](repeating: 0x7F, count: 9)
    for exponent in [[1], [2], [1, 0], long] {
      #expect(
        try key(CertificateRecipe.rsa(bits: 2048, exponent: exponent)).trouble == .exponent)
    }
    let longest = [0, 0xFF] + [UInt8](repeating: 0xFF, count: 7)
    #expect(try key(CertificateRecipe.rsa(bits: 2048, exponent: longest)).trouble == .none)
    let other = der(0x30, der(0x30, objectID(1, 2, 840, 10040, 4, 1)), der(3, [0, 2, 1, 1]))
    #expect(try key(other).trouble == .unknown)
    // A curve that describes itself.
    let explicit = der(
      0x30, der(0x30, objectID(1, 2, 840, 10045, 2, 1), [0x30, 0]), der(3, [0, 4, 1, 1]))
    #expect(try key(explicit).trouble == .unknown)
  }

  @Test("a summary out of a file says the same, and needs a hash")
  func summary() throws {
    var library = FakeCryptography()
    let names = dnsNames("a.test") + [0x87, 4, 10, 0, 0, 1] + dnsNames("*.B.test")
    let der = CertificateRecipe.server(names).made(by: 9)
    let seen = try CertificateSummary.reading(der, using: &library)
    #expect(seen.dnsNames == [Array("a.test".utf8), Array("*.B.test".utf8)])
    #expect(seen.addresses == [[10, 0, 0, 1]])
    #expect(seen.der == der)
    #expect(seen.key.kind.description == "EC")
    let error = #expect(throws: TLSError.self) {
      _ = try CertificateSummary.reading(Array(der.dropLast()), using: &library)
    }
    #expect(error?.reason == .malformed("CERTIFICATE", number: nil, .encoding))
  }
}
