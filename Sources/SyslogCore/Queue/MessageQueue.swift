internal import Features

/// The messages of one remote, framed, in one ring of bytes with four marks:
/// kept ≤ acknowledged ≤ sent ≤ queued.
///
/// What is acknowledged leaves the ring, or is kept there for a while (`MessageQueue+Replay`). What
/// was sent and not acknowledged stays, and is sent again, in order and from a frame boundary, after
/// a connection was lost. The ring begins small, doubles when it is full, up to its capacity, and
/// shrinks when little is left in it.
public struct MessageQueue: ~Copyable {
  /// Whether a message found room.
  public enum Admission: Equatable, Sendable {
    case queued
    /// Refused and counted in `discarded`.
    case discarded
  }

  /// The smallest capacity: two messages of the largest size with their frames.
  public static let minimumCapacity = 16 * 1024 + 16

  /// Bytes that may be queued, frames included, besides what is replayed.
  public internal(set) var capacity: Int
  /// How many messages may be queued at least, whatever the capacity.
  private let leastEntries: Int
  /// The ring. Positions below are counted from `start`, the first byte of the oldest entry.
  var storage: [UInt8]
  var start = 0
  private var acknowledgedBytes = 0
  private(set) var sentBytes = 0
  /// End of a run that was offered to the TLS library and must be offered again unchanged.
  private var offeredBytes = 0
  /// Bytes in the ring that are to be sent or acknowledged.
  public internal(set) var queuedBytes = 0
  var replay = ReplayMarks()
  /// The most of them since `trim`.
  var peakBytes = 0
  /// The most of them before that.
  var earlierPeak = 0

  var entries: QueueEntries
  var owners = QueueOwners()

  /// Messages refused or removed for lack of room, ever, by severity.
  public internal(set) var discarded = SeverityCounts()

  /// `capacity` in bytes, frames included; raised to `minimumCapacity`.
  public init(capacity: Int) {
    self.init(capacity: capacity, entries: 0)
  }

  /// With room for at least so many entries.
  init(capacity: Int, entries count: Int) {
    self.capacity = max(capacity, MessageQueue.minimumCapacity)
    leastEntries = count
    storage = [UInt8](repeating: 0, count: MessageQueue.minimumCapacity)
    entries = QueueEntries()
  }

  /// Whether there is nothing to send and nothing to be acknowledged.
  public var isEmpty: Bool { queuedBytes == 0 }
  /// Messages that were never acknowledged.
  public var count: Int { entries.count - replay.count }
  /// Bytes of them.
  public var ownBytes: Int { queuedBytes - replay.bytes }
  /// Bytes that may still be queued.
  public var freeBytes: Int { capacity - ownBytes }
  /// Bytes not yet accepted by the connection.
  public var unsentBytes: Int { queuedBytes - sentBytes }
  /// Whether the connection has accepted anything that is still in the ring.
  var hasSent: Bool { sentBytes > 0 }
  /// Whether the connection has accepted the begin of a frame and not its end, or was offered bytes
  /// that it has not accepted.
  var isWithinFrame: Bool {
    offeredBytes > sentBytes || sentBytes > entries.nextStart && entries.next != nil
  }
  /// Bytes from what the connection has accepted to the end of that frame; nil while a run is offered.
  var bytesToFrameEnd: Int? { offeredBytes == sentBytes ? entries.nextEnd - sentBytes : nil }
  /// Whether a message of `bytes` would find room without anything being discarded.
  public func hasRoom(for bytes: Int, _ framing: Framing) -> Bool {
    framing.frameLength(ofMessage: bytes) <= freeBytes && !hasAllEntries
  }

  /// Whether there are as many messages as may be, however short.
  var hasAllEntries: Bool { count >= max(capacity / 32, leastEntries) }
}

// MARK: Putting in

extension MessageQueue {
  /// Frames `header` and `body` as one message of the user `uid` behind the others.
  ///
  /// In a full ring, messages that were not sent yet are removed to make room for this one, the least
  /// severe first and of those the newest: messages of a user who has more than a share of the ring,
  /// else less severe ones of the same user, for root also of other users. When there are none, this
  /// message is refused (RFC 5424 §8.5-8.6, M16, M17).
  public mutating func append(
    _ severity: Severity, from uid: UInt32, _ framing: Framing, header: Span<UInt8>,
    body: Span<UInt8>
  ) -> Admission {
    let message = header.count + body.count
    let frame = framing.frameLength(ofMessage: message)
    let owner = owners.slot(of: uid)
    guard makeRoom(for: frame, severity, owner) else {
      discarded[severity] &+= 1
      return .discarded
    }
    let needed = keptBytes + queuedBytes + frame
    if needed > storage.count { grow(to: needed) }
    var position = wrapped(start + queuedBytes)
    switch framing {
    case .octetCounting:
      put(decimal: message, at: &position)
      put(UInt8(ascii: " "), at: &position)
      put(header, at: &position)
      put(body, at: &position)
    case .lineFeed:
      put(scrubbing: header, at: &position)
      put(scrubbing: body, at: &position)
      put(UInt8(ascii: "\n"), at: &position)
    }
    let entry = Entry(length: frame, owner: owner, severity: severity)
    entries.append(entry)
    owners.put(entry)
    peakBytes = max(peakBytes, ownBytes + frame)
    queuedBytes += frame
    return .queued
  }

  func wrapped(_ position: Int) -> Int {
    position >= storage.count ? position - storage.count : position
  }

  private mutating func put(_ byte: UInt8, at position: inout Int) {
    storage[position] = byte
    position = wrapped(position + 1)
  }

  private mutating func put(decimal value: Int, at position: inout Int) {
    var divisor = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      put(UInt8(ascii: "0") + UInt8(value / divisor % 10), at: &position)
      divisor /= 10
    }
  }

  private mutating func put(_ bytes: Span<UInt8>, at position: inout Int) {
    let first = min(bytes.count, storage.count - position)
    storage.copy(bytes.extracting(first: first), to: position)
    if first < bytes.count { storage.copy(bytes.extracting(droppingFirst: first), to: 0) }
    position = wrapped(position + bytes.count)
  }

  private mutating func put(scrubbing bytes: Span<UInt8>, at position: inout Int) {
    let first = min(bytes.count, storage.count - position)
    storage.copyScrubbed(bytes.extracting(first: first), to: position)
    if first < bytes.count { storage.copyScrubbed(bytes.extracting(droppingFirst: first), to: 0) }
    position = wrapped(position + bytes.count)
  }
}

// MARK: Taking out

extension MessageQueue {
  /// Calls `body` with the next bytes to send: the longest run of whole frames within `limit`
  /// bytes, or the same bytes as last time while they were offered and not accepted. A run ends
  /// early where the ring ends. Nil when everything was sent.
  public mutating func withRun<Result, Failure: Error>(
    limit: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    if offeredBytes == sentBytes { offer(limit: limit) }
    guard offeredBytes > sentBytes else { return nil }
    let from = wrapped(start + sentBytes)
    return try body(storage.span.extracting(from..<from + (offeredBytes - sentBytes)))
  }

  private mutating func offer(limit: Int) {
    let contiguous = storage.count - wrapped(start + sentBytes)
    let end = sentBytes + min(limit, contiguous)
    while let entry = entries.next {
      let unsent = entries.nextEnd - offeredBytes
      if entries.nextEnd > end {
        // Only the end of the ring, or a frame longer than the limit, cuts a frame in two.
        let cut = end - offeredBytes
        if end == sentBytes + contiguous || offeredBytes == sentBytes { offeredBytes += cut }
        if offeredBytes > entries.nextEnd - entry.length { protectNext(entry) }
        return
      }
      offeredBytes += unsent
      protectNext(entry)
      entries.advance()
    }
  }

  /// The next entry has been offered, at least in part: it may no longer be discarded.
  private mutating func protectNext(_ entry: Entry) {
    guard !entries.nextIsProtected else { return }
    owners.setProtected(entry, true)
    entries.protectNext()
  }

  /// The connection accepted the first `bytes` of the run.
  public mutating func markSent(_ bytes: Int) {
    precondition(bytes >= 0 && bytes <= offeredBytes - sentBytes, "accepted is part of the run")
    sentBytes += bytes
    if offeredBytes > sentBytes { withdrawOffer() }
  }

  /// The run was accepted in part: what is left will be a new run.
  private mutating func withdrawOffer() {
    offeredBytes = sentBytes
    if entries.nextIsProtected, entries.nextStart >= sentBytes, let entry = entries.next {
      owners.setProtected(entry, false)
      entries.unprotectNext()
    }
    while entries.nextStart > sentBytes {
      entries.retreat()
      guard entries.nextStart >= sentBytes, let entry = entries.next else { return }
      owners.setProtected(entry, false)
      entries.unprotectNext()
    }
  }

  /// The peer's kernel has acknowledged `bytes` more. Returns how many messages are complete.
  public mutating func acknowledge(_ bytes: Int) -> Int {
    precondition(bytes >= 0 && acknowledgedBytes + bytes <= sentBytes, "acknowledged ≤ sent")
    acknowledgedBytes += bytes
    var released = 0
    while let oldest = entries.first, oldest.length <= acknowledgedBytes {
      entries.removeFirst()
      owners.remove(oldest)
      start = wrapped(start + oldest.length)
      acknowledgedBytes -= oldest.length
      sentBytes -= oldest.length
      offeredBytes -= oldest.length
      queuedBytes -= oldest.length
      if Feature.replay.isBuilt { keep(oldest) }
      released += 1
    }
    if ownBytes < capacity - capacity / 4 { owners.admitAll() }
    return released
  }

  /// The connection is gone: everything not acknowledged is to be sent again, from the start of
  /// the oldest frame. Returns how many messages had been sent, at least in part.
  public mutating func rewind() -> Int {
    let again = entries.index + (entries.nextIsProtected ? 1 : 0)
    acknowledgedBytes = 0
    sentBytes = 0
    offeredBytes = 0
    entries.rewind()
    owners.protectAll()
    for index in 0..<entries.count { owners.setProtected(entries[index], false) }
    return again
  }
}

extension [UInt8] {
  /// Copies `bytes` over those that begin at `position`.
  ///
  /// With `move` the one unsafe step of this floor, because a loop over a span is not made a memcpy,
  /// and each message passes here once per remote. Both ranges are checked first.
  mutating func copy(_ bytes: Span<UInt8>, to position: Int) {
    precondition(
      position >= 0 && position <= count && bytes.count <= count - position, "inside the ring")
    unsafe withUnsafeMutableBytes { ring in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: ring[position...]).copyMemory(from: source)
      }
    }
  }

  /// Copies bytes within the array; the two ranges may overlap.
  mutating func move(_ length: Int, from: Int, to: Int) {
    precondition(
      length >= 0 && from >= 0 && to >= 0 && length <= count - Swift.max(from, to),
      "inside the ring")
    unsafe withUnsafeMutableBytes { ring in
      unsafe UnsafeMutableRawBufferPointer(rebasing: ring[to...]).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: ring[from..<from + length]))
    }
  }

  /// As `copy`, with every byte as it may stand in a frame that ends with LF.
  fileprivate mutating func copyScrubbed(_ bytes: Span<UInt8>, to position: Int) {
    copy(bytes, to: position)
    for index in position..<position + bytes.count { self[index] = Framing.scrubbed(self[index]) }
  }
}
