internal import Bytes

/// How messages are told apart on a stream. Chosen once per remote, never changed in mid-stream
/// (RFC 6587 §3.4.3, F3).
public enum Framing: Sendable {
  /// `MSG-LEN SP MSG` (RFC 5425 §4.3, T14; RFC 6587 §3.4.1, F1).
  case octetCounting
  /// `MSG LF` (RFC 6587 §3.4.2, F2). An LF or a NUL inside would end the message early at the
  /// collector, so each becomes a space.
  case lineFeed

  /// Bytes of the frame around a message of `count` bytes.
  func frameLength(ofMessage count: Int) -> Int {
    switch self {
    case .octetCounting: Decimal.digits(of: count) + 1 + count
    case .lineFeed: count + 1
    }
  }

  /// What a byte of a message becomes inside the frame.
  static func scrubbed(_ byte: UInt8) -> UInt8 {
    byte == UInt8(ascii: "\n") || byte == 0 ? UInt8(ascii: " ") : byte
  }
}
