/// What a library's own verifier finds wrong with the peer's chain (RFC 5280 §6, T5), in words that
/// all of them share.
///
/// Each library tells apart other things: an issuer that is no authority, say, is to Mbed TLS the
/// same as none. `untrusted` and `weak` are therefore refined by `PeerPolicy` from what the
/// certificates say.
public struct ChainProblems: Sendable, Equatable {
  private var bits: UInt16 = 0

  /// One finding. The first of those that apply, in this order, is what the operator is told.
  public enum Finding: UInt16, Sendable, CaseIterable {
    /// A key of less than 112 bits, or a signature with SHA-1 or MD5, in the chain that was
    /// validated; the signature of a trust anchor on itself does not count.
    case weak
    /// No chain of valid signatures by certificates that may sign leads to a trust anchor.
    case untrusted
    /// A name lies outside of what an authority above it may give (RFC 5280 §4.2.1.10).
    case nameConstraints
    /// A critical extension that the library does not know (RFC 5280 §4.2).
    case criticalExtension
    /// The key usage or the extended key usage does not allow a TLS server.
    case wrongPurpose
    case revoked
    case notYetValid
    case expired
    /// A revocation list whose signature is not its issuer's.
    case forgedList
    /// A revocation list whose next update is over, or whose time has not come.
    case staleList
    /// There are lists, and none of them is of an issuer in the chain.
    case noList
    /// What fits nothing else.
    case other
  }

  public init() {}

  public mutating func insert(_ finding: Finding) {
    bits |= 1 << finding.rawValue
  }

  public func contains(_ finding: Finding) -> Bool {
    bits & 1 << finding.rawValue != 0
  }

  /// The finding to be told, nil when nothing is wrong.
  var first: Finding? {
    guard bits != 0 else { return nil }
    return Finding(rawValue: UInt16(bits.trailingZeroBitCount))
  }
}
