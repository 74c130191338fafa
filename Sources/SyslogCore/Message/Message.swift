/// Where the parts of one message are.
///
/// Offsets into a piece of a datagram, whose bytes are passed along with it. What BusyBox sees and
/// what the RFCs recognise are both here, because the local line follows the one and the encoders
/// follow the other.
public struct Message: Sendable {
  /// Bytes of the longest datagram that is read whole, and of the longest message sent
  /// (RFC 5425 §4.3.1, T15).
  public static let maximumDatagram = 8192

  /// As BusyBox reads it: user.notice when there is none or when it has more than ten bits.
  public let priority: Priority
  /// Whether the piece begins with a PRI as the RFCs have it (B6, M6).
  public let hasValidPRI: Bool
  /// Whether the piece begins with '<', be it a PRI or not.
  public let hasOpenedPRI: Bool
  /// Behind the PRI, as BusyBox parses it.
  public let contentStart: Int
  /// Whether BusyBox takes the next 15 bytes for a timestamp, real or not.
  public let hasTimestamp: Bool
  /// Behind that timestamp and its space, or `contentStart` without one.
  public let textStart: Int
  /// The user who sent it, as the kernel says; root for what this daemon says itself.
  public let uid: UInt32
  /// A timestamp that is a date and a time.
  let clientTimestamp: ClientTimestamp?

  /// Any bytes make a message.
  public init(_ piece: Span<UInt8>, from uid: UInt32 = 0) {
    self.uid = uid
    let field = PRIField(piece)
    priority = field.priority
    hasValidPRI = field.isValid
    hasOpenedPRI = field.end > 0
    contentStart = field.end
    let behind = field.end + ClientTimestamp.length
    if behind < piece.count, piece[behind] == UInt8(ascii: " "),
      let stamp = ClientTimestamp(piece, at: field.end)
    {
      // A real one has the shape that BusyBox looks for.
      clientTimestamp = stamp
      hasTimestamp = true
      textStart = behind + 1
      return
    }
    let end = TimestampShape.end(piece, from: field.end)
    clientTimestamp = nil
    hasTimestamp = end != nil
    textStart = end ?? field.end
  }

  /// The length of a datagram without the LFs and NULs at its end, which BusyBox drops in any
  /// mixture. 0: there is no message.
  public static func trimmedCount(_ datagram: Span<UInt8>) -> Int {
    var count = datagram.count
    while count > 0, datagram[count - 1] == 0 || datagram[count - 1] == UInt8(ascii: "\n") {
      count -= 1
    }
    return count
  }

  /// The next of the pieces that BusyBox logs on their own, because a NUL stands between them;
  /// nil behind the last.
  ///
  /// Expects a trimmed datagram. Pieces may be empty: BusyBox logs an empty line for them.
  public static func nextPiece(
    _ datagram: Span<UInt8>, from start: inout Int
  ) -> Range<Int>? {
    guard start >= 0, start < datagram.count else { return nil }
    let begin = start
    var end = begin
    while end < datagram.count, datagram[end] != 0 { end += 1 }
    start = end + 1
    return begin..<end
  }
}

/// What BusyBox takes for a timestamp: separators in five places, of at least 16 bytes.
private enum TimestampShape {
  /// The bytes counted are those that are written, where a control character takes two.
  static func end(_ piece: Span<UInt8>, from start: Int) -> Int? {
    var written = 0
    var index = start
    while written < 16 {
      guard index < piece.count else { return nil }
      let byte = LocalText.spaced(piece[index])
      let isEscaped = LocalText.isControl(byte)
      guard isEscaped ? !isSeparated(written) && !isSeparated(written + 1) : fits(byte, written)
      else { return nil }
      written += isEscaped ? 2 : 1
      index += 1
    }
    return index
  }

  private static func isSeparated(_ place: Int) -> Bool {
    // Bits 3, 6, 9, 12 and 15.
    0b1001_0010_0100_1000 >> place & 1 == 1
  }

  private static func fits(_ byte: UInt8, _ place: Int) -> Bool {
    switch place {
    case 3, 6, 15: byte == UInt8(ascii: " ")
    case 9, 12: byte == UInt8(ascii: ":")
    default: true
    }
  }
}

/// What happens to a byte on its way into the local log.
enum LocalText {
  /// LF becomes a space.
  static func spaced(_ byte: UInt8) -> UInt8 {
    byte == UInt8(ascii: "\n") ? UInt8(ascii: " ") : byte
  }

  /// Whether a byte is written as '^' and a letter. TAB, DEL and 8-bit bytes are not.
  static func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\t")
  }
}
