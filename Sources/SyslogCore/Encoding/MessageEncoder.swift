internal import Bytes

/// Turns a received piece into what one remote is sent: a header of our own, and the part of the
/// piece that follows it on the wire. Nothing is allocated per message.
public struct MessageEncoder: Sendable {
  /// Bytes of the longest message in RFC 3164 form (§4.1, B1).
  public static let maximum3164 = 1024

  /// Above the longest header: `<191>1 `, 32 bytes of TIMESTAMP, 255 of HOSTNAME, 48 of APP-NAME,
  /// 128 of PROCID, 40 of STRUCTURED-DATA and what separates them.
  private static let headerCapacity = 640

  /// What the next message becomes.
  public var format: MessageFormat {
    // What it remembers of the last header was written in the other format.
    didSet { header5424 = Header5424(host) }
  }
  /// The header of the message encoded last, in its first `headerCount` bytes.
  public private(set) var header: [UInt8]
  public private(set) var headerCount = 0

  private let host: HostName
  private let header3164: Header3164
  private var header5424: Header5424

  /// `hostname` is the name as `uname` gives it, with its domain if it has one.
  public init(format: MessageFormat, hostname: Span<UInt8>) {
    self.format = format
    host = HostName(hostname)
    header3164 = Header3164(host)
    header5424 = Header5424(host)
    header = [UInt8](repeating: 0, count: MessageEncoder.headerCapacity)
  }

  /// Encodes one piece, which `message` was made from; any bytes can be encoded.
  ///
  /// `time` is when the piece was received. Until the next call, `header` and the body of `piece`
  /// are the message.
  public mutating func encode(
    _ piece: Span<UInt8>, _ message: Message, at time: CalendarTime
  ) -> EncodedMessage {
    switch format {
    case .raw: encodeUnaltered(piece, message, limit: Message.maximumDatagram)
    case .rfc3164: encode3164(piece, message, at: time)
    case .rfc5424: encode5424(piece, message, at: time)
    }
  }

  private mutating func encodeUnaltered(
    _ piece: Span<UInt8>, _ message: Message, limit: Int
  ) -> EncodedMessage {
    headerCount = 0
    return finish(piece, from: 0, message.priority, limit: limit)
  }

  /// Lets the piece from `start` follow the header, cut at the end where it would exceed `limit`
  /// (M4), but not inside a character.
  private func finish(
    _ piece: Span<UInt8>, from start: Int, _ priority: Priority, limit: Int
  ) -> EncodedMessage {
    let room = limit - headerCount
    let isTruncated = piece.count - start > room
    let end = isTruncated ? max(start, UTF8Text.cut(piece, at: start + room)) : piece.count
    return EncodedMessage(
      severity: priority.severity, body: start..<end, truncated: isTruncated)
  }
}

// MARK: RFC 3164

extension MessageEncoder {
  /// What a relay does (§4.3), except that messages with a PRI and a TIMESTAMP are given a
  /// HOSTNAME, because the C library never writes one.
  private mutating func encode3164(
    _ piece: Span<UInt8>, _ message: Message, at time: CalendarTime
  ) -> EncodedMessage {
    let limit = MessageEncoder.maximum3164
    guard message.hasValidPRI else {
      // B6: the whole piece is content, the unusable PRI too.
      headerCount = header3164.write(.userNotice, time.stamp, to: &header)
      return finish(piece, from: 0, .userNotice, limit: limit)
    }
    guard let stamp = message.clientTimestamp else {
      // B5.
      headerCount = header3164.write(message.priority, time.stamp, to: &header)
      return finish(piece, from: message.contentStart, message.priority, limit: limit)
    }
    if host.end(in: piece, at: message.textStart) != nil {
      // B4.
      return encodeUnaltered(piece, message, limit: limit)
    }
    headerCount = header3164.write(message.priority, stamp, to: &header)
    return finish(piece, from: message.textStart, message.priority, limit: limit)
  }
}

// MARK: RFC 5424

extension MessageEncoder {
  /// A message of RFC 5424 unaltered (M1), anything else converted (M19).
  private mutating func encode5424(
    _ piece: Span<UInt8>, _ message: Message, at time: CalendarTime
  ) -> EncodedMessage {
    let limit = Message.maximumDatagram
    if message.hasValidPRI,
      let start = RFC5424Syntax.messageStart(piece, from: message.contentStart), start <= limit
    {
      return encodeUnaltered(piece, message, limit: limit)
    }
    guard message.hasValidPRI || !message.hasOpenedPRI else {
      // A PRI that is none stays in MSG (B6), and what follows it is neither timestamp nor TAG.
      return finish5424(piece, from: 0, .userNotice, WireTime(time), time.clock, nil)
    }
    let client = message.clientTimestamp.flatMap { WireTime($0, receivedAt: time) }
    var start = message.contentStart
    if client != nil {
      start = host.end(in: piece, at: message.textStart) ?? message.textStart
    }
    let tag = Tag(piece, at: start)
    return finish5424(
      piece, from: tag?.end ?? start, message.priority, client ?? WireTime(time), time.clock, tag)
  }

  private mutating func finish5424(
    _ piece: Span<UInt8>, from start: Int, _ priority: Priority, _ time: WireTime,
    _ clock: ClockState, _ tag: Tag?
  ) -> EncodedMessage {
    headerCount = header5424.write(priority, time, clock, tag, of: piece, to: &header)
    let start = start + brokenBOMLength(piece, at: start)
    if start < piece.count {
      header[headerCount] = UInt8(ascii: " ")
      headerCount += 1
    }
    return finish(piece, from: start, priority, limit: Message.maximumDatagram)
  }

  /// Bytes of a BOM that promises UTF-8 (M12) in front of a text that is not: RFC 5424 has no
  /// such message, so the BOM is left out.
  private func brokenBOMLength(_ piece: Span<UInt8>, at start: Int) -> Int {
    guard piece.count - start >= 3, piece[start] == 0xEF, piece[start + 1] == 0xBB,
      piece[start + 2] == 0xBF, !UTF8Text.isValid(piece, from: start, to: piece.count)
    else { return 0 }
    return 3
  }
}
