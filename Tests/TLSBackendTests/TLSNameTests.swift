import Bytes
import TLSBackend
import Testing

@Suite("IANA names of cipher suites and groups")
struct TLSNameTests {
  @Test("every suite is found by its IANA name, in any case", arguments: TLSCipherSuite.allCases)
  func suites(_ suite: TLSCipherSuite) {
    let name = "\(suite.name)"
    #expect(TLSCipherSuite(named: Text(Array(name.utf8))) == suite)
    #expect(TLSCipherSuite(named: Text(Array(name.lowercased().utf8))) == suite)
  }

  @Test("every group is found by its IANA name, in any case", arguments: TLSGroup.allCases)
  func groups(_ group: TLSGroup) {
    let name = "\(group.name)"
    #expect(TLSGroup(named: Text(Array(name.utf8))) == group)
    #expect(TLSGroup(named: Text(Array(name.uppercased().utf8))) == group)
  }

  @Test(
    "a library's own spelling, a part of a name and anything around it are not names",
    arguments: [
      "", "ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA25", "TLS_AES_128_GCM_SHA2566",
      " TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256\n", "TLS-AES-128-GCM-SHA256", "P-256",
      "prime256v1", "GROUP-X25519", "X25519 ", "x25519\0", "X2551\u{19}", "secp256r",
      "TLS_NULL_WITH_NULL_NULL", "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "ALL", "NORMAL",
    ])
  func strangers(_ name: String) {
    #expect(TLSCipherSuite(named: Text(Array(name.utf8))) == nil)
    #expect(TLSGroup(named: Text(Array(name.utf8))) == nil)
  }
}
