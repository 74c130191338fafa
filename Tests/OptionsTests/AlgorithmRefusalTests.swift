import Bytes
import Testing

@testable import syslogd

@Suite("Lists of cipher suites and groups that are refused, each with one sentence")
struct AlgorithmRefusalTests {
  static let suites: [(list: String, sentence: Sentence)] = [
    ("TLS_AES", .unknownCipherSuite(ciphers("TLS_AES"))),
    (
      "TLS_AES_128_GCM_SHA256,ECDHE-RSA-AES128-GCM-SHA256,x",
      .unknownCipherSuite(ciphers("ECDHE-RSA-AES128-GCM-SHA256"))
    ),
    (
      "TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384",
      .unknownCipherSuite(ciphers(" TLS_AES_256_GCM_SHA384"))
    ),
    ("x25519", .unknownCipherSuite(ciphers("x25519"))),
    (
      "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
      .unknownCipherSuite(ciphers("TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"))
    ),
    (
      "TLS_AES_128_GCM_SHA256,tls_aes_128_gcm_sha256",
      .givenTwice(ciphers("tls_aes_128_gcm_sha256"))
    ),
    ("", .emptyName(in: ciphers(""))),
    ("TLS_AES_128_GCM_SHA256,", .emptyName(in: ciphers("TLS_AES_128_GCM_SHA256,"))),
    (",TLS_AES_128_GCM_SHA256", .emptyName(in: ciphers(",TLS_AES_128_GCM_SHA256"))),
  ]

  private static func ciphers(_ value: String) -> OptionValue {
    OptionValue("--tls-ciphers", value)
  }

  @Test("--tls-ciphers takes IANA names that it knows, each once", arguments: suites)
  func badSuites(_ list: String, _ sentence: Sentence) {
    #expect(refusal(["-R", "h", "-d", "--tls-ciphers", list]) == sentence)
  }

  static let groups: [(list: String, sentence: Sentence)] = [
    ("P-256", .mustBe(known, not: groups("P-256"))),
    ("x25519,brainpoolP256r1", .mustBe(known, not: groups("brainpoolP256r1"))),
    ("x25519,X25519", .givenTwice(groups("X25519"))),
    (",", .emptyName(in: groups(","))),
    ("x25519,,x448", .emptyName(in: groups("x25519,,x448"))),
  ]

  private static let known: [Text] = [
    "secp256r1", "secp384r1", "secp521r1", "x25519", "x448", "X25519MLKEM768",
  ]

  private static func groups(_ value: String) -> OptionValue {
    OptionValue("--tls-groups", value)
  }

  @Test("--tls-groups takes IANA names that it knows, each once", arguments: groups)
  func badGroups(_ list: String, _ sentence: Sentence) {
    #expect(refusal(["-R", "h", "-d", "--tls-groups", list]) == sentence)
  }
}
