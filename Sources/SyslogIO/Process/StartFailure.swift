public import Bytes

/// Why the daemon cannot start, in one line that names the option.
public struct StartFailure: Error {
  public let line: Text
}
