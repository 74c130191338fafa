import Bytes
import Testing

@testable import TLSBackend

@Suite("What is offered, and what a library is asked for and does not have")
struct TLSOfferTests {
  /// A library that has everything that there is a name for.
  private static let whole = TLSCapabilities(
    library: "Whole", version: "9.8.7", highestVersion: .tls13,
    cipherSuites: TLSCipherSuite.allCases, groups: TLSGroup.allCases)
  /// One without TLS 1.3, ChaCha20 and x448, like an old Mbed TLS.
  private static let old = TLSCapabilities(
    library: "Old TLS", version: "2.28.3", highestVersion: .tls12,
    cipherSuites: [
      .ecdheECDSAWithAES128GCM, .ecdheRSAWithAES256GCM, .ecdheRSAWithAES128GCM, .rsaWithAES128CBC,
      // In its tables, with no version to use it in.
      .aes128GCM,
    ],
    groups: [.secp256r1, .x25519])

  private func offer(
    _ parameters: TLSParameters, by capabilities: TLSCapabilities = whole
  ) throws -> TLSOffer {
    try TLSOffer(parameters, by: capabilities)
  }

  /// That an offer is refused with this sentence, about this parameter.
  private func refuses(
    _ parameters: TLSParameters, _ reason: Sentence, about parameter: TLSParameter,
    by capabilities: TLSCapabilities = whole
  ) {
    let error = #expect(throws: TLSError.self) { try TLSOffer(parameters, by: capabilities) }
    #expect(error?.kind == .configuration)
    #expect(error?.reason == reason)
    #expect(error?.parameter == parameter)
  }

  @Test("without options, RFC 9325's suites and groups are offered, in their order (C10-C12, U3)")
  func defaults() throws {
    let offer = try offer(TLSParameters())
    #expect(offer.cipherSuites == TLSCipherSuite.recommended)
    #expect(offer.groups == TLSGroup.recommended)
    #expect(offer.lowestVersion == .tls12 && offer.highestVersion == .tls13)
    #expect(offer.serverName == nil)
  }

  @Test("the defaults are cut to what the library has, without a word")
  func cutDefaults() throws {
    let offer = try offer(TLSParameters(), by: TLSOfferTests.old)
    #expect(
      offer.cipherSuites
        == [.ecdheRSAWithAES128GCM, .ecdheRSAWithAES256GCM, .ecdheECDSAWithAES128GCM])
    #expect(offer.groups == [.x25519, .secp256r1])
    #expect(offer.lowestVersion == .tls12 && offer.highestVersion == .tls12)
  }

  @Test("ML-KEM is for TLS 1.3 alone: it is offered where that is")
  func hybrid() throws {
    let tls12 = TLSParameters(cipherSuites: [.ecdheRSAWithAES128GCM])
    #expect(try offer(tls12).groups == [.x25519, .secp256r1, .secp384r1])
    let alone = TLSParameters(
      cipherSuites: [.ecdheRSAWithAES128GCM], groups: [.x25519MLKEM768])
    refuses(alone, .noGroupLeft, about: .groups)
    var parameters = TLSParameters()
    parameters.requiresFIPS = true
    #expect(
      try offer(parameters).groups == [.x25519MLKEM768, .secp256r1, .secp384r1, .secp521r1])
    refuses(
      TLSParameters(groups: [.x25519, .x25519MLKEM768]),
      .notSupported("X25519MLKEM768", by: "Old TLS 2.28.3"), about: .groups, by: TLSOfferTests.old)
  }

  @Test("lists are offered in the order of the options, each name once")
  func order() throws {
    let parameters = TLSParameters(
      cipherSuites: [.rsaWithAES128CBC, .chacha20Poly1305, .rsaWithAES128CBC, .aes128GCM],
      groups: [.secp521r1, .x25519, .secp521r1])
    let offer = try offer(parameters)
    #expect(offer.cipherSuites == [.rsaWithAES128CBC, .chacha20Poly1305, .aes128GCM])
    #expect(
      offer.cipherSuites.filter { $0.version == .tls13 } == [.chacha20Poly1305, .aes128GCM])
    #expect(offer.cipherSuites.filter { $0.version == .tls12 } == [.rsaWithAES128CBC])
    #expect(offer.groups == [.secp521r1, .x25519])
  }

  @Test("only versions that a suite belongs to are offered")
  func versions() throws {
    let only12 = try offer(TLSParameters(cipherSuites: [.ecdheRSAWithAES128GCM]))
    #expect(only12.lowestVersion == .tls12 && only12.highestVersion == .tls12)
    let only13 = try offer(TLSParameters(cipherSuites: [.aes256GCM]))
    #expect(only13.lowestVersion == .tls13 && only13.highestVersion == .tls13)
    let raised = try offer(TLSParameters(minimumVersion: .tls13))
    #expect(raised.cipherSuites == [.aes128GCM, .aes256GCM, .chacha20Poly1305])
    #expect(raised.lowestVersion == .tls13)
  }

  @Test("a lowest version above the library's highest names library and version (U3)")
  func lowestVersion() throws {
    let parameters = TLSParameters(minimumVersion: .tls13)
    refuses(
      parameters, .notSupported("TLS 1.3", by: "Old TLS 2.28.3"), about: .minimumVersion,
      by: TLSOfferTests.old)
    _ = try offer(parameters)
  }

  static let missingSuites: [TLSCipherSuite] = [
    .ecdheRSAWithChaCha20Poly1305, .aes128GCM, .aes256GCM,
  ]

  @Test(
    "a suite that the library does not have, or only for a version that it does not have, is named",
    arguments: missingSuites)
  func missingSuite(_ suite: TLSCipherSuite) {
    refuses(
      TLSParameters(cipherSuites: [.ecdheRSAWithAES128GCM, suite]),
      .notSupported(suite.name, by: "Old TLS 2.28.3"), about: .cipherSuites,
      by: TLSOfferTests.old)
  }

  @Test("a list that leaves no suite for the lowest version is refused")
  func noSuite() {
    refuses(
      TLSParameters(minimumVersion: .tls13, cipherSuites: [.ecdheRSAWithAES128GCM]),
      .noSuiteLeft(from: .tls13), about: .cipherSuites)
    refuses(
      TLSParameters(cipherSuites: []), .noSuiteLeft(from: .tls12), about: .cipherSuites)
  }

  @Test("a group that the library does not have is named; an empty list is refused")
  func missingGroup() {
    refuses(
      TLSParameters(groups: [.x25519, .x448]), .notSupported("x448", by: "Old TLS 2.28.3"),
      about: .groups, by: TLSOfferTests.old)
    refuses(TLSParameters(groups: []), .noGroupLeft, about: .groups)
  }

  @Test(
    "a server name that cannot be one is refused before a connection is made (RFC 1035 §2.3.4)",
    arguments: [[], [UInt8](repeating: UInt8(ascii: "a"), count: 256), [104, 0, 105]])
  func serverName(_ name: [UInt8]) {
    refuses(TLSParameters(serverName: name), .badServerName, about: .serverName)
  }

  @Test("a disagreement says what was offered")
  func disagreement() throws {
    for what in [TLSDisagreement.suiteNotOffered, .olderVersion] {
      let offer = try offer(TLSParameters(minimumVersion: .tls13))
      let sentence = Sentence.disagreement(what, lowest: .tls13)
      #expect(
        TLSError.disagreement(what, offer).reason.text
          == sentence.text + Sentence.offered(offer).text)
    }
  }
}
