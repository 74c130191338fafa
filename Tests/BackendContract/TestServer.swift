import Bytes
import COpenSSL
import CPosix
import TLSBackend

/// A TLS server without a socket: ciphertext is fed to it and taken from it, so that a test moves
/// every byte itself and sees what a real collector would log.
public final class TestServer {
  enum ClientCertificate {
    case unasked
    case wanted
    case demanded
  }

  public struct Configuration: Sendable {
    var identity: TestIdentity? = .ecdsa
    var lowest = TLS1_2_VERSION
    var highest = TLS1_3_VERSION
    /// For TLS 1.2, in OpenSSL's spelling.
    var cipherList = "ALL"
    /// For TLS 1.3, by IANA name.
    var suites13 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
    var groups = "X25519:P-256:P-384"
    /// Session tickets that a TLS 1.3 server sends with the end of the handshake.
    var tickets = 2
    /// The certificates that it shows after its own.
    var chain: [TestIdentity] = []
    /// The longest plaintext of a record, from 512.
    var recordLimit = 16384
    var clientCertificate = ClientCertificate.unasked
    /// Whom it trusts to have signed clients' certificates, judged at `Authority.now`.
    var clientAnchors: [TestIdentity] = []
    /// Whom it names as such to the client (RFC 8446 §4.2.4), which need not be the same.
    var namedAuthorities: [TestIdentity] = []
    /// Whether its own order of suites and signatures goes before the client's.
    var insistsOnItsOrder = false

    static func only(_ version: Int32, _ identity: TestIdentity? = .ecdsa) -> Configuration {
      Configuration(identity: identity, lowest: version, highest: version)
    }
  }

  private let session: OpaquePointer
  private let inbound: OpaquePointer
  private let outbound: OpaquePointer

  public private(set) var isEstablished = false
  /// Application data, decrypted, in order.
  public private(set) var plaintext: [UInt8] = []
  /// Alerts that the client sent, by number; 0 is close_notify.
  public private(set) var alerts: [UInt8] = []
  /// Types of the handshake messages that the client sent (RFC 8446 §4).
  public private(set) var handshakeMessages: [UInt8] = []
  public private(set) var hello: ClientHello?
  /// What the keys of the server's application data come from (RFC 8446 §7.1), as TLS 1.3 logs it.
  private var trafficSecret: [UInt8] = []
  private var forger: RecordForger?
  /// OpenSSL's words for why the server gave up.
  public private(set) var failure: String?

  init(_ configuration: Configuration) throws {
    let context = SSL_CTX_new(TLS_server_method())
    defer { SSL_CTX_free(context) }
    // A server may be as bad as a real one: what is refused, the client must refuse. Nothing is
    // left to openssl.cnf.
    SSL_CTX_clear_options(context, COPENSSL_OP_ALL_BITS)
    SSL_CTX_set_security_level(context, 0)
    if configuration.insistsOnItsOrder {
      // SSL_OP_CIPHER_SERVER_PREFERENCE, an expression that Swift does not import.
      SSL_CTX_set_options(context, 1 << 22)
    }
    SSL_CTX_set_ciphersuites(context, configuration.suites13)
    copenssl_set_groups(context, configuration.groups)
    copenssl_set_signature_algorithms(
      context,
      """
      ECDSA+SHA256:ECDSA+SHA384:ed25519:RSA-PSS+SHA256:rsa_pss_pss_sha256:RSA+SHA256:\
      ECDSA+SHA1:RSA+SHA1
      """)
    SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_SEND_FRAGMENT, configuration.recordLimit, nil)
    SSL_CTX_set_num_tickets(context, configuration.tickets)
    copenssl_set_min_version(context, configuration.lowest)
    copenssl_set_max_version(context, configuration.highest)
    let isSet = SSL_CTX_set_cipher_list(context, configuration.cipherList + ":@SECLEVEL=0")
    try expect(isSet == 1, "the test server does not know \(configuration.cipherList)")
    if let identity = configuration.identity {
      SSL_CTX_use_certificate(context, identity.certificate)
      SSL_CTX_use_PrivateKey(context, identity.key)
      for member in configuration.chain {
        SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(member.certificate))
      }
    }
    TestServer.askForCertificate(configuration, in: context)
    SSL_CTX_set_keylog_callback(context) { session, line in
      guard let line else { return }
      TestServer.of(session)?.note(secret: String(cString: line))
    }
    SSL_CTX_set_client_hello_cb(context, { session, _, _ in TestServer.note(hello: session) }, nil)
    guard let session = SSL_new(context), let inbound = BIO_new(BIO_s_mem()),
      let outbound = BIO_new(BIO_s_mem())
    else { preconditionFailure("OpenSSL has memory") }
    SSL_set_bio(session, inbound, outbound)
    SSL_set_accept_state(session)
    SSL_set_info_callback(session) { TestServer.note(event: $1, value: $2, in: $0) }
    SSL_set_msg_callback(session) { isWrite, _, type, bytes, count, session, _ in
      guard isWrite == 0, type == SSL3_RT_HANDSHAKE, count > 0, let bytes else { return }
      TestServer.of(session)?.handshakeMessages.append(bytes.load(as: UInt8.self))
    }
    (self.session, self.inbound, self.outbound) = (session, inbound, outbound)
    SSL_set_ex_data(session, 0, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    SSL_free(session)
  }

  /// The name that the client asked for.
  public var serverName: String? {
    SSL_get_servername(session, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) }
  }

  /// Whether the session was resumed from an earlier one.
  public var isResumed: Bool { SSL_session_reused(session) == 1 }

  private static func askForCertificate(
    _ configuration: Configuration, in context: OpaquePointer?
  ) {
    switch configuration.clientCertificate {
    case .unasked: break
    case .wanted: SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    case .demanded:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }
    let store = SSL_CTX_get_cert_store(context)
    for anchor in configuration.clientAnchors {
      X509_STORE_add_cert(store, anchor.certificate)
    }
    for authority in configuration.namedAuthorities {
      SSL_CTX_add_client_CA(context, authority.certificate)
    }
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), time_t(Authority.now))
  }

  /// The certificates that the client has shown, in DER, its own first.
  var clientCertificates: [[UInt8]] {
    let chain = SSL_get_peer_cert_chain(session)
    let own = SSL_get0_peer_certificate(session)
    // A server's list of its peer's chain lacks the peer's own.
    let others = (0..<max(0, OPENSSL_sk_num(chain))).map {
      OpaquePointer(OPENSSL_sk_value(chain, $0))
    }
    return ([own] + others).compactMap { certificate in
      certificate.map { certificate in TestIdentity.der { i2d_X509(certificate, $0) } }
    }
  }

  /// Takes ciphertext in and goes as far as it gets with it.
  func feed(_ ciphertext: [UInt8]) {
    if !ciphertext.isEmpty { BIO_write(inbound, ciphertext, Int32(ciphertext.count)) }
    ERR_clear_error()
    if !isEstablished {
      let result = SSL_do_handshake(session)
      isEstablished = result == 1
      if result != 1 { return note(result: result) }
    }
    var chunk = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = SSL_read(session, &chunk, Int32(chunk.count))
      guard count > 0 else { return note(result: count) }
      plaintext += chunk[..<Int(count)]
    }
  }

  /// The ciphertext that the server wants to send.
  func output() -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = BIO_read(outbound, &chunk, Int32(chunk.count))
      guard count > 0 else { return all }
      all += chunk[..<Int(count)]
    }
  }

  func write(_ bytes: [UInt8]) throws {
    let count = SSL_write(session, bytes, Int32(bytes.count))
    try expectEqual(count, Int32(bytes.count), "bytes that the test server wrote")
  }

  /// Whether the client must change its keys when the server has changed its own.
  enum KeyUpdate {
    case alone
    case requested
  }

  /// Changes the server's keys (RFC 8446 §4.6.3).
  func updateKeys(_ update: KeyUpdate = .requested) throws {
    let type = update == .requested ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED
    try expectEqual(SSL_key_update(session, type), 1, "SSL_key_update")
    try expectEqual(SSL_do_handshake(session), 1, "sending the key update")
  }

  /// Sends a HelloRequest (TLS 1.2).
  func renegotiate() {
    SSL_renegotiate(session)
    SSL_do_handshake(session)
  }

  func closeNotify() {
    SSL_shutdown(session)
  }

  /// The record that the server would send next, made by hand; see `RecordForger`.
  func forge(_ type: UInt8, _ content: [UInt8]) throws -> [UInt8] {
    try expect(isEstablished, "nothing can be forged before the handshake is complete")
    if forger == nil { forger = try RecordForger(session, trafficSecret: trafficSecret) }
    return forger?.record(type, content) ?? []
  }

  /// What decrypts the client's records in the server's place, from now on.
  func opener() -> RecordOpener { RecordOpener(session) }

  /// The group that the key exchange used.
  var group: TLSGroup? {
    copenssl_group_name(session).flatMap { TLSGroup(named: Text(cString: $0)) }
  }

  private func note(secret line: String) {
    let words = line.split(separator: " ")
    guard words.count == 3, words[0] == "SERVER_TRAFFIC_SECRET_0" else { return }
    trafficSecret = stride(from: 0, to: words[2].count - 1, by: 2).compactMap { offset in
      let start = words[2].index(words[2].startIndex, offsetBy: offset)
      return UInt8(words[2][start...].prefix(2), radix: 16)
    }
  }

  private func note(result: Int32) {
    switch SSL_get_error(session, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_ZERO_RETURN: return
    default: break
    }
    let words = ERR_reason_error_string(ERR_peek_error())
    if failure == nil { failure = words.map { String(cString: $0) } ?? "unknown" }
  }

  private static func of(_ session: OpaquePointer?) -> TestServer? {
    SSL_get_ex_data(session, 0).map {
      Unmanaged<TestServer>.fromOpaque($0).takeUnretainedValue()
    }
  }

  private static func note(hello session: OpaquePointer?) -> Int32 {
    of(session)?.hello = ClientHello(of: session)
    return SSL_CLIENT_HELLO_SUCCESS
  }

  private static func note(event: Int32, value: Int32, in session: OpaquePointer?) {
    guard event & SSL_CB_ALERT != 0, event & SSL_CB_READ != 0 else { return }
    of(session)?.alerts.append(UInt8(truncatingIfNeeded: value))
  }
}
