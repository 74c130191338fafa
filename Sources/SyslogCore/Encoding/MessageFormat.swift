/// What a remote is sent (`--format`).
public enum MessageFormat: Sendable {
  /// The bytes as they were received: BusyBox's own form, byte for byte.
  case raw
  /// The header of RFC 3164 §4.1, repaired as its §4.3 asks of a relay.
  case rfc3164
  /// RFC 5424.
  case rfc5424
}
