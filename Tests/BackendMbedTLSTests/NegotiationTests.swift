import Bytes
import Testing

@testable import BackendContract
@testable import BackendMbedTLS
@testable import TLSBackend

@Suite("What Mbed TLS tells about a handshake")
struct NegotiationTests {
  @Test("the group is the one that the server chose", arguments: [TLSGroup.secp256r1, .secp384r1])
  func group(_ group: TLSGroup) throws {
    for version in versions(MbedTLSBackend.self) {
      var meeting = try Meeting<MbedTLSBackend>(
        policy: .insecureAnyPeer, parameters: TLSParameters(groups: [group]),
        server: .only(version, .rsa))
      _ = try meeting.handshake()
      let told = meeting.client.negotiated.group
      #expect(told == "\(group.name)")
    }
  }

  @Test("a server whose key it cannot have is told which keys it could", arguments: [true, false])
  func keys(isEdwards: Bool) throws {
    for version in versions(MbedTLSBackend.self) {
      var meeting = try Meeting<MbedTLSBackend>(
        server: .only(version, isEdwards ? .ed25519 : .rsaPSS))
      let error = try meeting.failingHandshake()
      #expect(error.reason.words.hasPrefix("the server sent alert handshake_failure (40)"))
      #expect(error.reason.words.hasSuffix(", keys RSA ECDSA"), "\(error.reason.words)")
    }
  }

  @Test("a message that is too long is said to be that, and one that is cut, where it is")
  func length() throws {
    let length = TestIdentity.ecdsa.certificateDER.count
    let isFragile =
      Feature.fragmentedHandshakeMessages.lack(in: MbedTLSBackend.capabilities) != nil
    for version in versions(MbedTLSBackend.self) {
      var server = TestServer.Configuration.only(version)
      server.chain = Array(repeating: .ecdsa, count: 20_000 / length)
      var meeting = try Meeting<MbedTLSBackend>(server: server)
      try expectSays(meeting.failingHandshake(), .unreadableMessage(isLong: true))
      (server.chain, server.recordLimit) = ([.ecdsa, .ecdsa, .ecdsa], 512)
      meeting = try Meeting<MbedTLSBackend>(server: server)
      guard isFragile else {
        _ = try meeting.handshake()
        continue
      }
      try expectSays(meeting.failingHandshake(), .unreadableMessage(isLong: false))
    }
  }

  private func expectSays(_ error: TLSError, _ sentence: Sentence) {
    #expect(error.kind == .negotiation && error.reason == .failed(.handshake, sentence.text))
  }

  @Test("FIPS is refused: there is no such module")
  func fips() {
    var parameters = TLSParameters()
    parameters.requiresFIPS = true
    #expect(!MbedTLSBackend.capabilities.hasFIPS)
    let error = #expect(throws: TLSError.self) { try MbedTLSContext(parameters) }
    #expect(error?.reason == .noFIPSModule && error?.parameter == .fips)
  }
}
