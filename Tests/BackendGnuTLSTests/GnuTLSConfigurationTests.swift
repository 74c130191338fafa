import Bytes
import CGnuTLS
import CPosix
import TLSBackend
import Testing

@testable import BackendContract
@testable import BackendGnuTLS

/// Makes the library of this process begin anew under a system-wide configuration of our own.
private func configure(_ text: String) throws {
  gnutls_global_deinit()
  var path = Array("/tmp/gnutls-config-XXXXXX".utf8CString)
  let file = mkstemp(&path)
  try #require(write(file, text, text.utf8.count) == text.utf8.count)
  setenv("GNUTLS_SYSTEM_PRIORITY_FILE", path, 1)
  try #require(gnutls_global_init() == GNUTLS_E_SUCCESS)
  unlink(path)
}

/// What a system-wide configuration can forbid, and what a context that asks for it says about it.
private enum Ban: String, CaseIterable, Codable {
  case cipher = "tls-disabled-cipher = CHACHA20-POLY1305"
  case group = "tls-disabled-group = GROUP-X25519"
  case tls13 = "disabled-version = TLS1.3"
  case tls12 = "disabled-version = TLS1.2"

  var parameters: TLSParameters {
    TLSParameters(
      cipherSuites: self == .cipher ? TLSCipherSuite.recommended : nil,
      groups: self == .group ? [.secp256r1, .x25519] : nil)
  }

  private var item: (name: Literal, parameter: TLSParameter) {
    switch self {
    case .cipher: ("TLS_CHACHA20_POLY1305_SHA256", .cipherSuites)
    case .group: ("x25519", .groups)
    case .tls13: ("TLS 1.3", .tls)
    case .tls12: ("TLS 1.2", .tls)
    }
  }

  func check(_ error: TLSError) throws {
    let library = GnuTLSBackend.capabilities.name
    try #require(error.reason == .forbiddenBySystem(item.name, library))
    try #require(error.kind == .configuration && error.parameter == item.parameter)
  }
}

@Suite("GnuTLS under a system-wide configuration that means no good")
struct GnuTLSConfigurationTests {
  @Test("is not weakened by it")
  func isNotWeakened() async {
    await #expect(processExitsWith: .success) {
      try configure(
        """
        [priorities]
        SYSTEM = LEGACY:+VERS-ALL:+SIGN-ALL:+3DES-CBC:%UNSAFE_RENEGOTIATION
        [overrides]
        min-verification-profile = none

        """)
      for promise in Promise.allOfNegotiation(of: GnuTLSBackend.self) { try promise.keep() }
    }
  }

  @Test(
    "says at the start what it forbids of what was asked for",
    arguments: Ban.allCases)
  fileprivate func saysWhatItForbids(_ ban: Ban) async {
    await #expect(processExitsWith: .success) { [ban] in
      try configure("[overrides]\n\(ban.rawValue)\n")
      let error = try #require(throws: TLSError.self) { try GnuTLSContext(ban.parameters) }
      try ban.check(error)
    }
  }

  @Test("offers what is left of its own lists, in silence")
  func cutsItsOwnLists() async {
    await #expect(processExitsWith: .success) {
      try configure(
        """
        [overrides]
        tls-disabled-cipher = CHACHA20-POLY1305
        tls-disabled-group = GROUP-X25519
        insecure-sig = RSA-PSS-RSAE-SHA512

        """)
      var meeting = try Meeting<GnuTLSBackend>(server: TestServer.Configuration(identity: .rsa))
      _ = try meeting.handshake()
      let hello = try #require(meeting.server.hello)
      let suites = TLSCipherSuite.recommended.filter { !"\($0.name)".contains("CHACHA20") }
      try #require(hello.cipherSuites.filter { $0 != 0x00FF } == suites.map(\.rawValue))
      let groups = TLSGroup.recommended.filter(GnuTLSBackend.capabilities.groups.contains)
      try #require(hello.list(in: 10) == groups.filter { $0 != .x25519 }.map(\.rawValue))
      let signatures = hello.list(in: 13)
      try #require(signatures.contains(0x0805) && !signatures.contains(0x0806))
    }
  }

  @Test("offers what is allowed when the options ask for no more")
  func offersWhatIsAllowed() async {
    await #expect(processExitsWith: .success) {
      try configure(
        "[overrides]\ntls-disabled-cipher = CHACHA20-POLY1305\ntls-disabled-group = GROUP-X25519\n")
      let suites: [TLSCipherSuite] = [.aes128GCM, .ecdheRSAWithAES128GCM]
      var meeting = try Meeting<GnuTLSBackend>(
        parameters: TLSParameters(cipherSuites: suites, groups: [.secp256r1, .secp384r1]),
        server: TestServer.Configuration(identity: .rsa))
      _ = try meeting.handshake()
      let hello = try #require(meeting.server.hello)
      // Behind the suites stands TLS_EMPTY_RENEGOTIATION_INFO_SCSV, or not.
      #expect(hello.cipherSuites.filter { $0 != 0x00FF } == suites.map(\.rawValue))
      #expect(hello.list(in: 10) == [TLSGroup.secp256r1, .secp384r1].map(\.rawValue))
      try meeting.send([1, 2, 3])
      try meeting.exchange()
      #expect(meeting.server.plaintext == [1, 2, 3])
    }
  }
}
