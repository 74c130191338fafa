internal import Features

// Which messages give way when the ring is full (RFC 5424 §8.5-8.6, M16, M17).
extension MessageQueue {
  /// Makes sure that `frame` bytes are free, at the cost of other messages. False when the message
  /// of this severity and owner is itself the one to refuse.
  mutating func makeRoom(for frame: Int, _ severity: Severity, _ owner: Int) -> Bool {
    let rank = Int(severity.rawValue)
    guard rank <= owners.admitted[owner], frame <= capacity else { return false }
    let missing = frame - freeBytes
    if missing <= 0 && !hasAllEntries { return true }
    let wanted = max(missing, 1)
    let (greedy, excess) = owners.mostExcessive(besides: owner, frame: frame, capacity: capacity)
    if excess >= wanted {
      evict(wanted, atMost: excess, of: greedy...greedy, behind: -1)
      return true
    }
    // Nobody is known to have all of the shared slot.
    guard owner != QueueOwners.shared else { return false }
    let scope = owner == QueueOwners.root ? 0...7 : owner...owner
    guard owners.evictable(of: scope, behind: rank) >= wanted else { return false }
    evict(wanted, atMost: capacity, of: scope, behind: rank)
    return true
  }

  /// Removes unsent entries of these owners and of the severities behind `rank`, least severe and
  /// newest first, and closes the gaps.
  ///
  /// Of the severity that is cut into last, up to an eighth of the ring goes at once, and none of
  /// it is let in again before the ring has drained: each byte is moved a bounded number of times.
  private mutating func evict(
    _ wanted: Int, atMost limit: Int, of scope: ClosedRange<Int>, behind rank: Int
  ) {
    // What each owner may keep of each severity, oldest first.
    var allowance = owners.evictable
    var left = wanted
    for rank in stride(from: 7, to: rank, by: -1) {
      for owner in stride(from: scope.upperBound, through: scope.lowerBound, by: -1) {
        let place = owner * 8 + rank
        guard left > 0, allowance[place] > 0 else { continue }
        let taken = min(left, allowance[place])
        allowance[place] -= taken
        left -= taken
        owners.admit(owner, only: rank - 1)
        guard left == 0 else { continue }
        allowance[place] -= min(allowance[place], max(0, min(limit, capacity / 8) - wanted))
      }
    }
    removeUnsent(keeping: allowance)
  }

  private mutating func removeUnsent(keeping allowance: InlineArray<64, Int>) {
    var remaining = allowance
    var source = entries.firstUnprotectedOffset
    var kept = entries.firstUnprotected
    if Feature.replay.isBuilt, replay.count > kept { (kept, source) = (replay.count, replay.bytes) }
    var target = source
    for position in kept..<entries.count {
      let entry = entries[position]
      defer { source += entry.length }
      guard entry.length <= remaining[entry.place] else {
        remaining[entry.place] = 0
        owners.setProtected(entry, true)
        owners.remove(entry)
        discarded[entry.severity] &+= 1
        continue
      }
      remaining[entry.place] -= entry.length
      move(entry.length, from: source, to: target)
      target += entry.length
      entries[kept] = entry
      kept += 1
    }
    entries.truncate(to: kept)
    queuedBytes = target
  }

  /// Removes the oldest message, undelivered. Nothing may be on its way (`rewind`).
  mutating func removeOldest() {
    guard let oldest = entries.first, sentBytes == 0 else { return }
    // What is kept lies directly before the oldest message; the collector lived on behind it.
    if Feature.replay.isBuilt { forgetKept(above: 0) }
    owners.setProtected(oldest, true)
    owners.remove(oldest)
    entries.advance()
    entries.removeFirst()
    start = wrapped(start + oldest.length)
    queuedBytes -= oldest.length
    if Feature.replay.isBuilt { _ = skip(oldest) }
  }

  private mutating func move(_ count: Int, from source: Int, to target: Int) {
    guard source != target else { return }
    var from = wrapped(start + source)
    var to = wrapped(start + target)
    var left = count
    while left > 0 {
      let piece = min(left, storage.count - max(from, to))
      storage.move(piece, from: from, to: to)
      from = wrapped(from + piece)
      to = wrapped(to + piece)
      left -= piece
    }
  }
}
