/// What a peer can make a session do, the same with every library. A server, or whoever answers in
/// its place, may send without end before anybody is authenticated.
public enum SessionLimits {
  /// Bytes that one verb takes from the kernel before it returns, where each receive counts as
  /// 4,096 at least: the event loop then has its turn.
  public static let turn: Int64 = 256 * 1024
  /// Bytes that a whole handshake may receive, less than a turn. The longest message that any of
  /// the libraries accepts, a chain of certificates, has 128 KB.
  public static let handshake: UInt64 = 192 * 1024
  /// How often a connection may make this end answer what it reads, such as a request for new keys
  /// (KeyUpdate) or for a renegotiation. One more ends the connection.
  public static let answers = 4

  /// The longest plaintext of one record (RFC 8446 §5.1).
  public static let record = 16384
  /// Bytes that are read from a library at a time, to be thrown away.
  public static let drainChunk = 1024

  /// Throws `.negotiation` when a handshake that has received so many bytes is not to go on.
  @inline(never)
  public static func checkHandshake(received: UInt64) throws(TLSError) {
    guard received > handshake else { return }
    throw TLSError(.negotiation, .handshakeTooLong(kilobytes: handshake / 1024))
  }
}
