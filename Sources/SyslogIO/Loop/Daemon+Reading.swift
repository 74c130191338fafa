internal import Bytes
internal import CPosix
internal import SyslogCore
internal import TLSBackend

// How the log socket is read, and what becomes of a datagram.
extension Daemon where TLS: ~Copyable {
  /// Batches read before the remotes have their turn: a full TLS record's worth.
  private static var batchesPerTurn: Int { 16 }
  /// Messages that a turn takes out of datagrams with several of them, which NULs divide: an 8 KB
  /// datagram may have 8,191.
  private static var piecesPerTurn: Int { 512 }
  /// At the end: more than a receive queue holds, and not what a client goes on sending.
  private static var lastBatches: Int { 64 }
  /// How long what is in the socket may take after SIGTERM.
  private static var readTimeout: Interval { .seconds(1) }

  /// Reads as long as the senders keep the socket filled, so that their messages share records.
  func readMessages() {
    var pieces = Daemon.piecesPerTurn
    // Where waiting gains nothing any more, small batches would only make the local log slow.
    let isFull =
      remotes.isStuck(now: clock.now)
      || pacing.isExhausted && remotes.room(forMessagesOf: Message.maximumDatagram) == 0
    for _ in 0..<Daemon.batchesPerTurn {
      guard batch.isFinished else { return }
      let limit = isFull ? DatagramBatch.size : remotes.room(forMessagesOf: batch.longest)
      guard receiveBatch(limit: limit) else { return }
      handleBatch(&pieces)
      // A single message does not wait for another look at the socket.
      guard batch.count > 1, limit > 1 else { return }
    }
  }

  /// What is still in the socket, for the local log also what a remote has no room for.
  func readTheRest() {
    let end = clock.now + Daemon.readTimeout
    for _ in 0..<Daemon.lastBatches {
      guard finishBatch(by: end), receiveBatch(limit: DatagramBatch.size) else { return }
    }
    _ = finishBatch(by: end)
  }

  /// False when time is up.
  private func finishBatch(by end: Instant) -> Bool {
    while !batch.isFinished {
      guard clock.now < end else { return false }
      continueBatch()
      clock.update()
    }
    return true
  }

  private func receiveBatch(limit: Int) -> Bool {
    guard batch.receive(from: source.socket.rawValue, limit: limit) else { return false }
    if settings.dropsRepeated { batch.dropRepeated() }
    return true
  }

  func continueBatch() {
    var pieces = Daemon.piecesPerTurn
    handleBatch(&pieces)
  }

  /// Handles what was read and not handled yet, as far as a turn may.
  private func handleBatch(_ pieces: inout Int) {
    let time = clock.calendar
    let now = clock.now
    while let index = batch.next {
      var end: Int?
      let uid = batch.sender(of: index)
      batch.withDatagram(index) { end = handle($0, uid, from: batch.position, time, now, &pieces) }
      batch.handled(upTo: end)
      guard end == nil else { return }
    }
    remotes.send(batch, now: now)
  }

  /// Handles a datagram from `start` on. Returns where to go on in the next turn; nil when all of it
  /// is done.
  private func handle(
    _ datagram: Span<UInt8>, _ uid: UInt32, from start: Int, _ time: borrowing CalendarTime,
    _ now: Instant, _ pieces: inout Int
  ) -> Int? {
    guard !datagram.isEmpty else { return nil }
    if start == 0 { received &+= 1 }
    guard remotes.wantMessages || local.isEnabled else { return nil }
    let whole = Message(datagram, from: uid)
    if start == 0 { remotes.send(.datagram, datagram, whole, time, now: now) }
    // Nearly every datagram is one message: libc looks for a NUL faster than `nextPiece` does.
    guard datagram.holdsNUL else {
      remotes.send(.message, datagram, whole, time, now: now)
      local.log(datagram, whole, time, now: now)
      return nil
    }
    var position = start
    while let range = Message.nextPiece(datagram, from: &position) {
      let piece = datagram.extracting(range)
      let message = Message(piece, from: uid)
      remotes.send(.message, piece, message, time, now: now)
      local.log(piece, message, time, now: now)
      pieces -= 1
      if pieces <= 0, position < datagram.count { return position }
    }
    return nil
  }
}
