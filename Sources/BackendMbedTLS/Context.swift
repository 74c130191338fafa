public import Bytes
internal import CMbedTLS
internal import Features
public import TLSBackend

/// What the sessions of one remote share: an `mbedtls_ssl_config` in which every setting that
/// decides about security is made explicitly, the random generator, and whom to trust.
///
/// The library keeps addresses into it, so everything has memory of its own until `deinit`.
@safe public final class MbedTLSContext: TLSContext {
  /// What is offered, for the words of a failed negotiation.
  let offer: TLSOffer
  /// What a chain may end at. The library's configuration has none of it: see `SessionBox.judge`.
  let trust: TrustStore
  private let identity: ClientIdentity?
  private let generator: RandomGenerator
  private let config: UnsafeMutablePointer<mbedtls_ssl_config>
  private let suites: TerminatedList<Int32>
  private let groups: TerminatedList<cmbedtls_group>
  private let signatures: TerminatedList<cmbedtls_signature>

  /// Throws `.configuration` naming the suite or the parameter that this Mbed TLS cannot honour.
  public init(_ parameters: TLSParameters) throws(TLSError) {
    if parameters.requiresFIPS { throw .noFIPS(.noFIPSModule) }
    offer = try TLSOffer(parameters, by: MbedTLSBackend.capabilities)
    suites = TerminatedList(offer.cipherSuites.map { Int32($0.rawValue) }, end: 0)
    groups = TerminatedList(
      offer.groups.map { cmbedtls_group_of($0.rawValue) }, end: cmbedtls_group_of(0))
    signatures = TerminatedList(
      MbedTLSContext.signatureAlgorithms(of: offer), end: cmbedtls_signature_of(0))
    generator = try RandomGenerator()
    trust = try TrustStore(parameters)
    identity =
      !Feature.clientCertificates.isBuilt || parameters.certificates.isEmpty
      ? nil : try ClientIdentity(parameters, generator)
    unsafe config = UnsafeMutablePointer<mbedtls_ssl_config>.allocate(capacity: 1)
    unsafe mbedtls_ssl_config_init(config)
    try configure()
  }

  deinit {
    unsafe mbedtls_ssl_config_free(config)
    unsafe config.deallocate()
  }

  /// There is no such module (`TLSCapabilities.hasFIPS`).
  public var fipsModule: Text? { nil }

  public func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    var key = unsafe mbedtls_pk_context()
    unsafe mbedtls_pk_init(&key)
    defer { unsafe mbedtls_pk_free(&key) }
    guard unsafe key.read(der), let digest = LibraryCryptography().sha256(der) else {
      throw .unreadable("PUBLIC KEY")
    }
    return digest
  }

  public func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
    var library = LibraryCryptography()
    var copy: [UInt8] = []
    copy.append(copying: der)
    return try .reading(copy, using: &library)
  }

  /// Makes a session ready to handshake; the result is the library's.
  func setUp(_ session: UnsafeMutablePointer<mbedtls_ssl_context>) -> Int32 {
    let result = unsafe mbedtls_ssl_setup(session, config)
    guard result == 0 else { return result }
    // An address literal has no SNI (RFC 6066 §3, N8): said, because 3.6 wants to be told.
    guard let name = offer.serverName else { return unsafe mbedtls_ssl_set_hostname(session, nil) }
    return unsafe Text(name).withCString { unsafe mbedtls_ssl_set_hostname(session, $0) }
  }
}

// MARK: What is offered

extension MbedTLSContext {
  /// SHA-256 and better, with every kind of key (C14). RSASSA-PSS stands last: 3.6.6 offers it, but
  /// refuses it in TLS 1.2, and a server follows this order as a rule. In TLS 1.3 there is no other,
  /// and without TLS 1.3 it is left out.
  private static func signatureAlgorithms(of offer: TLSOffer) -> [cmbedtls_signature] {
    var all: [UInt16] = [0x0403, 0x0503, 0x0603, 0x0401, 0x0501, 0x0601]
    if offer.highestVersion >= .tls13 { all += [0x0804, 0x0805, 0x0806] }
    var known: [cmbedtls_signature] = []
    for number in all {
      let signature = cmbedtls_signature_of(number)
      if signature != cmbedtls_signature_of(0), !known.contains(signature) {
        known.append(signature)
      }
    }
    return known
  }

  private func configure() throws(TLSError) {
    try ErrorMapping.check(
      .makeContext,
      unsafe mbedtls_ssl_config_defaults(
        config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT))
    unsafe mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, generator.state)
    if let identity {
      try ErrorMapping.check(
        .makeContext,
        unsafe mbedtls_ssl_conf_own_cert(config, identity.certificates.first, identity.key))
    }
    unsafe cmbedtls_set_versions(
      config, offer.lowestVersion.rawValue, offer.highestVersion.rawValue)
    unsafe mbedtls_ssl_conf_ciphersuites(config, suites.start)
    unsafe cmbedtls_set_groups(config, groups.start)
    unsafe cmbedtls_set_signatures(config, signatures.start)
    // The policy does: the session breaks off the handshake when it has refused the peer.
    unsafe mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_NONE)
    unsafe mbedtls_ssl_conf_legacy_renegotiation(config, MBEDTLS_SSL_LEGACY_BREAK_HANDSHAKE)
    unsafe mbedtls_ssl_conf_extended_master_secret(
      config, CChar(MBEDTLS_SSL_EXTENDED_MS_ENABLED))
    unsafe cmbedtls_disable_renegotiation(config)
    // Every handshake is a full one, so that the pins are asked every time (T13).
    unsafe cmbedtls_disable_tickets(config)
  }
}

/// A list with an end mark, at an address that stays.
@safe private struct TerminatedList<Element: BitwiseCopyable>: ~Copyable {
  private let memory: UnsafeMutablePointer<Element>

  init(_ elements: [Element], end: Element) {
    unsafe memory = UnsafeMutablePointer<Element>.allocate(capacity: elements.count + 1)
    for index in elements.indices { unsafe memory[index] = elements[index] }
    unsafe memory[elements.count] = end
  }

  deinit {
    unsafe memory.deallocate()
  }

  var start: UnsafePointer<Element> { unsafe UnsafePointer(memory) }
}
