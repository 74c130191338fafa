internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore

/// The ring in shared memory of BusyBox's `-C`, read by its `logread`.
///
/// BusyBox waits for readers, for ever if one is stopped, as any user can do. Here lines wait, as
/// many as the ring has room for, while somebody reads; after a second of it they are written
/// anyway, with new readers kept out, and so that the one who was reading can go on from where it
/// stopped: it sees newer lines and parts of lines in the place of older ones. Making the ring anew
/// instead would end every other `logread -f` because of the one.
final class RingBuffer {
  private static var retryAfter: Interval { Interval(milliseconds: 10) }
  /// After this the ring is written beside readers that hold it.
  private static var readerTimeout: Interval { .seconds(1) }
  /// After this it is written whatever holds it.
  private static var lockTimeout: Interval { .seconds(2) }
  /// One look at the semaphores is worth this much.
  private static var batchSize: Int { 16 * 1024 }

  private let bytes: Int
  /// Who we may be later.
  private let user: uid_t
  private var memory: Memory
  /// Lines, each with its NUL, that are not in the ring yet; those before `first` are gone.
  private var waiting: [UInt8] = []
  private var first = 0
  /// So many bytes waiting are worth a try within the turn.
  private var tryAt: Int
  private var heldSince: Instant?
  /// Smallest number of readers seen since then.
  private var smallestReaderCount: Int16 = 0
  /// Readers that were found to be stopped.
  private var stopped: Int16 = 0
  /// The last byte that was written before the first of them began.
  private var fence: Int?
  private var hasUnreportedForcedWrite = false
  private var warnings: [Sentence] = []
  private var isMissing = false

  /// When `flush` is wanted again: lines wait for a reader.
  private(set) var deadline: Instant?
  /// Lines that newer ones have pushed out before they were in the ring, ever.
  private(set) var lostLines: UInt64 = 0
  private var lost = WithLosses<LossPeriod>()

  private init(_ memory: consuming Memory, bytes: Int, user: uid_t) {
    self.bytes = bytes
    self.user = user
    tryAt = min(RingBuffer.batchSize, memory.size)
    self.memory = memory
  }

  /// Makes the ring, of so many bytes in all, or reuses that of a daemon that was killed, and empties
  /// it (BusyBox). Only one of root, of ours or of `user` is reused.
  static func open(bytes: Int, user: uid_t = 0) throws(RingFailure) -> RingBuffer {
    var flaw: RingFlaw?
    let memory = try Memory(bytes: bytes, user: user) { flaw = flaw ?? $0 }
    let ring = RingBuffer(memory, bytes: bytes, user: user)
    ring.warn(of: flaw)
    return ring
  }

  /// Removes the ring from the system, as BusyBox does when it exits.
  func remove() {
    memory.remove()
  }

  func setOwner(_ user: UInt32) {
    memory.setOwner(user)
  }

  /// Whether a reader has held the ring for a second, so that lines were written under its eyes;
  /// true once for each time.
  func removeForcedWrite() -> Bool {
    defer { hasUnreportedForcedWrite = false }
    return hasUnreportedForcedWrite
  }

  /// What an operator must know of the ring, once.
  func removeWarnings() -> [Sentence] {
    defer { warnings = [] }
    return warnings
  }

  private func warn(of flaw: RingFlaw?) {
    guard let flaw, flaw != .unusable else { return }
    warn(.ringReplaced(flaw))
  }

  @inline(never)
  private func warn(_ warning: Sentence) { warnings.append(warning) }
}

// MARK: Lines

extension RingBuffer {
  /// Appends the line that `body` writes, without NULs; `flush` must follow in the same turn.
  func append(now: Instant, _ body: (inout [UInt8]) -> Void) {
    body(&waiting)
    waiting.append(0)
    if waitingCount >= tryAt {
      flush(now: now)
      tryAt = waitingCount + tryStep
    }
    if waitingCount > memory.size { discardOldest() }
  }

  /// Writes what was appended, unless somebody reads: then `deadline` says when to come again.
  func flush(now: Instant) {
    guard !waiting.isEmpty else { return }
    guard lock(now: now) else {
      deadline = now + RingBuffer.retryAfter
      return
    }
    let lines = waiting
    memory.write(lines.span.extracting(droppingFirst: first), fence: fence)
    memory.unlock()
    // Memory that a long wait has cost is given back.
    waiting.removeAll(keepingCapacity: waiting.count < 4 * RingBuffer.batchSize)
    first = 0
    tryAt = tryStep
    deadline = nil
    guard Feature.losses.isBuilt, let period = lost.value else { return }
    warn(.ringLost(period))
    lost.value = nil
  }

  private var tryStep: Int { min(RingBuffer.batchSize, memory.size) }
  private var waitingCount: Int { waiting.count - first }

  /// Those of which nothing would be left in the ring either.
  private func discardOldest() {
    while let end = waiting[first...].firstIndex(of: 0), waiting.count - end > memory.size {
      first = end + 1
      lostLines &+= 1
      if Feature.losses.isBuilt { lost.add(1, at: SystemClock.seconds) }
    }
    guard first > memory.size / 2 else { return }
    waiting.removeSubrange(..<first)
    first = 0
  }
}

// MARK: Readers

extension RingBuffer {
  /// Whether the ring may be written now; `unlock` must follow then.
  private func lock(now: Instant) -> Bool {
    if tryLock() {
      heldSince = nil
      stopped = 0
      fence = nil
      return true
    }
    let count = memory.readerCount
    // One of them went on. Who else comes and goes is waited for.
    stopped = min(stopped, count)
    if stopped > 0, memory.lock(beside: stopped) {
      heldSince = nil
      return true
    }
    guard let heldSince else {
      self.heldSince = now
      smallestReaderCount = count
      if fence == nil, memory.tail > 0 { fence = memory.tail - 1 }
      return false
    }
    smallestReaderCount = min(smallestReaderCount, count)
    return now.since(heldSince) >= RingBuffer.readerTimeout
      && forceLock(now: now, since: heldSince)
  }

  /// Locks the ring beside the readers that have held it all the time.
  private func forceLock(now: Instant, since: Instant) -> Bool {
    let isLocked = memory.lock(beside: smallestReaderCount)
    guard isLocked || now.since(since) >= RingBuffer.lockTimeout else { return false }
    // Others come and go so fast that none of this helps, or a writer was killed.
    if !isLocked { memory.dismissWriter() }
    stopped = smallestReaderCount
    heldSince = nil
    hasUnreportedForcedWrite = true
    return true
  }

  /// With nobody reading. A ring that was removed (by another syslogd that ended, or `ipcrm`) is
  /// made again.
  private func tryLock() -> Bool {
    if memory.lock(beside: 0) { return true }
    if Errno.last.isTryAgain { return false }
    return remake()
  }

  private func remake() -> Bool {
    var flaw: RingFlaw?
    defer { warn(of: flaw) }
    do throws(RingFailure) {
      memory = try Memory(bytes: bytes, user: user) { flaw = flaw ?? $0 }
      isMissing = false
    } catch {
      if !isMissing { warn(.noRing(bytes: bytes, error)) }
      isMissing = true
      return false
    }
    return memory.lock(beside: 0)
  }
}
