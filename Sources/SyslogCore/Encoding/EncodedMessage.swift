/// The outcome of `MessageEncoder.encode`.
public struct EncodedMessage: Sendable {
  /// Of the PRI that is on the wire.
  public let severity: Severity
  /// The part of the piece that follows the header on the wire.
  public let body: Range<Int>
  /// Whether the end of the piece had to be left out.
  public let truncated: Bool
}
