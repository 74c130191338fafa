internal import Features

// How messages come from a remote's queue to its spool and back. The order is that of `put`: what is in
// the queue is older than what is to be read here.
extension Spool {
  /// Marks that are kept; the last one then stands for more.
  static var mostMarks: Int { 16 }
  /// Bytes that one turn moves into the queue, or skips.
  private static var effort: Int { 256 * 1024 }
  /// How long an empty ring may wait for its header.
  private static var savePause: Interval { .seconds(10) }

  /// Queues a message, or puts it here; `TransportSender.queue` and its full queue are the last resort,
  /// as without a spool.
  public func put(
    _ severity: Severity, from uid: UInt32, _ framing: Framing, header: Span<UInt8>,
    body: Span<UInt8>, into sender: inout TransportSender, now: Instant
  ) -> MessageQueue.Admission {
    let count = header.count + body.count
    let hasRoom = isDrained && sender.queue.hasRoom(for: count, framing)
    if hasRoom || !admits(count, from: uid, now: now) {
      guard isDrained else { return sender.queue.discard(severity) }
      let admission = sender.queue(severity, from: uid, framing, header: header, body: body)
      noteDirect(sender)
      return admission
    }
    append(severity, from: uid, header: header, body: body)
    unread += 1
    sender.counters.queued &+= 1
    if pending.count >= Spool.batch { flush(now: now) }
    return .queued
  }

  private func noteDirect(_ sender: borrowing TransportSender) {
    directUntil = sender.departed &+ UInt64(sender.queue.count)
  }

  /// To be called at the end of each turn: moves what there is room for into the queue, and writes
  /// what is left of the new.
  public func turn(_ sender: inout TransportSender, _ framing: Framing, now: Instant) {
    release(sender)
    fill(&sender, framing)
    let mayWrite = now >= retryAt ?? now
    if !pending.isEmpty, !movePending(&sender, framing), mayWrite { flush(now: now) }
    if mayWrite, header.tail - savedTail >= header.capacity / 8 {
      releasePart(sender, effort: Spool.effort)
      save(now: now)
    }
    if let deadline, now >= deadline { save(now: now) }
    guard isDrained else { return }
    unread = 0
    if header.tail == header.head { header.count = 0 }
    if !window.isEmpty { (window, windowCount, pending) = ([], 0, []) }
  }

  /// When `turn` is to be called for the header of a ring that is empty.
  public var deadline: Instant? {
    guard header.tail == header.head, header.tail != savedTail else { return nil }
    let due = savedAt + Spool.savePause
    return max(due, retryAt ?? due)
  }

  /// Lets go of what has left the queue.
  func release(_ sender: borrowing TransportSender) {
    var done = 0
    while done < markCount, sender.queue.count == 0 || marks[done].departed <= sender.departed {
      header.tail = marks[done].place
      header.count = max(0, header.count - marks[done].count)
      done += 1
    }
    guard done > 0 else { return }
    for index in done..<markCount { marks[index - done] = marks[index] }
    markCount -= done
  }

  /// Lets go also of those messages of the first mark that have left the queue. That takes reading
  /// their records again.
  private func releasePart(_ sender: borrowing TransportSender, effort: Int) {
    guard markCount > 0 else { return }
    let left = Int(truncatingIfNeeded: marks[0].departed &- sender.departed)
    let (end, skipped) = (next, damaged)
    var effort = effort
    next = header.tail
    while marks[0].count > left, findNext(&effort) {
      advance(by: found.size)
      marks[0].count -= 1
      header.count = max(0, header.count - 1)
    }
    header.tail = next
    (next, damaged) = (end, skipped)
  }

  private func fill(_ sender: inout TransportSender, _ framing: Framing) {
    let begin = next
    var (effort, count) = (Spool.effort, 0)
    while findNext(&effort), sender.queue.hasRoom(for: found.message.count, framing) {
      sender.queue.take(
        found.severity, from: found.uid, framing, window, found.message)
      count += 1
      advance(by: found.size)
    }
    guard next != begin else { return }
    unread = max(0, unread - count)
    counters.noteRead(count)
    mark(sender, count)
  }

  /// Notes that so many records more, up to `next`, are in the queue.
  private func mark(_ sender: borrowing TransportSender, _ count: Int) {
    if markCount == Spool.mostMarks {
      marks[markCount - 1].count += count
    } else {
      marks[markCount].count = count
      markCount += 1
    }
    marks[markCount - 1].departed = sender.departed &+ UInt64(sender.queue.count)
    marks[markCount - 1].place = next
  }

  /// Moves what was never written into the queue, when there is room for all of it and nothing comes
  /// before it: a queue that is full for a moment costs the flash nothing.
  private func movePending(_ sender: inout TransportSender, _ framing: Framing) -> Bool {
    guard next == header.head, sender.queue.hasRoom(forBytes: pending.count, count: pendingCount)
    else { return false }
    var begin = 0
    while begin < pending.count {
      let message = begin + Record.overhead
      let end = message + Int(pending.number(at: begin + 4, bytes: 3))
      sender.queue.take(
        Severity(rawValue: pending[begin + 7]) ?? .debug,
        from: UInt32(pending.number(at: begin + 8, bytes: 4)), framing,
        pending, message..<end)
      begin = end
    }
    noteDirect(sender)
    unread = 0
    if retryAt == nil {
      header.spent -= min(header.spent, UInt64(pending.count))
    } else {
      // A part of it may have been written, and no other record is to be at these places.
      header.head += UInt64(pending.count)
      next = header.head
      mark(sender, 0)
    }
    forgetPending()
    return true
  }
}

// MARK: Ends

extension Spool {
  /// Keeps what a sender that was stopped has in its queue, before what is to be read here, as far as
  /// there is room, and before that what is to be sent again although it was acknowledged. Returns how
  /// many of its messages are kept.
  public func keep(
    _ sender: borrowing TransportSender, _ framing: Framing, now: Instant
  ) -> Int {
    release(sender)
    releasePart(sender, effort: Int.max)
    flush(now: now)
    // Else all of it is here already.
    let kept =
      directUntil > sender.departed
      ? write(sender, framing, now: now) ?? moved : moved
    if Feature.replay.isBuilt, sender.queue.replay.count > 0, isReady(now: now) {
      let (count, total) = fitting(sender.queue, 0..<sender.queue.replay.count, framing)
      _ = write(sender.queue, 0..<count, framing, before: total, now: now)
    }
    save(isClosing: true, now: now)
    return kept
  }

  /// Messages in the queue whose records are here.
  private var moved: Int {
    var count = 0
    for index in 0..<markCount { count += marks[index].count }
    return count
  }

  /// Lets go of the region, where what is not delivered stays for whoever opens it next.
  public func close(now: Instant) {
    flush(now: now)
    save(isClosing: true, now: now)
  }

  /// Writes what of the queue is not here: behind the head, when it is newer than all of the ring, else
  /// with all of the queue before the tail, and leaves out what of it had its place behind that. Nil
  /// when it does not fit, and something of it has a place.
  private func write(
    _ sender: borrowing TransportSender, _ framing: Framing, now: Instant
  ) -> Int? {
    let moved = moved
    let isNewer =
      moved > 0 && next == header.head
      && marks[markCount - 1].departed &- sender.departed == UInt64(moved)
    let copies = sender.queue.replay.count
    let first = copies + (isNewer ? moved : 0)
    let (count, total) = fitting(sender.queue, first..<sender.queue.entries.count, framing)
    let last = first + count
    guard isNewer || last == sender.queue.entries.count || header.tail == next, isReady(now: now)
    else { return nil }
    let tail = header.tail
    guard
      write(sender.queue, first..<last, framing, before: isNewer ? nil : total, now: now)
    else { return nil }
    if !isNewer, tail != next {
      header.count = max(0, header.count - moved)
      (header.gapBegin, header.gapEnd) = (tail, next)
    }
    return last - copies
  }

  /// Whether nothing is left to write, and more may be.
  private func isReady(now: Instant) -> Bool {
    pending.isEmpty && (!header.isClosed || save(now: now))
  }

  /// Writes some entries of a queue, whose records have so many bytes: before the tail, or with nil
  /// behind the head.
  private func write(
    _ queue: borrowing MessageQueue, _ range: Range<Int>, _ framing: Framing, before total: Int?,
    now: Instant
  ) -> Bool {
    let (tail, head) = (header.tail - UInt64(total ?? 0), header.head)
    if total != nil { header.head = tail }
    var position = queue.start
    for index in 0..<range.upperBound {
      position = queue.wrapped(position + queue.entries[index].length)
      if index >= range.lowerBound {
        append(from: queue, index, endingAt: position, framing, now: now)
      }
    }
    let isWritten = flush(now: now)
    if total != nil { header.head = head }
    if isWritten { header.tail = tail }
    return isWritten
  }

  /// How many of some entries there is room for, from the first, and the bytes of their records.
  private func fitting(
    _ queue: borrowing MessageQueue, _ range: Range<Int>, _ framing: Framing
  ) -> (Int, Int) {
    let room = min(
      Int(truncatingIfNeeded: header.capacity) - used, dailyLimit - Int(clamping: header.spent))
    var (total, count) = (0, 0)
    for index in range {
      let size =
        Record.overhead + framing.messageLength(ofFrame: queue.entries[index].length)
      guard total + size <= room else { break }
      total += size
      count += 1
    }
    return (count, total)
  }

  private func append(
    from queue: borrowing MessageQueue, _ index: Int, endingAt end: Int, _ framing: Framing,
    now: Instant
  ) {
    let entry = queue.entries[index]
    let length = framing.messageLength(ofFrame: entry.length)
    // Counted from the end, where a frame has a trailer of one byte or none.
    let trailer = framing == .lineFeed ? 1 : 0
    let begin = queue.wrapped(end + queue.storage.count - trailer - length)
    let first = min(length, queue.storage.count - begin)
    append(
      entry.severity, from: queue.owners.uid(in: entry.owner),
      header: queue.storage.span.extracting(begin..<begin + first),
      body: queue.storage.span.extracting(0..<length - first))
    if pending.count >= Spool.batch { flush(now: now) }
  }
}

/// When everything that had been moved into the queue by then has left it.
struct Mark {
  /// How many messages have left the queue by then.
  var departed: UInt64
  /// Where the tail is then.
  var place: UInt64
  /// Records from the mark before to this place.
  var count: Int
}
