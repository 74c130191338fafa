internal import Features

/// What statistics tell of a spool since it was opened. Without them nothing is counted.
public struct SpoolCounters {
  /// Messages that were written, and that came from here into the queue.
  public internal(set) var written: UInt64 = 0
  public internal(set) var read: UInt64 = 0
  /// By `Spool.Refusal`.
  public internal(set) var refused = InlineArray<3, UInt64>(repeating: 0)
  /// Bytes that were written, headers included: a header costs the flash a block.
  public internal(set) var bytes: UInt64 = 0
  /// Messages that were not written whole, and bytes that are no records. Whoever logs them counts them.
  public var torn: UInt64 = 0
  public var damaged: UInt64 = 0

  mutating func noteWritten(_ count: Int, bytes: Int) {
    guard Feature.statistics.isBuilt else { return }
    written &+= UInt64(count)
    self.bytes &+= UInt64(bytes)
  }

  mutating func noteRead(_ count: Int) {
    guard Feature.statistics.isBuilt else { return }
    read &+= UInt64(count)
  }

  mutating func noteRefused(_ cause: UInt8) {
    guard Feature.statistics.isBuilt else { return }
    refused[Int(cause)] &+= 1
  }
}
