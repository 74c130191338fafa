// What statistics tell of a queue beside what it counts itself.
extension MessageQueue {
  /// The most bytes that were ever in the ring.
  public var highestBytes: Int { max(earlierPeak, peakBytes) }

  /// Messages of which the connection has accepted at least a part, and that are not acknowledged.
  var sentCount: Int {
    var count = 0
    var bytes = 0
    while count < entries.count, bytes < sentBytes {
      bytes += entries[count].length
      count += 1
    }
    return count
  }
}
