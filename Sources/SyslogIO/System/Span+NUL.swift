internal import CPosix

extension Span<UInt8> {
  /// Whether there is a NUL among the bytes. The corresponding C function is `memchr`.
  var holdsNUL: Bool {
    unsafe withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      return unsafe memchr(start, 0, bytes.count) != nil
    }
  }
}
