public import Bytes

/// One TLS library, seen from the client end of one connection.
///
/// The conforming type *is* the session: unique, moved, freed by `deinit`. What sessions share is
/// `Context`. Every verb is non-blocking, and after any verb has thrown, only `deinit` and
/// `ciphertextSent` may follow.
public protocol TLSBackend: ~Copyable {
  associatedtype Context: TLSContext

  /// What the linked library can do, asked before any connection is made, so that an option it
  /// cannot honour is refused at start. Nothing is loaded for it.
  static var capabilities: TLSCapabilities { get }

  /// What the providers and the configuration of the library leave of that in this process.
  static var available: TLSCapabilities { get }

  /// False for what stands in for a library in a build without one: what only TLS needs is then
  /// left out of the program, not only refused.
  static var isPresent: Bool { get }

  /// Prepares a session on a connected, non-blocking stream socket, which stays the caller's and
  /// must outlive the session. Sends nothing.
  ///
  /// `policy` is asked inside the handshake, by the library's own verification hook.
  init(_ context: Context, policy: consuming PeerPolicy, socket: Int32) throws(TLSError)

  /// Goes on with the handshake until it is complete or the socket is not ready.
  ///
  /// A peer that the policy refuses is sent an alert before this throws (RFC 5425 §5, T17).
  mutating func handshake() throws(TLSError) -> HandshakeStep

  /// Encrypts and sends at most one record of `bytes`, which must not be empty.
  ///
  /// After `.blocked`, the next call must present the same bytes at the same length.
  mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep

  /// Reads and discards whatever the peer sent: session tickets, key updates, alerts,
  /// application data, close_notify.
  ///
  /// A sender that never reads learns too late that its certificate was refused, and turns the
  /// close of a TLS 1.3 connection with unread tickets into a reset.
  mutating func drain() throws(TLSError) -> DrainStep

  /// Sends close_notify and never waits for the peer's (RFC 5425 §4.4, T16).
  mutating func shutdown() throws(TLSError) -> ShutdownStep

  /// Bytes of ciphertext that the kernel has taken since `init`, handshake included.
  ///
  /// When `write` has accepted bytes, all of their ciphertext is counted here; less SIOCOUTQ, it
  /// is what the peer's kernel has acknowledged.
  var ciphertextSent: UInt64 { get }

  /// Whether the peer is known to have accepted this client: in TLS 1.2 with the end of the
  /// handshake, in TLS 1.3 with the first record that it sends afterwards.
  ///
  /// A TLS 1.3 client is done before the server has looked at its certificate, or missed one
  /// (RFC 8446 §2, §4.4.2.4). What it sends in between is acknowledged by the peer's kernel and
  /// thrown away with the connection.
  var isAcceptedByPeer: Bool { get }

  /// The negotiated version, cipher suite and group, for one log line; valid once the handshake is
  /// complete.
  var negotiated: TLSNegotiated { get }

  /// What the peer has shown, refused or not; nil when the policy does not keep it (`keepsPeer`),
  /// or when it has shown nothing yet.
  var peer: PeerEvidence? { get }
}

extension TLSBackend where Self: ~Copyable {
  public static var isPresent: Bool { true }

  public static var available: TLSCapabilities { capabilities }

  /// What `write` returns or throws when the library has taken nothing.
  public mutating func writeStep(after outcome: consuming TLSOutcome) throws(TLSError) -> WriteStep
  {
    if case .failed(let error) = outcome { throw alertBehind(error) }
    return .blocked(until: try outcome.readiness(during: .sending))
  }

  /// The better reason for a write that met a closed connection: a peer that refuses us sends an
  /// alert and closes, and the alert still waits to be read.
  private mutating func alertBehind(_ error: TLSError) -> TLSError {
    guard case .connection = error.kind else { return error }
    do throws(TLSError) {
      _ = try drain()
      return error
    } catch let alert {
      if case .connection = alert.kind { return error }
      return alert
    }
  }
}

/// What the sessions of one remote share: versions, suites, groups, trust anchors, revocation lists
/// and the client certificate. Made once, and again only when its files have changed.
public protocol TLSContext: AnyObject {
  /// Throws `.configuration` when the library cannot honour a parameter.
  init(_ parameters: TLSParameters) throws(TLSError)

  /// Throws `.configuration` about trust anchors or revocation lists that cannot be used, as `init`
  /// does; the first so many of each are not looked at.
  static func checkTrust(
    _ parameters: borrowing TLSParameters, behind anchors: Int, _ lists: Int
  ) throws(TLSError)

  /// The fingerprint of a DER SubjectPublicKeyInfo, which is parsed first: throws
  /// `.configuration` when it is not a public key.
  func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest

  /// What a DER certificate says: throws `.configuration` when it is none, to the last byte.
  func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary

  /// The name and the version of the FIPS module that does this context's cryptography, nil without
  /// `TLSParameters.requiresFIPS`.
  var fipsModule: Text? { get }
}

extension TLSContext {
  public static func checkTrust(
    _ parameters: borrowing TLSParameters, behind anchors: Int, _ lists: Int
  ) throws(TLSError) {
    _ = try TrustStore(parameters, behind: anchors, lists)
  }
}
