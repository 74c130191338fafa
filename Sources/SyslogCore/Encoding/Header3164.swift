/// Writes the PRI and the HEADER of RFC 3164 §4.1.
struct Header3164: Sendable {
  private let hostname: [UInt8]

  init(_ host: HostName) {
    hostname = host.short
  }

  /// `<PRI>TIMESTAMP HOSTNAME ` (B2). Returns how many bytes it wrote.
  func write(_ priority: Priority, _ stamp: ClientTimestamp, to header: inout [UInt8]) -> Int {
    var position = 0
    var out = header.mutableSpan
    out.write(priority, at: &position)
    out.write(stamp.text.span, at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    out.write(hostname.span, at: &position)
    out.write(UInt8(ascii: " "), at: &position)
    return position
  }
}
