internal import Features

/// One framed message in a `MessageQueue`.
struct Entry {
  private let packed: UInt32

  /// `owner` is a slot of `QueueOwners`.
  init(length: Int, owner: Int, severity: Severity) {
    packed =
      UInt32(truncatingIfNeeded: length) << 8 | UInt32(truncatingIfNeeded: owner & 7) << 3
      | UInt32(severity.rawValue)
  }

  /// The same, sent again once more although it was acknowledged.
  init(replayed entry: Entry) {
    packed = entry.packed + 1 << 6
  }

  /// How often it was sent again although it was acknowledged, at the most.
  static let mostReplays = 3
  /// How often it was.
  var replays: Int { Feature.replay.isBuilt ? Int(packed >> 6 & 3) : 0 }
  /// Bytes of the frame, below 2²⁴.
  var length: Int { Int(packed >> 8) }
  var owner: Int { Int(packed >> 3 & 7) }
  var severity: Severity { Severity(rawValue: UInt8(packed & 7)) ?? .debug }
  /// Owner and severity in one number, below 64.
  var place: Int { Int(packed & 63) }
}

/// The entries of a queue in order, with a cursor at the next one to offer, and before the first
/// one those that are kept. Its memory grows and shrinks with their number.
struct QueueEntries: ~Copyable {
  private var slots: [Entry]
  private var head = 0
  private(set) var count = 0
  private var keptSlots = ReplayNumber()
  /// Entries directly before the first one: acknowledged, and to be sent again after a break.
  var kept: Int { keptSlots.value }
  /// The most of all since `trim`.
  private var peak = 0
  /// The cursor: how many entries are wholly offered, and where they end.
  private(set) var index = 0
  private var indexOffset = 0
  /// Whether the entry at the cursor is offered in part.
  private(set) var nextIsProtected = false

  private static let smallest = 512
  private static let none = Entry(length: 0, owner: 0, severity: .debug)

  init() {
    slots = [Entry](repeating: QueueEntries.none, count: QueueEntries.smallest)
  }

  private mutating func resize(_ size: Int) {
    var resized = [Entry](repeating: QueueEntries.none, count: size)
    for position in 0..<kept { resized[position] = self[firstKept + position] }
    for position in 0..<count { resized[kept + position] = self[position] }
    (slots, head) = (resized, kept)
  }

  /// Gives memory back where few entries were in use since the last call.
  mutating func trim() {
    if slots.count > QueueEntries.smallest, peak < slots.count / 8 { resize(slots.count / 4) }
    peak = kept + count
  }

  subscript(position: Int) -> Entry {
    get { slots[slot(position)] }
    set { slots[slot(position)] = newValue }
  }

  private func slot(_ position: Int) -> Int {
    let slot = head + position
    return slot >= slots.count ? slot - slots.count : slot
  }

  var first: Entry? { count > 0 ? self[0] : nil }
  var next: Entry? { index < count ? self[index] : nil }
  /// Where the entry at the cursor begins, counted from the oldest entry's first byte.
  var nextStart: Int { indexOffset }
  /// Where the entry at the cursor ends, counted from the oldest entry's first byte.
  var nextEnd: Int { indexOffset + (index < count ? self[index].length : 0) }

  /// The first entry that may still be discarded; `count` when there is none.
  var firstUnprotected: Int { index + (nextIsProtected ? 1 : 0) }
  /// Where the first entry begins that may still be discarded.
  var firstUnprotectedOffset: Int { nextIsProtected ? nextEnd : indexOffset }

  mutating func append(_ entry: Entry) {
    if kept + count == slots.count { resize(2 * slots.count) }
    self[count] = entry
    count += 1
    peak = max(peak, kept + count)
  }

  mutating func advance() {
    indexOffset = nextEnd
    index += 1
    nextIsProtected = false
  }

  mutating func protectNext() {
    nextIsProtected = true
  }

  mutating func unprotectNext() {
    nextIsProtected = false
  }

  mutating func removeFirst() {
    indexOffset -= self[0].length
    index -= 1
    head = slot(1)
    count -= 1
  }

  mutating func rewind() {
    index = 0
    indexOffset = 0
    nextIsProtected = false
  }

  /// Moves the cursor one entry back; that entry stays protected.
  mutating func retreat() {
    index -= 1
    indexOffset -= self[index].length
    nextIsProtected = true
  }

  /// The entry that was removed last is kept.
  mutating func keepRemoved() {
    keptSlots.value += 1
  }

  /// Where the oldest one stands that is kept, all the way around.
  private var firstKept: Int { slots.count - kept }
  var oldestKept: Entry? { kept > 0 ? self[firstKept] : nil }

  /// Forgets the oldest entry that is kept, and returns it.
  mutating func forgetKept() -> Entry {
    let oldest = self[firstKept]
    keptSlots.value -= 1
    return oldest
  }

  /// Makes those that are kept the oldest entries again, the cursor being at the first one.
  mutating func replay() {
    head = slot(firstKept)
    count += kept
    for position in 0..<kept { self[position] = Entry(replayed: self[position]) }
    keptSlots.value = 0
  }

  /// Forgets the entries from `position` on.
  mutating func truncate(to position: Int) {
    count = position
  }
}
