/// What a session was at when something happened, for the words of an error.
public enum TLSPhase: Sendable {
  case handshake
  case sending
  case reading
  case closing
}

/// What a library call came to when it did not simply succeed: each backend maps its result codes
/// to this in one place.
public enum TLSOutcome: Sendable {
  case blocked(until: Readiness)
  /// The peer's close_notify has been read.
  case closeNotify
  /// The stream ended without close_notify.
  case endOfStream
  case failed(TLSError)
}
