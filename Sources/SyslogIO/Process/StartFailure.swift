public import Bytes

/// Why the daemon cannot start.
public struct StartFailure: Error {
  public let reason: Sentence
  /// Which of the daemon's parameters it is about; nil when it is none of them.
  public let parameter: DaemonParameter?

  init(_ reason: Sentence, about parameter: DaemonParameter? = nil) {
    self.reason = reason
    self.parameter = parameter
  }
}

/// What a configuration can ask of the daemon, for a failure that is about it. The program spells
/// it as an option.
public enum DaemonParameter: Sendable, Equatable {
  case logSocket
  case ring
  case kernelLog
  case user
}
