// What a spool needs of the queue before it.
extension MessageQueue {
  /// Whether so many messages find room whose records have so many bytes: more than their frames.
  func hasRoom(forBytes bytes: Int, count: Int) -> Bool {
    bytes <= freeBytes && self.count + count <= capacity / 32
  }

  /// Queues a message for which there is room, whatever was discarded before.
  @inline(never)
  mutating func take(
    _ severity: Severity, from uid: UInt32, _ framing: Framing, _ bytes: [UInt8],
    _ message: Range<Int>
  ) {
    owners.admitAll()
    _ = append(
      severity, from: uid, framing, header: bytes.span.extracting(message),
      body: bytes.span.extracting(first: 0))
  }

  /// Refuses a message and counts it.
  mutating func discard(_ severity: Severity) -> Admission {
    discarded[severity] &+= 1
    return .discarded
  }
}

extension TransportSender {
  /// Messages that have left the queue, the oldest first.
  var departed: UInt64 { counters.acknowledged &+ counters.setAside }
}
