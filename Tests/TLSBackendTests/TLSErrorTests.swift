import TLSBackend
import Testing

@Suite("TLSError")
struct TLSErrorTests {
  private func received(
    _ code: UInt8, during phase: TLSPhase = .reading
  ) throws -> TLSError {
    let capabilities = TLSCapabilities(
      library: "Library", version: "1", highestVersion: .tls13,
      cipherSuites: TLSCipherSuite.allCases, groups: TLSGroup.allCases,
      keyTypes: TLSKeyType.allCases)
    let offer = try TLSOffer(TLSParameters(), by: capabilities)
    return TLSError.received(TLSAlert(code: code), during: phase, offer)
  }

  @Test(
    "alerts about certificates mean that the peer refuses us", arguments: [42, 45, 46, 48, 116])
  func certificateAlerts(_ code: UInt8) throws {
    #expect(try received(code, during: .handshake).kind == .authentication)
  }

  @Test(
    "other alerts mean that nothing was agreed on", arguments: [0, 10, 40, 47, 70, 71, 80, 255])
  func otherAlerts(_ code: UInt8) throws {
    #expect(try received(code, during: .handshake).kind == .negotiation)
  }

  @Test("an alert is named by RFC 8446's word and its number")
  func words() throws {
    let error = try received(116)
    #expect(
      error.reason.words == "the server sent alert certificate_required (116) during the connection"
    )
    #expect("\(TLSAlert(code: 200).name)" == "unknown")
  }

  @Test("recommended suites and groups are RFC 9325's, no CBC, no static RSA (C10-C12)")
  func recommendations() {
    let suites = TLSCipherSuite.recommended.map { "\($0.name)" }
    #expect(suites.allSatisfy { $0.contains("GCM") || $0.contains("POLY1305") })
    #expect(suites.filter { $0.contains("_WITH_") }.allSatisfy { $0.contains("ECDHE") })
    #expect(
      suites.first { $0.contains("_WITH_") } == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    #expect(suites.contains("TLS_AES_128_GCM_SHA256"))
    #expect(TLSGroup.recommended.contains(.secp256r1) && TLSGroup.recommended.contains(.x25519))
    #expect(TLSParameters().minimumVersion == .tls12)
  }
}
