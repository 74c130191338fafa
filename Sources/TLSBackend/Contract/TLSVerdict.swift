internal import Bytes

/// What the policy said about the peer of one session, kept where a library's callback can reach it.
public enum TLSVerdict: ~Copyable, Sendable {
  case pending
  case accepted(VerifiedPeer)
  case refused(TLSError)

  public var refusal: TLSError? {
    switch self {
    case .refused(let error): error
    case .accepted: nil
    case .pending: nil
    }
  }

  public var isAccepted: Bool {
    switch self {
    case .accepted: true
    case .refused: false
    case .pending: false
    }
  }

  /// Hands out the accepted peer, once. A handshake that came to an end without asking the policy,
  /// by an anonymous suite or a resumption that is never offered, is a refusal.
  public mutating func take() throws(TLSError) -> VerifiedPeer {
    var verdict = TLSVerdict.pending
    swap(&verdict, &self)
    switch consume verdict {
    case .accepted(let peer): return peer
    case .refused(let error): throw error
    case .pending: throw TLSError(.authentication, .noServerCertificate)
    }
  }
}
