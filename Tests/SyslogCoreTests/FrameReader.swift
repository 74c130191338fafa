/// Takes messages of octet counting (RFC 5425 §4.3) from a stream, as a collector does.
struct FrameReader {
  private var bytes: [UInt8] = []
  /// Where the next frame begins, counted from the first byte of the stream.
  private(set) var position = 0

  /// How many bytes there were.
  var count: Int { bytes.count }

  mutating func append(_ more: some Sequence<UInt8>) {
    bytes += more
  }

  /// The next whole message, nil while it is not there.
  mutating func next() -> String? {
    guard let space = bytes[position...].firstIndex(of: UInt8(ascii: " ")),
      let length = Int(String(decoding: bytes[position..<space], as: UTF8.self)),
      bytes.count > space + length
    else { return nil }
    position = space + 1 + length
    return String(decoding: bytes[(space + 1)..<position], as: UTF8.self)
  }
}
