import TLSBackend

/// The backend of a build without TLS: its context refuses to be made, so that `-d` is refused at
/// the start, and the rest of the program is the same code.
struct NoTLS: TLSBackend, ~Copyable {
  typealias Context = NoTLSContext

  static var capabilities: TLSCapabilities {
    TLSCapabilities(
      library: "no TLS", version: "", highestVersion: .tls12, cipherSuites: [], groups: [],
      keyTypes: [])
  }

  private static var refusal: TLSError {
    TLSError(.configuration, "this syslogd was built without TLS")
  }

  init(
    _ context: NoTLSContext, policy: consuming PeerPolicy, socket: Int32
  ) throws(TLSError) {
    throw NoTLS.refusal
  }

  mutating func handshake() throws(TLSError) -> HandshakeStep { throw NoTLS.refusal }
  mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep { throw NoTLS.refusal }
  mutating func drain() throws(TLSError) -> DrainStep { throw NoTLS.refusal }
  mutating func shutdown() throws(TLSError) -> ShutdownStep { throw NoTLS.refusal }
  var ciphertextSent: UInt64 { 0 }
  var isAcceptedByPeer: Bool { false }
  var negotiated: TLSNegotiated { TLSNegotiated(version: "", cipherSuite: "") }

  final class NoTLSContext: TLSContext {
    init(_ parameters: TLSParameters) throws(TLSError) { throw NoTLS.refusal }

    func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
      throw NoTLS.refusal
    }

    func spkiFingerprint(ofCertificate der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
      throw NoTLS.refusal
    }
  }
}
