import Bytes
import Testing

@testable import SyslogIO
@testable import TLSBackend

/// A context that nothing is connected with: trust anchors and lists are looked at all the same.
private final class NoContext: TLSContext {
  init(_: TLSParameters) throws(TLSError) {}
  func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    .repeating(0)
  }
  func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
    .made(key: .repeating(0))
  }
  var fipsModule: Text? { nil }
}

@Suite("Files of trust anchors and revocation lists")
struct TrustFileTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func pem(_ label: String, _ der: [UInt8]) -> String {
    let content = Base64.encode(der.span)
    return "-----BEGIN \(label)-----\n\(content.string)\n-----END \(label)-----\n"
  }

  private func parameters(_ trust: RemoteSettings.Trust) throws(TLSError) -> TLSParameters {
    try CredentialFiles.parameters(of: trust, for: NoContext.self)
  }

  @Test("a certificate that is malformed is named by option and file, and by its number in there")
  func malformedAnchor() throws {
    let good = pem("CERTIFICATE", FakeCertificate.der)
    let bad = pem("CERTIFICATE", Array(FakeCertificate.der.dropLast()))
    var trust = RemoteSettings.Trust()
    trust.authorities = [
      Text(of: try workspace.write(good, to: "good.pem")),
      Text(of: try workspace.write(good + bad, to: "bad.pem")),
    ]
    let error = #expect(throws: TLSError.self) { try parameters(trust) }
    let reason = Sentence.malformed("CERTIFICATE", number: 2, .encoding)
    #expect(error?.reason == .file(trust.authorities[1], reason))
    #expect(error?.parameter == .trustAnchors)
    trust.authorities.removeLast()
    #expect(try parameters(trust).trustAnchors == [FakeCertificate.der])
  }

  @Test("a revocation list that is malformed is named by option and file")
  func malformedList() throws {
    var trust = RemoteSettings.Trust()
    let path = try workspace.write(pem("X509 CRL", FakeCertificate.der), to: "list.pem")
    trust.revocationLists = [Text(of: path)]
    let error = #expect(throws: TLSError.self) { try parameters(trust) }
    #expect(error?.reason.text.string.contains(path) == true)
    #expect(error?.parameter == .revocationLists && error?.kind == .configuration)
  }
}
