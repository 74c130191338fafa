import BackendContract
import BackendGnuTLS
import CGnuTLS
import CPosix
import TLSBackend
import Testing

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

/// That a context is refused with this very reason, the library's name left out.
private func refuses(_ parameters: TLSParameters, _ reason: String) throws {
  do {
    _ = try GnuTLSContext(parameters)
  } catch {
    let version = String(decoding: GnuTLSBackend.capabilities.version.bytes, as: UTF8.self)
    let expected = reason.replacing("GnuTLS", with: "GnuTLS \(version)")
    #expect(String(decoding: error.reason.bytes, as: UTF8.self) == expected)
    #expect(error.kind == .configuration)
    return
  }
  Issue.record("a context was made")
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
    "says at the start what it forbids, and never leaves it out silently",
    arguments: [
      (
        "tls-disabled-cipher = CHACHA20-POLY1305",
        "--tls-ciphers: the system-wide configuration of GnuTLS forbids"
          + " TLS_CHACHA20_POLY1305_SHA256"
      ),
      (
        "tls-disabled-group = GROUP-X25519",
        "--tls-groups: the system-wide configuration of GnuTLS forbids x25519"
      ),
      ("disabled-version = TLS1.3", "-d: the system-wide configuration of GnuTLS forbids TLS 1.3"),
      ("disabled-version = TLS1.2", "-d: the system-wide configuration of GnuTLS forbids TLS 1.2"),
      (
        "insecure-sig = RSA-PSS-RSAE-SHA256",
        "-d: the system-wide configuration of GnuTLS forbids signatures by RSA-PSS-RSAE-SHA256"
      ),
    ])
  func saysWhatItForbids(_ override: String, _ reason: String) async {
    await #expect(processExitsWith: .success) { [override, reason] in
      try configure("[overrides]\n\(override)\n")
      try refuses(TLSParameters(), reason)
    }
  }

  @Test("offers what is allowed when the options ask for no more")
  func offersWhatIsAllowed() async {
    await #expect(processExitsWith: .success) {
      try configure(
        "[overrides]\ntls-disabled-cipher = CHACHA20-POLY1305\ntls-disabled-group = GROUP-X25519\n")
      let parameters = TLSParameters(
        cipherSuites: [.aes128GCM, .ecdheRSAWithAES128GCM], groups: [.secp256r1])
      _ = try GnuTLSContext(parameters)
    }
  }
}
