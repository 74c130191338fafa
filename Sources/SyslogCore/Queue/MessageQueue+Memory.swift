internal import Features

// The memory of the ring: as much as what is queued needs.
extension MessageQueue {
  /// What an empty ring may keep.
  private static let largestIdle = 64 * 1024

  mutating func grow(to bytes: Int) {
    var size = storage.count
    while size < bytes { size *= 2 }
    resize(max(bytes, min(size, capacity + replayLimit)))
  }

  /// Moves what is kept and queued into another ring, where it begins at the first byte.
  private mutating func resize(_ size: Int) {
    var resized = [UInt8](repeating: 0, count: size)
    let begin = start < keptBytes ? start + storage.count - keptBytes : start - keptBytes
    let count = keptBytes + queuedBytes
    let first = min(count, storage.count - begin)
    resized.copy(storage.span.extracting(begin..<begin + first), to: 0)
    resized.copy(storage.span.extracting(0..<count - first), to: first)
    (storage, start) = (resized, keptBytes)
  }

  /// Whether there is memory to give back, once little is left.
  var isLarge: Bool { storage.count > MessageQueue.largestIdle }

  /// Gives memory back where little of it was in use since the last call. To be called every second
  /// or so: in a flood that comes in waves, the ring keeps its size.
  mutating func trim() {
    let most = keptBytes + replay.bytes + peakBytes
    if isLarge, most < storage.count / 8 { resize(storage.count / 4) }
    entries.trim()
    if Feature.statistics.isBuilt { earlierPeak = highestBytes }
    peakBytes = ownBytes
  }

  /// Gives memory back when there is nothing in it, and no flood is under way.
  mutating func trimIfEmpty() {
    if isEmpty, keptBytes == 0, isLarge { resize(MessageQueue.minimumCapacity) }
  }
}
