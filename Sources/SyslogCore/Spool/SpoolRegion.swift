/// The bytes that a spool lives in, of a size that never changes: a file, or memory in a test.
public protocol SpoolRegion: AnyObject {
  /// Reads `count` bytes at `offset` to `index` of `bytes`. False when they cannot be read.
  func read(_ bytes: inout [UInt8], at index: Int, count: Int, from offset: Int) -> Bool
  /// Writes all of `bytes`. After false, any of them may have been written.
  func write(_ bytes: Span<UInt8>, to offset: Int) -> Bool
}

/// The CRC-32 of IEEE 802.3, of a part of `bytes`, continued from `seed`. By four bits, with a table
/// that is made each time, which takes no place in the program.
@inline(never)
func checksum(_ bytes: [UInt8], _ range: Range<Int>, _ seed: UInt32) -> UInt32 {
  var table = InlineArray<16, UInt32>(repeating: 0)
  for value in 0..<16 {
    var remainder = UInt32(value)
    for _ in 0..<4 {
      remainder = remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0xEDB8_8320)
    }
    table[value] = remainder
  }
  var remainder = ~seed
  for index in range {
    remainder ^= UInt32(bytes[index])
    for _ in 0..<2 { remainder = remainder >> 4 ^ table[Int(remainder & 15)] }
  }
  return ~remainder
}

extension [UInt8] {
  /// Writes the low bytes of `value` over those at `index`, the lowest first.
  @inline(never)
  mutating func put(_ value: UInt64, at index: Int, bytes count: Int) {
    for place in 0..<count {
      self[index + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * place))
    }
  }

  /// The number of `count` bytes at `index`.
  @inline(never)
  func number(at index: Int, bytes count: Int) -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<count { value |= UInt64(self[index + place]) << UInt64(8 * place) }
    return value
  }
}
