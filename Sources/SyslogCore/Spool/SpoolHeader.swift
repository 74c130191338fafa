/// What a spool's file says of itself, in one of two slots at its begin: the newer one of those that
/// are whole counts, and the other one is written next.
///
/// Places in the ring are counted from the first byte that was ever written, so that each has its own
/// number for ever: a record of an earlier lap is not at the place that it says.
final class SpoolHeader {
  /// One slot in each: what is torn when the power fails while a slot is written.
  static let block = 4096
  /// Where the ring begins.
  static let ring = 2 * block
  private static let magic: UInt64 = 0x316c_6f6f_7073_736c  // "lsspool1"
  private static let bytes = 96
  /// The first place, far enough from 0 that a block fits before it.
  static let origin: UInt64 = 1 << 40
  static let end: UInt64 = 1 << 62

  private var words = InlineArray<11, UInt64>(repeating: 0)

  /// The header of an empty ring of so many bytes. `salt`: another than that of an earlier one in the
  /// same file.
  init(capacity: UInt64, salt: UInt32) {
    words[0] = SpoolHeader.magic
    words[2] = capacity
    tail = SpoolHeader.origin
    head = SpoolHeader.origin
    words[10] = UInt64(salt)
  }

  /// Which of several that were written.
  var generation: UInt64 {
    get { words[1] }
    set { words[1] = newValue }
  }
  /// Bytes of the ring.
  var capacity: UInt64 { words[2] }
  /// The begin of the oldest record that is not known to be delivered.
  var tail: UInt64 {
    get { words[3] }
    set { words[3] = newValue }
  }
  /// The end of the newest record that was written.
  var head: UInt64 {
    get { words[4] }
    set { words[4] = newValue }
  }
  /// What lies between these two was written again, before `tail`.
  var gapBegin: UInt64 {
    get { words[5] }
    set { words[5] = newValue }
  }
  var gapEnd: UInt64 {
    get { words[6] }
    set { words[6] = newValue }
  }
  /// Records from `tail` to `head`.
  var count: Int {
    get { Int(truncatingIfNeeded: words[7] & 0x7FFF_FFFF) }
    set { words[7] = UInt64(truncatingIfNeeded: newValue) }
  }
  /// The day, counted from 1970, on which `spent` bytes were written.
  var day: UInt64 {
    get { words[8] }
    set { words[8] = newValue }
  }
  var spent: UInt64 {
    get { words[9] }
    set { words[9] = newValue }
  }
  var salt: UInt32 { UInt32(truncatingIfNeeded: words[10]) }
  /// Whether nothing was written behind `head` since.
  var isClosed: Bool {
    get { words[10] >> 32 == 1 }
    set { words[10] = UInt64(salt) | (newValue ? 1 << 32 : 0) }
  }

  /// Whether the numbers can be those of a ring in so many bytes.
  private func isSound(_ size: Int) -> Bool {
    size >= SpoolHeader.ring + SpoolHeader.block && capacity == UInt64(size - SpoolHeader.ring)
      && tail <= head
      && tail > capacity && head < SpoolHeader.end && head - tail <= capacity
      && gapBegin <= gapEnd && gapEnd <= head && words[7] <= capacity && spent < SpoolHeader.end
  }
}

// MARK: Slots

extension SpoolHeader {
  /// What a region is that has no header.
  enum Kind {
    /// It was never a spool, and may be somebody's.
    case foreign
    /// Nothing was written yet.
    case empty
    case damaged
  }

  /// Reads the slots of a region of `size` bytes; nil when neither is whole.
  static func read<Region: SpoolRegion>(
    _ region: Region, size: Int, _ kind: inout Kind
  ) -> SpoolHeader? {
    var newest: SpoolHeader?
    var bytes = [UInt8](repeating: 0, count: SpoolHeader.bytes)
    var (empty, known) = (0, false)
    for slot in 0..<2 {
      guard region.read(&bytes, at: 0, count: SpoolHeader.bytes, from: slot * SpoolHeader.block)
      else { continue }
      let header = SpoolHeader(capacity: 0, salt: 0)
      for index in 0..<11 { header.words[index] = bytes.number(at: 8 * index, bytes: 8) }
      if header.words[0] == 0 { empty += 1 }
      guard header.words[0] == SpoolHeader.magic else { continue }
      known = true
      let sum = bytes.number(at: 88, bytes: 8)
      guard header.isSound(size), sum == UInt64(checksum(bytes, 0..<88, 0)),
        header.generation >= newest?.generation ?? 0
      else { continue }
      newest = header
    }
    kind = known ? .damaged : empty == 2 ? .empty : .foreign
    return newest
  }

  /// Writes the next slot. What failed may have torn it, and the other one stays as it is.
  func write<Region: SpoolRegion>(to region: Region) -> Bool {
    generation &+= 1
    var bytes = [UInt8](repeating: 0, count: SpoolHeader.bytes)
    for index in 0..<11 { bytes.put(words[index], at: 8 * index, bytes: 8) }
    bytes.put(UInt64(checksum(bytes, 0..<88, 0)), at: 88, bytes: 8)
    let isWritten = region.write(bytes.span, to: Int(generation & 1) * SpoolHeader.block)
    if !isWritten { generation &-= 1 }
    return isWritten
  }
}
