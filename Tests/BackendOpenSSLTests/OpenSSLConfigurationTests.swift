import BackendContract
import BackendOpenSSL
import COpenSSL
import CPosix
import Testing

/// Keeps what a configuration could break in this process, which must not have used OpenSSL before: the library reads
/// its configuration once.
private func keepPromises(underDefaults defaults: String, lowest: Int32) throws {
  var path = Array("/tmp/openssl-cnf-XXXXXX".utf8CString)
  let file = mkstemp(&path)
  defer { unlink(path) }
  let text = """
    openssl_conf = library
    [library]
    ssl_conf = tls
    [tls]
    system_default = defaults
    [defaults]
    \(defaults)

    """
  try #require(write(file, text, text.utf8.count) == text.utf8.count)
  setenv("OPENSSL_CONF", path, 1)
  // Without it in force, nothing would be tested.
  let context = SSL_CTX_new(TLS_client_method())
  try #require(SSL_CTX_ctrl(context, SSL_CTRL_GET_MIN_PROTO_VERSION, 0, nil) == Int(lowest))
  SSL_CTX_free(context)
  for promise in Promise.allOfNegotiation(of: OpenSSLBackend.self) { try promise.keep() }
}

@Suite("OpenSSL under an openssl.cnf that means no good")
struct OpenSSLConfigurationTests {
  @Test("is not weakened by it")
  func isNotWeakened() async {
    await #expect(processExitsWith: .success) {
      try keepPromises(
        underDefaults: """
          MinProtocol = TLSv1
          MaxProtocol = TLSv1.2
          CipherString = ALL:@SECLEVEL=0
          SignatureAlgorithms = RSA+SHA1:ECDSA+SHA1:ECDSA+SHA256:RSA+SHA256
          Options = UnsafeLegacyRenegotiation,UnsafeLegacyServerConnect,Compression
          """, lowest: TLS1_VERSION)
    }
  }

  @Test("is not strengthened by it until nothing works")
  func isNotStrengthened() async {
    await #expect(processExitsWith: .success) {
      try keepPromises(
        underDefaults: """
          MinProtocol = TLSv1.3
          CipherString = AES256:@SECLEVEL=5
          Ciphersuites = TLS_AES_128_CCM_SHA256
          Groups = P-521
          SignatureAlgorithms = ed25519
          Options = -SessionTicket
          """, lowest: TLS1_3_VERSION)
    }
  }
}
