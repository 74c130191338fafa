/// Writing a header from left to right.
///
/// Every write is inside the buffer, because each part of a header is bounded where it is made;
/// `MessageEncoder.headerCapacity` has the sum.
extension MutableSpan<UInt8> {
  @inline(__always)
  mutating func write(_ byte: UInt8, at position: inout Int) {
    self[position] = byte
    position += 1
  }

  mutating func write(_ bytes: Span<UInt8>, at position: inout Int) {
    for index in bytes.indices { write(bytes[index], at: &position) }
  }

  /// The last two digits of `value`.
  mutating func write(pair value: Int, at position: inout Int) {
    write(UInt8(tens: value), at: &position)
    write(UInt8(units: value), at: &position)
  }

  /// `<PRI>` without leading zeros (M6).
  mutating func write(_ priority: Priority, at position: inout Int) {
    let value = Int(priority.rawValue)
    write(UInt8(ascii: "<"), at: &position)
    if value >= 100 { write(UInt8(units: value / 100), at: &position) }
    if value >= 10 { write(UInt8(tens: value), at: &position) }
    write(UInt8(units: value), at: &position)
    write(UInt8(ascii: ">"), at: &position)
  }
}
