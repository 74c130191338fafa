/// What a session was at when something happened, for the words of an error.
public enum TLSPhase: Sendable {
  case handshake
  case sending
  case reading
  case closing
}

/// What a library call came to when it did not simply succeed: each backend maps its result codes
/// to this in one place (`ErrorMapping`).
public enum TLSOutcome: Sendable {
  case blocked(until: Readiness)
  /// Nothing that concerns us: the call is to be repeated.
  case again
  /// The peer's close_notify has been read.
  case closeNotify
  /// The stream ended without close_notify.
  case endOfStream
  case failed(TLSError)
}

// Not inlined: each backend asks in several places.
extension TLSOutcome {
  /// What to wait for before a handshake, a write or a close is repeated. Throws why there is
  /// nothing to wait for.
  @inline(never)
  public consuming func readiness(during phase: TLSPhase) throws(TLSError) -> Readiness {
    switch self {
    case .blocked(let readiness): return readiness
    // A socket is nearly always writable: the event loop comes again at once.
    case .again: return .writable
    case .closeNotify:
      if case .handshake = phase { throw .closeNotifyInHandshake }
      throw .endOfStream(during: phase)
    case .endOfStream: throw .endOfStream(during: phase)
    case .failed(let error): throw error
    }
  }

  /// What `drain` returns, nil when it is to read on.
  @inline(never)
  public consuming func drainStep() throws(TLSError) -> DrainStep? {
    switch self {
    case .blocked(until: .writable): return .blocked(until: .writable)
    case .blocked(until: .readable): return .idle
    case .again: return nil
    case .closeNotify, .endOfStream: return .peerClosed
    case .failed(let error): throw error
    }
  }
}
