// How records are read. Whatever the region holds, a record is one only at the place that it says,
// under the salt of this ring, and whole.
extension Spool {
  /// Bytes that are read at once; more than the longest record.
  static var windowSize: Int { 64 * 1024 }

  /// Looks for the record at `next`, and puts it into `found`. False when there is none any more, or
  /// `effort` is used up: the bytes that are looked at, of what is no record, too. That is skipped and
  /// counted in `damaged`.
  func findNext(_ effort: inout Int) -> Bool {
    while next < header.head, effort > 0 {
      hashed = 0
      let isRecord = read(at: Int(next % header.capacity))
      effort -= hashed + 1
      if isRecord, found.place == next, UInt64(found.size) <= header.head - next { return true }
      damaged += 1
      advance(by: 1)
    }
    return false
  }

  /// Goes on behind what was read.
  func advance(by count: Int) {
    next += UInt64(count)
    if next == header.gapBegin { next = header.gapEnd }
  }

  /// Reads the record that begins at a byte of the ring. False when none does.
  func read(at position: Int) -> Bool {
    guard let head = fetch(position, Record.overhead) else { return false }
    let length = Int(window.number(at: head + 4, bytes: 3))
    guard let severity = Severity(rawValue: window[head + 7]), length <= Spool.longest else {
      return false
    }
    let place = window.number(at: head + 12, bytes: 8)
    guard place % header.capacity == UInt64(position),
      let begin = fetch(position, Record.overhead + length)
    else { return false }
    let end = begin + Record.overhead + length
    hashed += end - begin
    guard
      checksum(window, begin + 4..<end, header.salt) == UInt32(window.number(at: begin, bytes: 4))
    else { return false }
    found.severity = severity
    found.uid = UInt32(window.number(at: begin + 8, bytes: 4))
    found.place = place
    found.message = begin + Record.overhead..<end
    return true
  }

  /// Where in `window` the bytes are that begin at a byte of the ring; nil when there are not so many.
  private func fetch(_ position: Int, _ count: Int) -> Int? {
    let begin = position - windowBegin
    if begin >= 0, begin + count <= windowCount { return begin }
    let capacity = Int(header.capacity)
    guard count <= min(capacity, Spool.windowSize) else { return nil }
    if window.isEmpty { window = [UInt8](repeating: 0, count: Spool.windowSize) }
    (windowBegin, windowCount) = (position, min(Spool.windowSize, capacity))
    let first = min(windowCount, capacity - position)
    let ring = SpoolHeader.ring
    guard region.read(&window, at: 0, count: first, from: ring + position),
      first == windowCount
        || region.read(&window, at: first, count: windowCount - first, from: ring)
    else {
      // What cannot be read is no record.
      for index in window.indices { window[index] = 0xFF }
      return 0
    }
    return 0
  }
}

extension Spool {
  /// Finds the end of what was written, after a start that no orderly end precedes, by looking at the
  /// whole ring: pages may have reached it in any order. False when it is of no use: whoever made it
  /// wants to keep us busy.
  func recover() -> Bool {
    let capacity = Int(header.capacity)
    var position = Int(header.head % header.capacity)
    if header.isClosed, !read(at: position) || found.place != header.head { return true }
    header.isClosed = false
    let (begin, tail) = (header.head, header.tail)
    var count = 0
    (position, hashed) = (0, 0)
    while position < capacity {
      let isRecord = read(at: position)
      guard hashed <= wholeEffort else { return false }
      guard isRecord else {
        position += 1
        continue
      }
      guard found.place < SpoolHeader.end else { return false }
      header.head = max(header.head, found.place + UInt64(found.size))
      let isInGap = found.place >= header.gapBegin && found.place < header.gapEnd
      if found.place >= tail, !isInGap { count += 1 }
      position += found.size
    }
    // What was written is counted, also where no header says so.
    header.spent += header.head - begin
    header.tail = max(tail, header.head - header.capacity)
    if header.tail >= header.gapBegin { header.tail = max(header.tail, header.gapEnd) }
    header.count = count
    (next, unread) = (header.tail, count)
    if next > tail {
      // What begins before it was overwritten, and its end is no damage.
      var effort = Spool.windowSize
      _ = findNext(&effort)
      (header.tail, damaged) = (next, 0)
    }
    return true
  }

  /// Bytes that may be looked at to find everything: several times what a ring of records costs, and no
  /// more than a number has room for on 32 bits.
  private var wholeEffort: Int {
    let most = (Int.max - 2 * Spool.windowSize) / 4
    return 4 * min(Int(clamping: header.capacity), most) + Spool.windowSize
  }

  /// Reads everything, for a look alone: there is nothing to read afterwards. Returns how many messages
  /// there are; what is no message is in `damaged`.
  public func countAll() -> Int {
    var effort = wholeEffort
    var count = 0
    while findNext(&effort) {
      count += 1
      advance(by: found.size)
    }
    damaged += Int(truncatingIfNeeded: header.head - next)
    return count
  }

  /// Whether the begin of a record is at the head that is none.
  public var isTorn: Bool {
    let position = Int(header.head % header.capacity)
    guard !read(at: position), let begin = fetch(position, Record.overhead) else { return false }
    return window.number(at: begin + 12, bytes: 8) == header.head
  }
}

/// One record of a spool.
struct Record {
  /// Its bytes beside the message: CRC, length and severity, user, place.
  static let overhead = 20

  var severity = Severity.debug
  var uid: UInt32 = 0
  /// Its place in the ring, which is also its number.
  var place: UInt64 = 0
  /// Of the window.
  var message = 0..<0

  var size: Int { Record.overhead + message.count }
}
