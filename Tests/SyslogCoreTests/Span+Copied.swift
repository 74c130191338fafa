extension Span<UInt8> {
  /// An array of the same bytes.
  func copied() -> [UInt8] {
    withUnsafeBufferPointer { Array($0) }
  }
}
