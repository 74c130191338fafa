import Bytes
import Testing

@testable import TLSBackend

@Suite("TLSError")
struct TLSErrorTests {
  private func offer(upTo highest: TLSVersion = .tls13) throws -> TLSOffer {
    let capabilities = TLSCapabilities(
      library: "Library", version: "1", highestVersion: highest,
      cipherSuites: TLSCipherSuite.allCases, groups: TLSGroup.allCases)
    return try TLSOffer(TLSParameters(), by: capabilities)
  }

  private func received(
    _ code: UInt8, during phase: TLSPhase = .reading
  ) throws -> TLSError {
    TLSError.received(TLSAlert(code: code), during: phase, try offer())
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
    #expect(error.reason == .received(TLSAlert(code: 116), during: .reading))
    #expect(error.reason.words.contains("certificate_required (116)"))
    #expect(TLSAlert(code: 200).name == "unknown")
  }

  @Test("an alert that means nothing in common says what was offered", arguments: [40, 47, 71, 80])
  func offered(_ code: UInt8) throws {
    let alert = Sentence.received(TLSAlert(code: code), during: .handshake)
    #expect(
      try received(code, during: .handshake).reason.text
        == alert.text + Sentence.offered(offer()).text)
    #expect(try received(code).reason == .received(TLSAlert(code: code), during: .reading))
  }

  @Test(
    "protocol_version says which versions the server may have",
    arguments: [TLSVersion.tls12, .tls13])
  func versions(_ highest: TLSVersion) throws {
    let alert = TLSAlert(code: 70)
    var expected = Sentence.received(alert, during: .handshake).text
    expected += Sentence.onlyOlderVersions(than: .tls12).text
    expected += Sentence.orOnlyTLS13(isOffered: highest == .tls13).text
    let error = TLSError.received(alert, during: .handshake, try offer(upTo: highest))
    #expect(error.reason.text == expected)
  }

  @Test("an outcome is what to wait for, or the reason why there is nothing to wait for")
  func outcomes() throws {
    #expect(try TLSOutcome.blocked(until: .readable).readiness(during: .closing) == .readable)
    #expect(try TLSOutcome.again.readiness(during: .sending) == .writable)
    for outcome in [TLSOutcome.closeNotify, .endOfStream] {
      let error = #expect(throws: TLSError.self) { try outcome.readiness(during: .sending) }
      #expect(error?.reason == .endOfStream(during: .sending))
    }
    let early = #expect(throws: TLSError.self) {
      try TLSOutcome.closeNotify.readiness(during: .handshake)
    }
    #expect(early?.reason == .received(TLSAlert(code: 0), during: .handshake))
    #expect(early?.kind == .negotiation)
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
