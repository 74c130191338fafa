internal import CPosix
internal import SyslogCore
public import TLSBackend

/// The daemon: one loop that waits for log messages, connections, answers, deadlines and signals,
/// and never waits for anything else.
public final class Daemon<TLS: TLSBackend & ~Copyable> {
  /// How long remotes may still be flushed after SIGTERM.
  private static var leaveWithin: Interval { .seconds(2) }
  /// Batches read before the remotes have their turn: a full TLS record's worth.
  private static var batchesPerTurn: Int { 8 }

  private let settings: DaemonSettings
  private let source: LogSocket
  private let signals: Signals
  private let journal = Journal()
  private let batch = DatagramBatch()
  private let local: LocalOutput
  private let remotes: Remotes<TLS>
  private let pidFile: PIDFile
  private var clock = Clock()
  private var poller = Poller()
  private var pacing: InputPacing
  private var received: UInt64 = 0

  /// Opens the log socket and takes over the signals. Throws when there is nothing to read from.
  public static func open(_ settings: DaemonSettings) throws(Errno) -> Daemon {
    let source = try LogSocket(path: settings.logSocket)
    return Daemon(settings, source: source, signals: try Signals())
  }

  private init(_ settings: DaemonSettings, source: consuming LogSocket, signals: Signals) {
    self.settings = settings
    self.source = source
    self.signals = signals
    let hostname = Daemon.hostname()
    local = LocalOutput(settings, hostname: hostname.span)
    remotes = Remotes<TLS>(settings.remotes, hostname: hostname.span, journal: journal)
    pidFile = PIDFile(path: settings.pidFile)
    pacing = InputPacing(now: clock.now)
  }

  /// As `uname` gives it, at the start, as BusyBox does.
  private static func hostname() -> [UInt8] {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return [] }
    return unsafe withUnsafeBytes(of: &name.nodename) { unsafe Array($0.prefix { $0 != 0 }) }
  }

  /// Detaches if asked to, then serves until a signal says to leave, and dies by that signal.
  /// Throws when it cannot detach.
  public func run() throws(Errno) {
    if settings.detachment == .background {
      guard daemon(0, 0) == 0 else { throw Errno.last }
    }
    local.logPlain("syslogd started: \(settings.version)", clock.calendar, now: clock.now)
    do throws(Errno) {
      try pidFile.write()
    } catch {
      journal.write(
        .syslogWarning, "cannot write the pid file \(settings.pidFile): \(error.words)")
    }
    warnOfWeaknesses()
    // The local log has the first claim to a descriptor.
    local.flush(now: clock.now)
    remotes.start(now: clock.now)
    finishTurn()
    var signal: Int32?
    while signal == nil { signal = turn() }
    leave()
    signals.die(by: signal ?? SIGTERM)
  }

  private func warnOfWeaknesses() {
    for remote in settings.remotes {
      for weakness in remote.weaknesses {
        journal.write(.syslogWarning, "remote \(remote.name): \(weakness)")
      }
    }
  }
}

// MARK: The loop

extension Daemon where TLS: ~Copyable {
  /// One turn: waits, then does what there is to do. Returns the signal to leave by.
  private func turn() -> Int32? {
    poller.reset()
    let isHeld = pacing.holds(
      isWanted: remotes.isMomentarilyFull(now: clock.now), now: clock.now)
    let input = poller.add(isHeld ? -1 : source.socket.rawValue, readable: true, writable: false)
    let signal = poller.add(signals.descriptor, readable: true, writable: false)
    remotes.register(with: &poller)
    poller.wait(milliseconds: isHeld ? 1 : timeout(until: remotes.deadline))
    clock.update()
    if poller.isReady(input) { takeIn() }
    remotes.turn(poller, now: clock.now)
    let ending = poller.isReady(signal) ? takeSignals() : nil
    finishTurn()
    return ending
  }

  private func timeout(until deadline: Instant?) -> Int32? {
    guard let deadline else { return nil }
    // One more, because the clock is cut to milliseconds and the wait must not end before it.
    return Int32(clamping: deadline.since(clock.now).milliseconds &+ 1)
  }

  /// Reads as long as the senders keep the socket filled, so that their messages share records.
  private func takeIn() {
    let time = clock.calendar
    let now = clock.now
    for _ in 0..<Daemon.batchesPerTurn {
      let limit = remotes.room(forMessagesOf: batch.longest)
      guard batch.receive(from: source.socket.rawValue, limit: limit) else { return }
      for index in 0..<batch.count {
        batch.withDatagram(index) { datagram in handle(datagram, time, now) }
      }
      remotes.forward(batch, now: now)
      // A single message has no company: it is not kept waiting for a look whether there is more.
      guard batch.count > 1, limit > 1 else { return }
    }
  }

  private func handle(_ datagram: Span<UInt8>, _ time: borrowing CalendarTime, _ now: Instant) {
    guard !datagram.isEmpty else { return }
    received &+= 1
    guard remotes.wantMessages || local.isEnabled else { return }
    let whole = Message(datagram)
    remotes.forward(datagram: datagram, whole, time, now: now)
    // Nearly every datagram is one message: libc looks for a NUL faster than `nextPiece` does.
    guard datagram.holdsNUL else {
      remotes.forward(message: datagram, whole, time, now: now)
      return local.log(datagram, whole, time, now: now)
    }
    var position = 0
    while let range = Message.nextPiece(datagram, from: &position) {
      let piece = datagram.extracting(range)
      let message = Message(piece)
      remotes.forward(message: piece, message, time, now: now)
      local.log(piece, message, time, now: now)
    }
  }

  private func finishTurn() {
    remotes.flush(clock.calendar, now: clock.now)
    for line in journal.take() { local.say(line, clock.calendar, now: clock.now) }
    local.flush(now: clock.now)
  }

  private func takeSignals() -> Int32? {
    while let signal = signals.next() {
      switch signal {
      case .leave(let number): return number
      case .reopen: local.reopen()
      case .report: report()
      }
    }
    return nil
  }

  private func report() {
    journal.write(
      .syslogInfo,
      "received \(received), truncated \(batch.truncated), local bytes lost \(local.lostBytes)")
    remotes.report(now: clock.now)
  }

  /// Takes what is still in the socket, gives the remotes a little time, and closes.
  private func leave() {
    takeIn()
    local.logPlain("syslogd exiting", clock.calendar, now: clock.now)
    finishTurn()
    let end = clock.now + Daemon.leaveWithin
    while !remotes.isFinished(now: clock.now), clock.now < end {
      poller.reset()
      remotes.register(with: &poller)
      let deadline = min(remotes.deadline ?? end, clock.now + Interval(milliseconds: 20))
      poller.wait(milliseconds: timeout(until: min(deadline, end)))
      clock.update()
      remotes.turn(poller, now: clock.now)
      finishTurn()
    }
    remotes.stop(now: clock.now)
    finishTurn()
    pidFile.remove()
  }
}
