internal import Bytes

/// Writes lines of the local log as BusyBox does: `TIME HOST FACILITY.SEVERITY TEXT`, or
/// `TIME TEXT` in the short style.
public struct LocalLine: Sendable {
  /// What a line consists of.
  public enum Style: Sendable {
    case full
    /// `-S`: without host and priority.
    case short
  }

  /// Whose time is written.
  public enum Timestamps: Sendable {
    /// The client's where BusyBox recognises one, ours elsewhere.
    case client
    /// `-t`: ours always; the client's is dropped.
    case own
  }

  private var hostname: [UInt8]
  private let style: Style
  private let timestamps: Timestamps

  /// The most that stands around a text: time, host, priority, three spaces and the LF.
  private static let overhead = 15 + hostnameLimit + 17 + 4
  private static let hostnameLimit = 64

  /// `hostname` is cut at its first '.' and at 64 bytes, and an empty one is '?'. A control
  /// character in it, which BusyBox would let through, becomes '?' too, so that a line is one line.
  public init(hostname: Span<UInt8>, style: Style, timestamps: Timestamps) {
    self.hostname = []
    self.style = style
    self.timestamps = timestamps
    rename(hostname)
  }

  /// Gives the lines from now on this name.
  public mutating func rename(_ hostname: Span<UInt8>) {
    var name: [UInt8] = hostname.isEmpty ? [UInt8(ascii: "?")] : []
    for index in hostname.indices {
      if hostname[index] == UInt8(ascii: ".") || name.count == LocalLine.hostnameLimit { break }
      name.append(hostname[index] < 0x20 ? UInt8(ascii: "?") : hostname[index])
    }
    self.hostname = name
  }

  /// Appends the line of one piece, which `message` was made from.
  public func append(
    _ piece: Span<UInt8>, _ message: Message, at time: CalendarTime, to buffer: inout [UInt8]
  ) {
    buffer.append(addingCapacity: LocalLine.overhead + 2 * piece.count) { line in
      if message.hasTimestamp, timestamps == .client {
        // Without the space behind it.
        let stamp = message.contentStart..<message.textStart - 1
        line.append(escaping: piece.extracting(stamp))
      } else {
        let stamp = time.stamp.text
        line.append(copying: stamp.span)
      }
      if style == .full {
        line.append(UInt8(ascii: " "))
        line.append(copying: hostname.span)
        line.append(UInt8(ascii: " "))
        line.append(message.priority)
      }
      line.append(UInt8(ascii: " "))
      line.append(escaping: piece.extracting(droppingFirst: message.textStart))
      line.append(UInt8(ascii: "\n"))
    }
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(copying bytes: Span<UInt8>) {
    for index in bytes.indices { append(bytes[index]) }
  }

  fileprivate mutating func append(escaping bytes: Span<UInt8>) {
    for index in bytes.indices {
      let byte = bytes[index]
      guard byte < 0x20 else {
        append(byte)
        continue
      }
      let spaced = LocalText.spaced(byte)
      let isControl = LocalText.isControl(spaced)
      if isControl { append(UInt8(ascii: "^")) }
      append(isControl ? spaced | 0x40 : spaced)
    }
  }

  /// `facility.severity`, or `<PRI>` when the facility has no name.
  fileprivate mutating func append(_ priority: Priority) {
    if let facility = priority.facility.name {
      append(facility)
      append(UInt8(ascii: "."))
      append(priority.severity.name)
      return
    }
    append(UInt8(ascii: "<"))
    var divisor: UInt16 = 1000
    while divisor > 0 {
      let digits = priority.rawValue / divisor
      if digits > 0 { append(UInt8(units: Int(digits))) }
      divisor /= 10
    }
    append(UInt8(ascii: ">"))
  }

  fileprivate mutating func append(_ name: Literal) {
    var index = 0
    while name[index] != 0 {
      append(name[index])
      index += 1
    }
  }
}
