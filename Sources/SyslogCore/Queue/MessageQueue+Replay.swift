internal import Features

/// What a queue knows of messages that are sent again although they were acknowledged.
struct ReplayMarks {
  /// How many bytes are kept at the most.
  fileprivate var limit = ReplayNumber()
  fileprivate var kept = ReplayNumber()
  fileprivate var replayedBytes = ReplayNumber()
  fileprivate var replayedCount = ReplayNumber()
  fileprivate var total = ReplayNumber()
  /// 1 when the end of the present connection is no break.
  fileprivate var isInOrder = ReplayNumber()

  /// Bytes of the oldest entries that were acknowledged before, and are to be sent again.
  var bytes: Int { replayedBytes.value }
  /// How many these are.
  var count: Int { replayedCount.value }

  /// What stays where it is when two remotes exchange their messages.
  mutating func exchangeCounts(with other: inout ReplayMarks) {
    swap(&total, &other.total)
    swap(&isInOrder, &other.isInOrder)
  }
}

// Messages that a collector may have lost although its kernel had acknowledged them: they are kept
// behind their acknowledgement, and sent again after a break (docs/decisions/0022).
extension MessageQueue {
  /// Messages that were sent again although they were acknowledged, and acknowledged again; ever,
  /// each as often as it was.
  public var replayed: UInt64 { UInt64(truncatingIfNeeded: replay.total.value) }

  /// Bytes of messages that are kept at the most after they were acknowledged.
  public var replayLimit: Int { replay.limit.value }

  /// Bytes of acknowledged messages, which lie directly before `start`.
  public var keptBytes: Int { replay.kept.value }

  /// Sets how many bytes are kept; the oldest of what is more are forgotten.
  public mutating func setReplayLimit(_ bytes: Int) {
    replay.limit.value = bytes
    forgetKept(above: bytes)
  }

  /// The entry was acknowledged and has just left the ring.
  mutating func keep(_ entry: Entry) {
    if skip(entry) { replay.total.value &+= 1 }
    guard replay.limit.value > 0 else { return }
    replay.kept.value += entry.length
    entries.keepRemoved()
    forgetKept(above: replay.limit.value)
  }

  /// The entry has just left the ring. Whether it was one that is sent again.
  mutating func skip(_ entry: Entry) -> Bool {
    guard entry.replays > 0 else { return false }
    replay.replayedBytes.value -= entry.length
    replay.replayedCount.value -= 1
    return true
  }

  mutating func forgetKept(above limit: Int) {
    while replay.kept.value > limit { replay.kept.value -= entries.forgetKept().length }
  }

  /// The connection has ended and the collector may not have read all that its kernel had: what is
  /// kept becomes the oldest entries again, except what was sent again often enough. To be called
  /// after `rewind`.
  mutating func replayKept() {
    guard replay.isInOrder.value == 0 else { return }
    while let oldest = entries.oldestKept, oldest.replays == Entry.mostReplays {
      replay.kept.value -= entries.forgetKept().length
    }
    let count = entries.kept
    entries.replay()
    start = wrapped(start + storage.count - replay.kept.value)
    queuedBytes += replay.kept.value
    replay.replayedBytes.value += replay.kept.value
    replay.replayedCount.value += count
    replay.kept.value = 0
  }

  /// Whether the end of the present connection will be no break.
  mutating func setInOrder(_ isInOrder: Bool) {
    replay.isInOrder.value = isInOrder ? 1 : 0
  }

  /// This queue replaces the other one, and keeps as much.
  mutating func takeLimit(of other: borrowing MessageQueue) {
    replay.limit = other.replay.limit
    replay.total = other.replay.total
  }
}
