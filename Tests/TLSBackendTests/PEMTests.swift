import Bytes
import Testing

@testable import TLSBackend

@Suite("PEM files")
struct PEMTests {
  private let block = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"

  private func anchors(_ text: String) -> Result<[[UInt8]], TLSError> {
    var parameters = TLSParameters()
    do throws(TLSError) {
      try parameters.readTrustAnchors(Array(text.utf8).span)
      return .success(parameters.trustAnchors)
    } catch {
      return .failure(error)
    }
  }

  @Test("may have comments around their blocks, as openssl writes them")
  func comments() throws {
    let text = "Certificate:\n    Data:\n\(block)\n# another\n\(block)"
    #expect(try anchors(text).get() == [[1, 2, 3], [1, 2, 3]])
  }

  @Test(
    "are refused with the line when a block is broken",
    arguments: [
      ("-----BEGIN CERTIFICATE-----\nAQI\n-----END CERTIFICATE-----", .incompletePEM(line: 3)),
      ("x\n-----BEGIN CERTIFICATE-----\nAQID\n", .unterminatedPEM(line: 2)),
      ("-----BEGIN CERTIFICATE-----\nA!ID\n-----END CERTIFICATE-----", .badPEMBase64(line: 2)),
      ("", .contains(no: "CERTIFICATE")),
    ] as [(String, Sentence)])
  func broken(_ text: String, _ reason: Sentence) {
    guard case .failure(let error) = anchors(text) else {
      Issue.record("accepted")
      return
    }
    #expect(error.reason == reason)
  }

  @Test("a key is found beside certificates and parameters; an encrypted one is refused")
  func keys() throws {
    var parameters = TLSParameters()
    let key = "-----BEGIN EC PARAMETERS-----\nAQID\n-----END EC PARAMETERS-----\n"
    let text =
      block + key
      + key.replacing("PARAMETERS", with: "PRIVATE KEY").replacing(
        "AQID", with: "BAUG")
    try parameters.readPrivateKey(Array(text.utf8).span)
    #expect(parameters.privateKey == [4, 5, 6])
    for encrypted in [
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAQID\n-----END ENCRYPTED PRIVATE KEY-----\n",
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAQID\n"
        + "-----END RSA PRIVATE KEY-----\n",
    ] {
      let error = #expect(throws: TLSError.self) {
        var parameters = TLSParameters()
        try parameters.readPrivateKey(Array(encrypted.utf8).span)
      }
      #expect(error?.reason == .encrypted(line: 1))
    }
  }

  @Test("are written in lines of 64 characters, and read back")
  func writing() throws {
    // The last line whole, one byte into the next, and much shorter than a line.
    for (count, lengths) in [(192, [64, 64, 64, 64]), (193, [64, 64, 64, 64, 4]), (1, [4])] {
      let der = (0..<count).map { UInt8($0) }
      let text = PEM.encode("CERTIFICATE", der.span).words
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.first == "-----BEGIN CERTIFICATE-----")
      #expect(lines.suffix(2) == ["-----END CERTIFICATE-----", ""])
      #expect(lines.dropFirst().dropLast(2).map(\.count) == lengths)
      #expect(try anchors(text).get() == [der])
    }
  }
}
