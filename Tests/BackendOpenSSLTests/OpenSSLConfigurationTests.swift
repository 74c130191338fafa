import BackendContract
import BackendOpenSSL
import CPosix
import Testing

/// An openssl.cnf that weakens and strengthens whatever the library lets it.
private let hostileConfiguration = """
  openssl_conf = library
  [library]
  ssl_conf = tls
  [tls]
  system_default = defaults
  [defaults]
  MinProtocol = TLSv1
  MaxProtocol = TLSv1.2
  CipherString = ALL:@SECLEVEL=0
  Ciphersuites = TLS_AES_128_CCM_SHA256
  Groups = P-521
  SignatureAlgorithms = RSA+SHA1:ECDSA+SHA1:ECDSA+SHA256:RSA+SHA256
  Options = UnsafeLegacyRenegotiation,UnsafeLegacyServerConnect,Compression

  """

@Suite("OpenSSL under an openssl.cnf that means no good")
struct OpenSSLConfigurationTests {
  @Test("keeps every promise all the same")
  func keepsPromises() async {
    // A process of its own, because the library reads its configuration once.
    await #expect(processExitsWith: .success) {
      var path = Array("/tmp/openssl-cnf-XXXXXX".utf8CString)
      let file = mkstemp(&path)
      let text = Array(hostileConfiguration.utf8)
      try #require(write(file, text, text.count) == text.count)
      setenv("OPENSSL_CONF", path, 1)
      defer { unlink(path) }
      for promise in Promise.all(of: OpenSSLBackend.self) { try promise.keep() }
    }
  }
}
