import Bytes
import Testing

@testable import TLSBackend

@Suite("Sentences whose words depend on what they are about")
struct SentenceTests {
  private let host = PeerName.dns(Array("logs.test".utf8))

  @Test("a wrong name is told with up to four names of each kind")
  func wrongName() {
    let one = Sentence.wrongName(host, .made(dnsNames: ["a.test"]))
    #expect(one.words == "the server's certificate is not for logs.test: it is for a.test")
    let many = Sentence.wrongName(
      .address([10, 0, 0, 2]),
      .made(dnsNames: (0..<9).map { "n\($0)" }, addresses: [[10, 0, 0, 1]]))
    #expect(
      many.words == "the server's certificate is not for address 10.0.0.2: it is for "
        + "n0 n1 n2 n3 address 10.0.0.1 and 5 more")
    let none = Sentence.wrongName(host, .made())
    #expect(none.words.hasSuffix("it has no host name or address in subjectAltName"))
  }

  @Test("a stranger's text cannot play tricks in the log")
  func quotable() {
    let evil = Sentence.wrongName(host, .made(dnsNames: ["a\n<0>'b\u{7F}"]))
    #expect(evil.words.hasSuffix("it is for a?<0>?b?"))
  }

  @Test("pins are counted, and named by their place alone")
  func pins() {
    let key = Sentence.serverKey("sha256//x")
    #expect(Sentence.pinMismatch(key, pins: 0, in: "f").words.hasSuffix("there is no pin in f"))
    #expect(
      Sentence.pinMismatch(key, pins: 1, in: "f").words
        == "the server's public key sha256//x does not match the pin in f")
    #expect(
      Sentence.pinMismatch(.serverKey("sha256//x", certificate: "c"), pins: 2, in: "f").words
        == "the server's public key sha256//x (certificate c) matches none of the 2 pins in f")
  }

  @Test("what was offered is told in short")
  func offered() throws {
    let library = TLSCapabilities(
      library: "Whole", version: "1", highestVersion: .tls13,
      cipherSuites: TLSCipherSuite.allCases, groups: TLSGroup.allCases)
    let one = TLSParameters(cipherSuites: [.aes128GCM], groups: [.x25519])
    #expect(
      try Sentence.offered(TLSOffer(one, by: library)).words
        == "; offered TLS 1.3, 1 suite, groups x25519, keys RSA RSASSA-PSS ECDSA Ed25519")
    #expect(
      try Sentence.offered(TLSOffer(TLSParameters(), by: library)).words
        == "; offered TLS 1.2 and later, 9 suites, groups X25519MLKEM768 x25519 secp256r1 secp384r1"
        + ", keys RSA RSASSA-PSS ECDSA Ed25519")
  }

  @Test("one of several blocks in a file is told by its number")
  func unreadable() {
    let only = TLSError.unreadable("X509 CRL", by: "Fake TLS", about: .revocationLists)
    #expect(only.reason.words == "contains a X509 CRL that Fake TLS cannot read")
    let second = TLSError.unreadable("CERTIFICATE", 1, of: 3, by: "Fake TLS")
    #expect(second.reason.words == "CERTIFICATE number 2 cannot be read by Fake TLS")
  }
}
