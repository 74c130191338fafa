/// Whose messages are in a queue, by the user IDs that the kernel gave with them.
///
/// Everybody may claim any severity. So the messages of each user are counted apart: root has slot
/// 0, the next six users have one each for as long as they have messages in the queue, and whoever
/// comes then shares the last slot. What is sent again although it was acknowledged is nobody's.
struct QueueOwners {
  static let root = 0
  static let shared = 7
  /// Whose slot is the shared one; nobody has this user ID.
  private static let nobody = UInt32.max

  private var uids = InlineArray<8, UInt32>(repeating: 0)
  private var entries = InlineArray<8, Int>(repeating: 0)
  /// Bytes of the entries that may still be discarded (not offered yet), by `Entry.place`.
  private(set) var evictable = InlineArray<64, Int>(repeating: 0)
  /// The least severe that is let in, by slot. It is lowered where room was made, so that making
  /// room stays rare, until the queue has drained.
  private(set) var admitted = InlineArray<8, Int>(repeating: 7)

  /// The slot for a message of this user.
  mutating func slot(of uid: UInt32) -> Int {
    guard uid != 0 else { return QueueOwners.root }
    var slot = QueueOwners.shared
    for place in stride(from: QueueOwners.shared - 1, to: QueueOwners.root, by: -1) {
      if entries[place] == 0 {
        slot = place
      } else if uids[place] == uid {
        return place
      }
    }
    if entries[slot] == 0 { admitted[slot] = 7 }
    uids[slot] = slot == QueueOwners.shared ? QueueOwners.nobody : uid
    return slot
  }

  func uid(in slot: Int) -> UInt32 { uids[slot] }

  mutating func put(_ entry: Entry) {
    entries[entry.owner] += 1
    evictable[entry.place] += entry.length
  }

  mutating func remove(_ entry: Entry) {
    guard entry.replays == 0 else { return }
    entries[entry.owner] -= 1
  }

  /// An entry was offered to a connection, or no longer is.
  mutating func setProtected(_ entry: Entry, _ isProtected: Bool) {
    guard entry.replays == 0 else { return }
    evictable[entry.place] += isProtected ? -entry.length : entry.length
  }

  mutating func protectAll() {
    evictable = InlineArray(repeating: 0)
  }

  mutating func admitAll() {
    admitted = InlineArray(repeating: 7)
  }

  mutating func admit(_ slot: Int, only rank: Int) {
    admitted[slot] = min(admitted[slot], rank)
  }

  /// Bytes of these owners that may be discarded, of the severities behind `rank`.
  func evictable(of owners: ClosedRange<Int>, behind rank: Int) -> Int {
    var sum = 0
    for slot in owners {
      for rank in rank + 1..<8 { sum += evictable[slot * 8 + rank] }
    }
    return sum
  }

  /// Who holds more of a full ring than is due, while the owner in `slot` wants `frame` bytes that
  /// are; and by how much. Never root.
  ///
  /// Among users the ring is shared evenly. Against root, they have half of it together.
  func mostExcessive(besides slot: Int, frame: Int, capacity: Int) -> (slot: Int, excess: Int) {
    let isRoot = slot == QueueOwners.root
    var active = isRoot || entries[slot] > 0 ? 0 : 1
    for place in 0..<8 where entries[place] > 0 && !(isRoot && place == slot) { active += 1 }
    let share = (isRoot ? capacity / 2 : capacity) / max(1, active)
    var most = (slot: 0, excess: 0)
    guard isRoot || evictable(of: slot...slot, behind: -1) + frame <= share else { return most }
    for place in 1..<8 where place != slot {
      let excess = evictable(of: place...place, behind: -1) - share
      if excess > most.excess { most = (place, excess) }
    }
    return most
  }
}
