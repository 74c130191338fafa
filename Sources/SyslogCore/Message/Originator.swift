internal import Bytes
internal import Features

/// Seconds east of Greenwich at a moment in seconds since 1970, by the system's time zone.
public typealias UTCOffset = @Sendable @convention(c) (Int64) -> Int32

/// What the headers of all remotes say of this host: one for the whole program.
public final class Originator {
  /// HOSTNAME of RFC 5424: as given (M8), at most 255 bytes, NILVALUE when there is none.
  private(set) var name: [UInt8] = []
  /// Bytes of `name` without its domain: HOSTNAME of RFC 3164 (B2). 0 when it begins with a dot.
  private(set) var labelCount = 0
  /// Changes with the name.
  private(set) var version = 0
  /// Whose time the headers have; the format raw has the client's.
  let timestamps: LocalLine.Timestamps
  let utcOffset: UTCOffset

  /// `hostname` is the name of this host, with its domain if it has one; empty or `(none)` when it
  /// is unknown.
  public init(
    hostname: Span<UInt8>, timestamps: LocalLine.Timestamps, utcOffset: @escaping UTCOffset
  ) {
    self.timestamps = timestamps
    self.utcOffset = utcOffset
    rename(hostname)
  }

  /// Bytes that may not stand in a HOSTNAME become '?': the length stays, and nothing hides that
  /// the name was a strange one.
  public func rename(_ hostname: Span<UInt8>) {
    guard Feature.formats.isBuilt else { return }
    version &+= 1
    var name: [UInt8] = []
    // "(none)" is Linux's way to say that none was set.
    if !hostname.equals("(none)") {
      for index in hostname.indices where name.count < Originator.limit {
        name.append(hostname[index].isPrintable ? hostname[index] : UInt8(ascii: "?"))
      }
    }
    // RFC 3164 does not have it, but its receivers understand.
    if name.isEmpty { name = [UInt8(ascii: "-")] }
    labelCount = Originator.labelCount(name.span)
    self.name = name
  }

  /// RFC 5424 §6.2.4.
  static let limit = 255
  /// "localhost", byte by byte: a literal String would bring its Unicode machinery along.
  private static let localhost: [UInt8] = [0x6C, 0x6F, 0x63, 0x61, 0x6C, 0x68, 0x6F, 0x73, 0x74]

  /// Bytes of the first label of a name, or of all of an IPv4 address.
  static func labelCount(_ name: Span<UInt8>) -> Int {
    var end = name.count
    var isAddress = true
    for index in name.indices {
      if name[index] == UInt8(ascii: ".") {
        end = min(end, index)
      } else if name[index].decimalValue == nil {
        isAddress = false
      }
    }
    return isAddress ? name.count : end
  }

  /// Behind our own name and one space, when they stand at `start`; nil otherwise.
  ///
  /// Programs write it in lower case, without our domain or with one, as `localhost`, or leave it
  /// empty between two spaces.
  func end(in piece: Span<UInt8>, at start: Int) -> Int? {
    let limit = min(piece.count, start + Originator.limit + 1)
    var end = start
    while end < limit, piece[end] != UInt8(ascii: " ") { end += 1 }
    guard end < limit else { return nil }
    let isOwn =
      end == start ? Tag(piece, at: end + 1) != nil : isName(piece.extracting(start..<end))
    return isOwn ? end + 1 : nil
  }

  private func isName(_ written: Span<UInt8>) -> Bool {
    // Nearly every message has none.
    let first = written[0].lowercased
    guard first == UInt8(ascii: "l") || first == name[0].lowercased else { return false }
    let label = written.extracting(first: Originator.labelCount(written))
    if label.isName(Originator.localhost.span) { return true }
    let name = name
    // NILVALUE is nobody's name.
    guard written[0] != UInt8(ascii: "-"), label.isName(name.span.extracting(first: labelCount))
    else { return false }
    return label.count == written.count || labelCount == name.count || written.isName(name.span)
  }
}
