internal import Bytes
internal import Features

/// Turns a received piece into what one remote is sent: a header of our own, and the part of the
/// piece that follows it on the wire. Nothing is allocated per message.
public struct MessageEncoder {
  /// Bytes of the longest message in RFC 3164 form (§4.1, B1).
  public static let maximum3164 = 1024

  /// Above the longest header: `<191>1 `, 32 bytes of TIMESTAMP, 255 of HOSTNAME, 48 of APP-NAME,
  /// 128 of PROCID, 32 of MSGID, 40 and 30 of STRUCTURED-DATA and what separates them.
  private static let headerCapacity = 640

  /// What the next message becomes.
  public var format: MessageFormat {
    // What it remembers of the last header was written in the other format.
    didSet { header5424 = Header5424() }
  }
  /// Whether each message in the format of RFC 5424 gets a number of its own (§7.3.1).
  public var isNumbered: Bool {
    get { numbering.value != 0 }
    set { numbering.value = newValue ? 1 : 0 }
  }
  private var numbering = ReplayNumber()
  /// The last number, which lives as long as the remote; 0 before the first one.
  var number = ReplayNumber()
  /// The header of the message encoded last, in its first `headerCount` bytes.
  public private(set) var header: [UInt8]
  public private(set) var headerCount = 0

  private let originator: Originator
  private var header5424 = Header5424()

  /// `originator` is whose messages they are.
  public init(format: MessageFormat, _ originator: Originator) {
    self.format = format
    self.originator = originator
    header = [UInt8](repeating: 0, count: MessageEncoder.headerCapacity)
  }

  /// Exchanges the last numbers: each goes on with the other's messages.
  public mutating func exchangeNumbers(with other: inout MessageEncoder) {
    swap(&number, &other.number)
  }

  /// Encodes one piece, which `message` was made from; any bytes can be encoded.
  ///
  /// `time` is when the piece was received. Until the next call, `header` and the body of `piece`
  /// are the message.
  public mutating func encode(
    _ piece: Span<UInt8>, _ message: Message, at time: CalendarTime
  ) -> EncodedMessage {
    guard Feature.formats.isBuilt else {
      return encodeUnaltered(piece, message, limit: Message.maximumDatagram)
    }
    return switch format {
    case .raw: encodeUnaltered(piece, message, limit: Message.maximumDatagram)
    case .rfc3164: encode3164(piece, message, at: time)
    case .rfc5424: encode5424(piece, message, at: time)
    }
  }

  @inline(never)
  private mutating func encodeUnaltered(
    _ piece: Span<UInt8>, _ message: Message, limit: Int
  ) -> EncodedMessage {
    headerCount = 0
    return finish(piece, from: 0, message.priority, limit: limit)
  }

  /// Lets the piece from `start` follow the header, cut at the end where it would exceed `limit`
  /// (M4), but not inside a character.
  @inline(never)
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

// MARK: The time of a client

extension MessageEncoder {
  /// What stands between PRI and TAG: whose time it is, and where the TAG begins, behind that time
  /// and our own name.
  private func lead(
    _ piece: Span<UInt8>, _ message: Message, at time: CalendarTime
  ) -> (WireTime, Int) {
    var end = message.contentStart
    var client: ClientTime?
    if let stamp = message.clientTimestamp {
      client = ClientTime(stamp)
      end = message.textStart
    } else {
      // Docker's library for syslog writes a space behind PRI.
      if end < piece.count, piece[end] == UInt8(ascii: " ") { end += 1 }
      client = ClientTime(iso: piece, at: &end, .any)
      if end < piece.count {
        if piece[end] != UInt8(ascii: " ") { client = nil }
        end += 1
      }
    }
    // A day that does not exist is no time.
    guard let client, let read = understand(client, at: time) else {
      return (WireTime(time), message.contentStart)
    }
    return (read, originator.end(in: piece, at: end) ?? end)
  }

  private func understand(_ client: ClientTime, at time: CalendarTime) -> WireTime? {
    let receipt = WireTime(time)
    guard let read = WireTime(client, receivedAt: receipt, originator.utcOffset) else { return nil }
    if originator.timestamps == .own { return receipt }
    // RFC 3164 has local time (B2), and that is what a time without a zone was made.
    let isForeign = format == .rfc3164 && client.utcOffsetMinutes != nil
    return isForeign ? read.local(originator.utcOffset) : read
  }
}

// MARK: RFC 3164

extension MessageEncoder {
  /// What a relay does (§4.3), except that messages with a PRI and a TIMESTAMP are given a
  /// HOSTNAME, because the C library never writes one.
  private mutating func encode3164(
    _ piece: Span<UInt8>, _ message: Message, at time: CalendarTime
  ) -> EncodedMessage {
    // B6: without a PRI the whole piece is content, an unusable PRI too.
    var priority = Priority.userNotice
    var (read, start) = (WireTime(time), 0)
    var original: RFC5424Header?
    if message.hasValidPRI {
      priority = message.priority
      original = RFC5424Header(piece, from: message.contentStart)
      if let original {
        var position = original.time.lowerBound
        let client = ClientTime(iso: piece, at: &position, .rfc5424)
        read = client.flatMap { understand($0, at: time) } ?? read
        start = original.messageStart
        if piece.beginsWithBOM(at: start) { start += 3 }
      } else {
        // B5, and B4 with our name.
        (read, start) = lead(piece, message, at: time)
      }
    }
    let name = originator.name
    var position = 0
    var out = header.mutableSpan
    if let original {
      let host =
        piece.isNilValue(original.hostname) ? name.span : piece.extracting(original.hostname)
      out.write(priority, read.stamp, host, at: &position)
      out.writeTag(original, of: piece, at: &position)
    } else {
      out.write(priority, read.stamp, name.span, at: &position)
    }
    headerCount = position
    return finish(piece, from: start, priority, limit: MessageEncoder.maximum3164)
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
      let original = RFC5424Header(piece, from: message.contentStart),
      original.messageStart <= limit
    {
      if Feature.replay.isBuilt, isNumbered,
        let encoded = encodeNumbered(piece, message, original, at: time)
      {
        return encoded
      }
      guard originator.timestamps == .own else {
        return encodeUnaltered(piece, message, limit: limit)
      }
      headerCount = header5424.writeTime(message.priority, WireTime(time), to: &header)
      return finish(piece, from: original.time.upperBound, message.priority, limit: limit)
    }
    guard message.hasValidPRI || !message.hasOpenedPRI else {
      // A PRI that is none stays in MSG (B6), and what follows it is neither timestamp nor TAG.
      return finish5424(piece, from: 0, .userNotice, WireTime(time), time.clock, nil)
    }
    let (read, start) = lead(piece, message, at: time)
    let tag = Tag(piece, at: start)
    return finish5424(piece, from: tag?.end ?? start, message.priority, read, time.clock, tag)
  }

  /// A message of RFC 5424 with its number in front of its own elements. Nil when it has an element
  /// `meta`, which there may be once (§6.3.2), or no room for one.
  @inline(never)
  private mutating func encodeNumbered(
    _ piece: Span<UInt8>, _ message: Message, _ original: RFC5424Header, at time: CalendarTime
  ) -> EncodedMessage? {
    let limit = Message.maximumDatagram
    guard !original.hasMeta, original.dataStart <= MessageEncoder.headerCapacity - 80,
      original.messageStart <= limit - 80
    else { return nil }
    var (start, position) = (0, 0)
    if originator.timestamps == .own {
      start = original.time.upperBound
      position = header5424.writeTime(message.priority, WireTime(time), to: &header)
    }
    headerCount = header5424.write(
      original, of: piece, from: start, number: nextNumber(), behind: position, to: &header)
    let hasNone = piece[original.dataStart] == UInt8(ascii: "-")
    return finish(
      piece, from: original.dataStart + (hasNone ? 1 : 0), message.priority, limit: limit)
  }

  /// The number of the next message: 1 to 2³¹ - 1, and again; 0 when it has none.
  private mutating func nextNumber() -> Int32 {
    guard isNumbered else { return 0 }
    number.value = number.value == Int32.max ? 1 : number.value + 1
    return Int32(truncatingIfNeeded: number.value)
  }

  @inline(never)
  private mutating func finish5424(
    _ piece: Span<UInt8>, from start: Int, _ priority: Priority, _ time: WireTime,
    _ clock: ClockState, _ tag: Tag?
  ) -> EncodedMessage {
    headerCount = header5424.write(
      priority, time, clock, originator, tag, of: piece, number: nextNumber(), to: &header)
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
    piece.beginsWithBOM(at: start)
      && !UTF8Text.isValid(piece, from: start, to: piece.count) ? 3 : 0
  }
}

extension Span<UInt8> {
  fileprivate func beginsWithBOM(at start: Int) -> Bool {
    count - start >= 3 && self[start] == 0xEF && self[start + 1] == 0xBB && self[start + 2] == 0xBF
  }
}
