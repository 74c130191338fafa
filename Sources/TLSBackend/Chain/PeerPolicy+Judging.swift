internal import Bytes

extension PeerPolicy {
  /// The verdict on a peer, inside the handshake.
  ///
  /// `chain` are the DER certificates as the peer has sent them, its own first; what is wrong with
  /// any of them, or with their number, is this function's to find. `peer` becomes what the peer has
  /// shown, accepted or not, when the policy keeps it (`keepsPeer`), and stays as it is otherwise.
  ///
  /// Throws `.authentication`: which check failed, what was expected, what was seen; `.library` when
  /// the library cannot hash.
  public func judge<Library: Cryptography & ~Copyable>(
    chain: [[UInt8]], trust: TrustStore, using library: inout Library, keeping peer: inout PeerEvidence?
  ) throws(TLSError) -> VerifiedPeer {
    throw TLSError(.authentication, .invalidChain)
  }
}

extension CertificateSummary {
  /// What a DER certificate out of a file says. Throws `.configuration` when it is none, to the last
  /// byte, and `.library` when the library cannot hash.
  public static func reading<Library: Cryptography & ~Copyable>(
    _ der: [UInt8], using library: inout Library
  ) throws(TLSError) -> CertificateSummary {
    throw TLSError(.configuration, .invalidChain)
  }
}
