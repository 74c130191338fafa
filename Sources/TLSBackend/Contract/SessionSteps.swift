/// What a descriptor must become before a blocked verb can go on.
public enum Readiness: Sendable {
  case readable
  case writable
}

/// How far a handshake has come. `.complete` cannot be made without a peer that the policy
/// accepted, because only `PeerPolicy` makes a `VerifiedPeer`.
public enum HandshakeStep: ~Copyable {
  case complete(VerifiedPeer)
  case blocked(until: Readiness)
}

/// How a write went: accepted in whole or in part, or to be repeated with the same bytes.
public enum WriteStep: Sendable {
  case accepted(Int)
  case blocked(until: Readiness)
}

/// What reading brought.
public enum DrainStep: Sendable {
  /// Nothing more to read now.
  case idle
  /// The peer sent close_notify, or its end of the stream without one.
  case peerClosed
  /// Nothing more to read now, and what was answered waits for the socket: to be drained again.
  case blocked(until: Readiness)
}

/// How far our close_notify has come.
public enum ShutdownStep: Sendable {
  case sent
  case blocked(until: Readiness)
}
