import BackendOpenSSL
import Bytes
import TLSBackend
import Testing

@testable import BackendContract

@Suite("What a backend cannot do, in BackendMatrix.md")
struct ConfessionTests {
  private let matrix = """
    ## Another section
    | a | b | c | d |
    ## What a backend cannot do
    Some words.

    | promise | library | versions | reason |
    | --- | --- | --- | --- |
    | alone | Mbed TLS | 2.28, 3.6 | it does not |
    | apart | GnuTLS | all | it will not |
    ## How it was measured
    | x | GnuTLS | all | z |
    """

  private func capabilities(_ library: Literal, _ version: Text) -> TLSCapabilities {
    TLSCapabilities(
      library: library, version: version, highestVersion: .tls12, cipherSuites: [], groups: [])
  }

  @Test("its rows are those of its section, without the head")
  func rows() {
    let rows = Confession.all(in: matrix)
    #expect(rows.map(\.promise) == ["alone", "apart"])
    #expect(rows.map(\.reason) == ["it does not", "it will not"])
  }

  @Test("a version stands for itself and what follows a full stop")
  func versions() throws {
    let row = try #require(Confession.all(in: matrix).first)
    #expect(row.concerns(capabilities("Mbed TLS", "2.28.3")))
    #expect(row.concerns(capabilities("Mbed TLS", "3.6")))
    #expect(!row.concerns(capabilities("Mbed TLS", "2.280.1")))
    #expect(!row.concerns(capabilities("Mbed TLS", "3.5.2")))
    #expect(!row.concerns(capabilities("GnuTLS", "3.6.1")))
  }

  @Test("a promise is left out for what the capabilities lack, with the reason")
  func lacks() {
    let poor = capabilities("Mbed TLS", "2.28.3")
    #expect(Need.tls13.lack(in: poor) == "it does not have TLS 1.3")
    #expect(Need.feature(.ed25519Keys).lack(in: poor) == "it does not have Ed25519 keys")
    #expect(Need.group(.x448).lack(in: poor) == "it does not have x448")
    #expect(Need.suite(.aes128GCM).lack(in: poor) == "it does not have TLS_AES_128_GCM_SHA256")
    #expect(Need.feature(.keyUpdate).lack(in: poor) != nil)
    #expect(Need.feature(.fragmentedHandshakeMessages).lack(in: poor) != nil)
    let later = capabilities("Mbed TLS", "3.6.10")
    #expect(Need.feature(.fragmentedHandshakeMessages).lack(in: later) == nil)
    #expect(Need.feature(.keyUpdate).lack(in: capabilities("GnuTLS", "3.8.9")) == nil)
  }

  @Test("OpenSSL 3 is let off nothing but ML-KEM, which 3.5 has")
  func openSSL() {
    let reasons = Promise.omitted(of: OpenSSLBackend.self).map(\.reason)
    #expect(reasons.allSatisfy { $0 == "it does not have X25519MLKEM768" })
  }
}
