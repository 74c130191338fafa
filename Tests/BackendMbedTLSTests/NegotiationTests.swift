import TLSBackend
import Testing

@testable import BackendContract
@testable import BackendMbedTLS

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

  @Test("FIPS is refused: there is no such module")
  func fips() {
    var parameters = TLSParameters()
    parameters.requiresFIPS = true
    #expect(!MbedTLSBackend.capabilities.hasFIPS)
    let error = #expect(throws: TLSError.self) { try MbedTLSContext(parameters) }
    #expect(error?.reason == .noFIPSModule && error?.parameter == .fips)
  }
}
