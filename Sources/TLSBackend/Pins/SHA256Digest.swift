/// The 32 bytes of a SHA-256 hash. The hash itself is the TLS library's to compute.
public struct SHA256Digest: Equatable, Sendable {
  /// Bytes in a digest.
  public static let byteCount = 32

  private var words: InlineArray<4, UInt64>

  /// Nil when `bytes` are not exactly 32.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count == SHA256Digest.byteCount else { return nil }
    words = InlineArray(repeating: 0)
    for index in bytes.indices {
      words[index / 8] = words[index / 8] << 8 | UInt64(bytes[index])
    }
  }

  public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
    var difference: UInt64 = 0
    for index in 0..<4 { difference |= left.words[index] ^ right.words[index] }
    return difference == 0
  }

  /// Its beginning, by which few are the same.
  var beginning: UInt64 { words[0] }

  /// The byte at `index`, 0 to 31.
  public subscript(index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(56 - index % 8 * 8))
  }
}
