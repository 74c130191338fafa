internal import Features

// A queue under other settings: another capacity, another framing.
extension MessageQueue {
  /// Sets how many bytes may be queued; what is queued stays, and so many bytes may be.
  mutating func setCapacity(_ wanted: Int) {
    capacity = max(wanted, MessageQueue.minimumCapacity, ownBytes)
  }

  /// Gives the ring another capacity and its frames another form, in order and with nothing lost:
  /// a capacity that is too small for what is queued becomes as much as that. Nothing may be on its
  /// way over a connection (`rewind`). Messages in another form are no copies: what was acknowledged
  /// is not kept then, and not sent again.
  mutating func rebuild(capacity wanted: Int, from old: Framing, to new: Framing) {
    guard old != new else { return setCapacity(wanted) }
    // Digits and a space for an LF are at most so many bytes more (`Entry.length`).
    let needed = queuedBytes + entries.count * 9
    var rebuilt = MessageQueue(capacity: max(wanted, needed), entries: entries.count)
    var end = start
    for index in 0..<entries.count {
      let entry = entries[index]
      end = wrapped(end + entry.length)
      guard entry.replays == 0 else { continue }
      let length = old.messageLength(ofFrame: entry.length)
      // Counted from the end, where a frame has a trailer of one byte or none.
      let trailer = old == .lineFeed ? 1 : 0
      let begin = wrapped(end + storage.count - trailer - length)
      let first = min(length, storage.count - begin)
      _ = rebuilt.append(
        entry.severity, from: owners.uid(in: entry.owner), new,
        header: storage.span.extracting(begin..<begin + first),
        body: storage.span.extracting(0..<length - first))
    }
    rebuilt.discarded = discarded
    rebuilt.earlierPeak = highestBytes
    if Feature.replay.isBuilt { rebuilt.takeLimit(of: self) }
    self = rebuilt
  }
}

extension Framing {
  /// Bytes of the message in a frame of `count` bytes.
  @inline(never)
  func messageLength(ofFrame count: Int) -> Int {
    var message = count - 1
    while frameLength(ofMessage: message) > count { message -= 1 }
    return message
  }
}
