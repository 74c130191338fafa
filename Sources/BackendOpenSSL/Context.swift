public import Bytes
internal import COpenSSL
internal import Features
public import TLSBackend

/// What the sessions of one remote share: an `SSL_CTX` in which every setting that decides about
/// security is made explicitly, so that the distribution's openssl.cnf can neither weaken nor
/// strengthen it unnoticed.
@safe public final class OpenSSLContext: TLSContext {
  /// What is offered, for the words of a failed negotiation.
  let offer: TLSOffer
  let library: LibraryContext
  let handle: OpaquePointer
  let trust: TrustStore

  /// Throws `.configuration` naming the suite or the parameter that this OpenSSL cannot honour.
  public init(_ parameters: TLSParameters) throws(TLSError) {
    trust = try TrustStore(parameters)
    ERR_clear_error()
    library = try LibraryContext(requiresFIPS: parameters.requiresFIPS)
    offer = try TLSOffer(parameters, by: library.available())
    let handle = unsafe SSL_CTX_new_ex(library.handle, library.properties, TLS_client_method())
    guard let handle = unsafe handle else { throw .cannot(.makeContext) }
    unsafe self.handle = unsafe handle
    try setSuitesAndVersions()
    try setGroupsAndSignatures()
    refuseWhatIsNeverWanted()
    try setIdentity(parameters)
    unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
    unsafe SSL_CTX_set_msg_callback(handle, judgePeer)
    unsafe SSL_CTX_set_cert_verify_callback(handle, tellVerdict, nil)
  }

  deinit {
    unsafe SSL_CTX_free(handle)
  }

  public var fipsModule: Text? { library.fipsModule }

  public func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    let key = unsafe library.publicKey(der)
    let digest = unsafe key == nil ? nil : library.sha256(der)
    unsafe EVP_PKEY_free(key)
    ERR_clear_error()
    guard let digest else { throw .unreadable("PUBLIC KEY") }
    return digest
  }

  public func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
    var library = library
    var copy: [UInt8] = []
    copy.append(copying: der)
    return try .reading(copy, using: &library)
  }

  /// A new client session with its server name, nil when there is no memory for it.
  func makeSession() -> OpaquePointer? {
    guard let session = unsafe SSL_new(handle) else { return nil }
    unsafe SSL_set_connect_state(session)
    guard unsafe setServerName(of: session) else {
      unsafe SSL_free(session)
      return nil
    }
    return unsafe session
  }

  /// An address literal has no SNI (RFC 6066 §3, N8): `serverName` is nil then.
  private func setServerName(of session: OpaquePointer) -> Bool {
    guard let name = offer.serverName else { return true }
    var list = NameList()
    list.append(name.span)
    return unsafe list.withPointer { unsafe copenssl_set_server_name(session, $0) } == 1
  }
}

// MARK: What is offered

extension OpenSSLContext {
  private func setSuitesAndVersions() throws(TLSError) {
    var (suites12, suites13) = (NameList(), NameList())
    for suite in offer.cipherSuites {
      // The only names that TLS 1.2 lists take everywhere are OpenSSL's own.
      guard let name = unsafe OPENSSL_cipher_name(suite.name.cString) else { continue }
      if suite.version == .tls13 {
        unsafe suites13.append(name)
      } else {
        unsafe suites12.append(name)
      }
    }
    // A version is offered only when there is a suite to speak it with.
    let ceiling = suites13.isEmpty ? Int32(TLSVersion.tls12.rawValue) : 0
    guard
      unsafe copenssl_set_min_version(handle, Int32(offer.lowestVersion.rawValue)) == 1,
      unsafe copenssl_set_max_version(handle, ceiling) == 1,
      unsafe suites12.isEmpty
        || suites12.withPointer({ unsafe SSL_CTX_set_cipher_list(handle, $0) }) == 1,
      unsafe suites13.withPointer({ unsafe SSL_CTX_set_ciphersuites(handle, $0) }) == 1
    else { throw .refused(.cipherSuites) }
  }

  private func setGroupsAndSignatures() throws(TLSError) {
    // 112 bits: RSA and DH from 2048 bits, no SHA-1 (RFC 9325 §4.5, C14).
    unsafe SSL_CTX_set_security_level(handle, 2)
    guard setGroups(sharing: offer.groups[0].needsTLS13) || setGroups(sharing: false) else {
      throw .refused(.groups)
    }
    let algorithms: Literal = """
      ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ed25519:\
      rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:\
      rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:\
      rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512
      """
    guard unsafe copenssl_set_signature_algorithms(handle, algorithms.cString) == 1 else {
      throw TLSError(.configuration, .signatureAlgorithmsRefused(ErrorMapping.words))
    }
  }

  /// A client that sends a key for its first group alone loses a round trip to each server without
  /// ML-KEM. `sharing` also sends one for the next, which only OpenSSL 3.5 can be told to.
  private func setGroups(sharing: Bool) -> Bool {
    ERR_clear_error()
    var (groups, sharing) = (NameList(), sharing)
    for group in offer.groups {
      groups.append(group.name, mark: sharing ? UInt8(ascii: "*") : nil)
      if !group.needsTLS13 { sharing = false }
    }
    return unsafe groups.withPointer({ unsafe copenssl_set_groups(handle, $0) }) == 1
  }

  /// Every option that openssl.cnf may have set is taken back first: unsafe renegotiation (C6),
  /// an ignored end of stream, versions switched off.
  private func refuseWhatIsNeverWanted() {
    unsafe SSL_CTX_clear_options(handle, COPENSSL_OP_ALL_BITS)
    unsafe SSL_CTX_set_options(
      handle,
      COPENSSL_OP_NO_COMPRESSION | COPENSSL_OP_NO_RENEGOTIATION | COPENSSL_OP_NO_TICKET
        | COPENSSL_OP_ENABLE_MIDDLEBOX_COMPAT | COPENSSL_OP_NO_CERTIFICATE_COMPRESSION)
    // Every handshake is a full one, so that the pins are asked every time (T13).
    unsafe copenssl_set_session_cache_mode(handle, Int(SSL_SESS_CACHE_OFF))
    unsafe copenssl_set_read_ahead(handle, 0)
    unsafe copenssl_set_mode(
      handle,
      // A client shows what is in its file, and no trust anchor.
      Int(SSL_MODE_NO_AUTO_CHAIN) | Int(SSL_MODE_RELEASE_BUFFERS)
        // A read returns when the transport has nothing more, not with messages left in a record.
        | Int(SSL_MODE_AUTO_RETRY))
  }
}

/// Names with colons between them and a NUL behind, as OpenSSL's list functions take them.
private struct NameList {
  private var characters: [CChar] = [0]

  var isEmpty: Bool { characters.count == 1 }

  mutating func append(_ name: Literal, mark: UInt8? = nil) {
    unsafe append(name.cString, mark: mark)
  }

  mutating func append(_ name: UnsafePointer<CChar>, mark: UInt8? = nil) {
    begin()
    if let mark { characters.append(CChar(bitPattern: mark)) }
    var next = unsafe name
    while unsafe next.pointee != 0 {
      characters.append(unsafe next.pointee)
      unsafe next += 1
    }
    characters.append(0)
  }

  mutating func append(_ name: Span<UInt8>) {
    begin()
    for index in name.indices { characters.append(CChar(bitPattern: name[index])) }
    characters.append(0)
  }

  private mutating func begin() {
    characters.removeLast()
    if !characters.isEmpty { characters.append(CChar(bitPattern: UInt8(ascii: ":"))) }
  }

  func withPointer<R>(_ body: (UnsafePointer<CChar>?) -> R) -> R {
    unsafe characters.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }
}
