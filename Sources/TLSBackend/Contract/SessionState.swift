internal import Bytes

/// Where a session stands, the same with every library.
public enum SessionState: Sendable {
  case handshaking
  case established(BlockedWrite?)
  /// close_notify is made and has not left in whole.
  case closing
  case closed

  /// A write whose record is made and has not left in whole. The library may have taken fewer bytes
  /// than it was given.
  public struct BlockedWrite: Sendable {
    let given: Int
    public let taken: Int
  }

  /// The state after a library has taken `taken` of `given` bytes.
  public static func wrote(_ taken: Int, of given: Int) -> SessionState {
    .established(BlockedWrite(given: given, taken: taken))
  }

  /// How many bytes of a write are given to the library, where `limit` is the most that it takes.
  /// Throws when there is nothing to write, or not what was blocked.
  @inline(never)
  public func count(of bytes: Int, limit: Int) throws(TLSError) -> Int {
    let count = min(bytes, limit)
    guard case .established(let blocked) = self, count > 0 else { throw .outOfTurn("write") }
    if let blocked, blocked.given != count { throw .outOfTurn("write") }
    return count
  }

  /// What a write comes to whose record is made: `unsent` is what the rest of it waits for.
  @inline(never)
  public mutating func finishWrite(_ unsent: Readiness?) -> WriteStep {
    if let unsent { return .blocked(until: unsent) }
    guard case .established(let blocked?) = self else { return .blocked(until: .writable) }
    self = .established(nil)
    return .accepted(blocked.taken)
  }

  /// Throws unless there is a connection to read from.
  @inline(never)
  public func checkDrain() throws(TLSError) {
    switch self {
    case .handshaking, .closed: throw .outOfTurn("drain")
    case .established, .closing: return
    }
  }
}
