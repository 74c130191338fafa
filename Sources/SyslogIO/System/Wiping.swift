internal import CPosix

extension [UInt8] {
  /// Overwrites a secret that is about to be freed. To be called by its only owner: next to another
  /// one, a copy would be overwritten.
  @inline(never)
  mutating func wipe() {
    unsafe withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
    }
  }
}
