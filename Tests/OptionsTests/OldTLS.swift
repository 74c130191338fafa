import Bytes

@testable import TLSBackend

/// Stands in for a library without TLS 1.3: its context is refused or made, and never connects.
struct OldTLS: TLSBackend, ~Copyable {
  typealias Context = OldTLSContext

  static var capabilities: TLSCapabilities {
    TLSCapabilities(
      library: "Old TLS", version: "2.28.3", highestVersion: .tls12,
      // The first is in its tables, with no version to use it in.
      cipherSuites: [.aes128GCM, .ecdheRSAWithAES128GCM, .rsaWithAES128CBC],
      groups: [.secp256r1, .secp521r1])
  }

  private static var absent: TLSError {
    TLSError(.library, .notSupported("connections", by: "Old TLS"))
  }

  init(
    _ context: OldTLSContext, policy: consuming PeerPolicy, socket: Int32
  ) throws(TLSError) {
    throw OldTLS.absent
  }

  mutating func handshake() throws(TLSError) -> HandshakeStep { throw OldTLS.absent }
  mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep { throw OldTLS.absent }
  mutating func drain() throws(TLSError) -> DrainStep { throw OldTLS.absent }
  mutating func shutdown() throws(TLSError) -> ShutdownStep { throw OldTLS.absent }
  var ciphertextSent: UInt64 { 0 }
  var isAcceptedByPeer: Bool { false }
  var negotiated: TLSNegotiated { TLSNegotiated(version: "", cipherSuite: "") }
  var peer: PeerEvidence? { nil }

  final class OldTLSContext: TLSContext {
    init(_ parameters: TLSParameters) throws(TLSError) {
      _ = try TLSOffer(parameters, by: OldTLS.capabilities)
    }

    func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
      throw OldTLS.absent
    }

    func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
      throw OldTLS.absent
    }

    var fipsModule: Text? { nil }
  }
}
