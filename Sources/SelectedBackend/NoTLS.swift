public import Bytes
public import TLSBackend

/// The backend of a build without TLS: its context refuses to be made, so that `-d` is refused at
/// the start, and the rest of the program is the same code.
public struct NoTLS: TLSBackend, TLSKeyMaker, ~Copyable {
  public typealias Context = NoTLSContext

  public static var capabilities: TLSCapabilities {
    TLSCapabilities(
      library: "no TLS", version: "", highestVersion: .tls12, cipherSuites: [], groups: [])
  }

  public static var isPresent: Bool { false }

  private static var refusal: TLSError {
    TLSError(.configuration, .builtWithoutTLS, about: .tls)
  }

  public init(
    _ context: NoTLSContext, policy: consuming PeerPolicy, socket: Int32
  ) throws(TLSError) {
    throw NoTLS.refusal
  }

  public mutating func handshake() throws(TLSError) -> HandshakeStep { throw NoTLS.refusal }
  public mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    throw NoTLS.refusal
  }
  public mutating func drain() throws(TLSError) -> DrainStep { throw NoTLS.refusal }
  public mutating func shutdown() throws(TLSError) -> ShutdownStep { throw NoTLS.refusal }
  public var ciphertextSent: UInt64 { 0 }
  public var isAcceptedByPeer: Bool { false }
  public var negotiated: TLSNegotiated { TLSNegotiated(version: "", cipherSuite: "") }
  public var peer: PeerEvidence? { nil }

  public static func makeIdentity(_ request: IdentityRequest) throws(TLSError) -> NewIdentity {
    throw NoTLS.refusal
  }

  public final class NoTLSContext: TLSContext {
    public init(_ parameters: TLSParameters) throws(TLSError) { throw NoTLS.refusal }

    /// Nothing is parsed.
    public static func checkTrust(
      _ parameters: borrowing TLSParameters, behind anchors: Int, _ lists: Int
    ) throws(TLSError) {}

    public func spkiFingerprint(
      ofPublicKey der: Span<UInt8>
    ) throws(TLSError) -> SHA256Digest {
      throw NoTLS.refusal
    }

    public func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
      throw NoTLS.refusal
    }

    public var fipsModule: Text? { nil }
  }
}
