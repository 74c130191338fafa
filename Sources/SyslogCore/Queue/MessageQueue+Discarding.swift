// Which messages give way when the ring is full (RFC 5424 §8.5-8.6, M16, M17).
extension MessageQueue {
  /// Makes sure that `frame` bytes are free, at the cost of less severe messages. False when the
  /// message of this severity is itself the one to refuse.
  mutating func makeRoom(for frame: Int, _ severity: Severity) -> Bool {
    guard severity <= admitted, frame <= capacity else { return false }
    let missing = frame - (capacity - queuedBytes)
    if missing <= 0 && !entries.isFull { return true }
    var lessSevere = 0
    for rank in Int(severity.rawValue) + 1..<8 { lessSevere += evictable[rank: rank] }
    guard lessSevere >= max(missing, 1) else { return false }
    evict(atLeast: max(missing, 1))
    return true
  }

  /// Removes unsent entries, least severe and newest first, and closes the gaps.
  ///
  /// Of the severity that is cut into last, up to an eighth of the ring goes at once, and none of
  /// it is let in again before the ring has drained: each byte is moved a bounded number of times.
  private mutating func evict(atLeast wanted: Int) {
    // What each severity may keep, oldest first.
    var allowance = evictable
    var left = wanted
    for rank in stride(from: 7, to: 0, by: -1) where left > 0 && allowance[rank: rank] > 0 {
      let taken = min(left, allowance[rank: rank])
      allowance[rank: rank] -= taken
      left -= taken
      guard left == 0 else { continue }
      allowance[rank: rank] -= min(allowance[rank: rank], max(0, capacity / 8 - wanted))
      admitted = min(admitted, Severity(rawValue: UInt8(rank - 1)) ?? .emergency)
    }
    removeUnsent(keeping: allowance)
  }

  private mutating func removeUnsent(keeping allowance: SeverityTable<Int>) {
    var remaining = allowance
    var source = entries.firstUnprotectedOffset
    var target = source
    var kept = entries.firstUnprotected
    for position in kept..<entries.count {
      let entry = entries[position]
      defer { source += entry.length }
      guard entry.length <= remaining[entry.severity] else {
        remaining[entry.severity] = 0
        evictable[entry.severity] -= entry.length
        discarded[entry.severity] &+= 1
        continue
      }
      remaining[entry.severity] -= entry.length
      move(entry.length, from: source, to: target)
      target += entry.length
      entries[kept] = entry
      kept += 1
    }
    entries.truncate(to: kept)
    queuedBytes = target
  }

  private mutating func move(_ count: Int, from source: Int, to target: Int) {
    guard source != target else { return }
    var from = wrapped(start + source)
    var to = wrapped(start + target)
    for _ in 0..<count {
      storage[to] = storage[from]
      from = wrapped(from + 1)
      to = wrapped(to + 1)
    }
  }
}
