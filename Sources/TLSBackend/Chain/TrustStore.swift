internal import Bytes

/// What chains are judged against: the trust anchors and the revocation lists of one remote, parsed
/// once for all of its connections.
public final class TrustStore {
  /// Throws `.configuration` about the parameter, naming the block that cannot be read and why. Of
  /// parameters without anchors and lists it makes a store that nobody's chain leads to.
  public init(_ parameters: borrowing TLSParameters) throws(TLSError) {}
}
