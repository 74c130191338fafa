internal import Bytes

/// Where the messages of one remote go when its queue in memory is full: a ring of records in a region
/// of fixed size, which outlasts the process and a loss of power at any byte (docs/decisions/0023).
///
/// The queue has the oldest messages, the spool the newer ones. As long as there is anything to read
/// in the spool, every new message goes there; as the queue drains, the oldest are moved into it. What
/// was moved keeps its place here until it has left the queue.
public final class Spool<Region: SpoolRegion> {
  /// Why a message was not taken.
  public enum Refusal: UInt8, Sendable {
    case full
    /// As much was written as may be written in a day.
    case spent
    /// The region does not take what is written.
    case failed
  }

  /// The longest message that a record may say it has.
  static var longest: Int { 16 * 1024 }
  /// Records are written together, when they are so many bytes, and at the end of a turn.
  static var batch: Int { 32 * 1024 }
  /// How long after a failure nothing is tried.
  static var pause: Interval { .seconds(60) }

  public let region: Region
  let header: SpoolHeader
  /// Bytes that may be written in a day.
  public var dailyLimit: Int
  /// Where the next record is read. What lies before it and behind the tail is in the queue.
  var next: UInt64
  /// Records that belong at `header.head` and were not written yet.
  var pending: [UInt8] = []
  var pendingCount = 0
  /// Records from `next` on.
  public internal(set) var unread: Int
  /// When the region may be written to again after a failure.
  var retryAt: Instant?
  /// When the day began of which `header.spent` counts.
  private var dayBegan: Instant

  /// A part of the ring, and where it begins there.
  var window: [UInt8] = []
  var windowBegin = 0
  var windowCount = 0
  /// The record that was read last, in `window`.
  var found = Record()
  /// Bytes that a checksum was made of; to be set to 0 by whoever has a budget for them.
  var hashed = 0

  var marks = [Mark](
    repeating: Mark(departed: 0, place: 0, count: 0), count: Spool.mostMarks)
  var markCount = 0
  /// A message that was queued past the spool is in the queue until so many have left it.
  var directUntil: UInt64 = 0
  /// The tail as the region has it, and since when.
  var savedTail: UInt64
  var savedAt: Instant

  /// Why the last message was not taken; to be cleared by whoever has logged it.
  public var refusal: Refusal?
  /// Bytes that were skipped because they are no records; the same.
  public var damaged = 0
  public var counters = SpoolCounters()

  private init(_ region: Region, _ header: SpoolHeader, dailyLimit: Int, now: Instant) {
    self.region = region
    self.header = header
    self.dailyLimit = dailyLimit
    next = header.tail
    unread = header.count
    savedTail = header.tail
    savedAt = now
    dayBegan = now
  }

  /// Opens what is in a region of `size` bytes, or begins anew where there is nothing, or nothing that
  /// can be used, which counts as damage. Nil when it holds something else.
  ///
  /// `salt`: a random number. A record of an earlier ring has another.
  public static func open(
    _ region: Region, size: Int, dailyLimit: Int, salt: UInt32, now: Instant
  ) -> Spool? {
    var kind = SpoolHeader.Kind.foreign
    if let header = SpoolHeader.read(region, size: size, &kind) {
      let spool = Spool(region, header, dailyLimit: dailyLimit, now: now)
      if spool.recover() { return spool }
    }
    guard kind != .foreign else { return nil }
    let capacity = UInt64(max(SpoolHeader.block, size - SpoolHeader.ring))
    let spool = Spool(
      region, SpoolHeader(capacity: capacity, salt: salt), dailyLimit: dailyLimit, now: now)
    if kind == .damaged { spool.damaged = size }
    spool.save(isClosing: true, now: now)
    return spool
  }

  /// Whether there is nothing to read: the queue has everything.
  public var isDrained: Bool { next == header.head && pending.isEmpty }
  /// Bytes in use, of those that `size` has for records.
  public var used: Int { Int(truncatingIfNeeded: header.head &- header.tail) + pending.count }
  /// Messages that are not known to be delivered.
  public var count: Int { header.count }
  /// Bytes that there are for records.
  public var capacity: UInt64 { header.capacity }
  /// Bytes that count for the day.
  public var spent: UInt64 { header.spent }
  /// The size of the region that this ring is for.
  public var size: Int { Int(truncatingIfNeeded: header.capacity) + SpoolHeader.ring }

  /// What a message is counted on; to be called before `put`. Days are of the system's clock. One
  /// that goes back, as in a router that starts in 1970, does not begin another.
  public func count(on day: UInt64, now: Instant) {
    guard day > header.day || now.since(dayBegan) >= .seconds(86_400) else { return }
    header.day = day
    header.spent = 0
    dayBegan = now
  }
}

// MARK: Writing

extension Spool {
  /// Whether a message of so many bytes is taken. The second half of the ring, and of what may be
  /// written in a day, is for root, whom no other user is to silence.
  func admits(_ count: Int, from uid: UInt32, now: Instant) -> Bool {
    let share = uid == 0 ? 1 : 2
    let needed = Record.overhead + count
    let cause: Refusal
    if let retryAt, now < retryAt {
      cause = .failed
    } else if used + needed > Int(truncatingIfNeeded: header.capacity) / share
      || count > Spool.longest
    {
      cause = .full
    } else if header.spent + UInt64(needed) > UInt64(dailyLimit / share) {
      cause = .spent
    } else {
      return true
    }
    refusal = cause
    counters.noteRefused(cause.rawValue)
    return false
  }

  /// Puts a record behind the others.
  func append(
    _ severity: Severity, from uid: UInt32, header first: Span<UInt8>, body: Span<UInt8>
  ) {
    let begin = pending.count
    let length = UInt64(first.count + body.count)
    for _ in 0..<Record.overhead { pending.append(0) }
    pending.put(length | UInt64(severity.rawValue) << 24, at: begin + 4, bytes: 4)
    pending.put(UInt64(uid), at: begin + 8, bytes: 4)
    pending.put(header.head &+ UInt64(begin), at: begin + 12, bytes: 8)
    pending.append(copying: first)
    pending.append(copying: body)
    let sum = checksum(pending, begin + 4..<pending.count, header.salt)
    pending.put(UInt64(sum), at: begin, bytes: 4)
    pendingCount += 1
    header.spent += UInt64(pending.count - begin)
  }

  /// Writes the records that were not written yet. After a failure they stay, and are written by a
  /// later call.
  @discardableResult
  func flush(now: Instant) -> Bool {
    guard !pending.isEmpty else { return true }
    // Before anything is behind its head.
    let isReady = !header.isClosed || save(now: now)
    guard isReady, writePending() else {
      retryAt = now + Spool.pause
      return false
    }
    header.head += UInt64(pending.count)
    header.count += pendingCount
    counters.noteWritten(pendingCount, bytes: pending.count)
    forgetPending()
    retryAt = nil
    return true
  }

  private func writePending() -> Bool {
    let bytes = pending
    let place = Int(header.head % header.capacity)
    let first = min(bytes.count, Int(header.capacity) - place)
    guard region.write(bytes.span.extracting(first: first), to: SpoolHeader.ring + place) else {
      return false
    }
    guard first < bytes.count else { return true }
    return region.write(bytes.span.extracting(droppingFirst: first), to: SpoolHeader.ring)
  }

  func forgetPending() {
    pending.removeAll(keepingCapacity: true)
    pendingCount = 0
    windowCount = 0
  }

  /// Writes where the records are.
  @discardableResult
  func save(isClosing: Bool = false, now: Instant) -> Bool {
    if header.tail >= header.gapEnd { (header.gapBegin, header.gapEnd) = (0, 0) }
    let wasClosed = header.isClosed
    header.isClosed = isClosing
    header.spent += UInt64(SpoolHeader.block)
    guard header.write(to: region) else {
      header.isClosed = wasClosed
      header.spent -= UInt64(SpoolHeader.block)
      retryAt = now + Spool.pause
      return false
    }
    (savedTail, savedAt) = (header.tail, now)
    counters.noteWritten(0, bytes: SpoolHeader.block)
    return true
  }
}
