// The memory of the ring: as much as what is queued needs.
extension MessageQueue {
  /// What an empty ring may keep.
  private static let largestIdle = 64 * 1024

  mutating func grow(to bytes: Int) {
    var size = storage.count
    while size < bytes { size *= 2 }
    resize(max(bytes, min(size, capacity)))
  }

  /// Moves what is queued into another ring, where it begins at the first byte.
  private mutating func resize(_ size: Int) {
    var resized = [UInt8](repeating: 0, count: size)
    let first = min(queuedBytes, storage.count - start)
    resized.copy(storage.span.extracting(start..<start + first), to: 0)
    resized.copy(storage.span.extracting(0..<queuedBytes - first), to: first)
    (storage, start) = (resized, 0)
  }

  /// Gives memory back after much has left.
  mutating func trim() {
    if storage.count > MessageQueue.largestIdle, queuedBytes < storage.count / 8 {
      resize(storage.count / 4)
    }
    entries.trim()
  }
}
