internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore
public import TLSBackend

/// The daemon: one loop that waits for log messages, connections, answers, deadlines and signals,
/// and never waits for anything else.
public final class Daemon<TLS: TLSBackend & ~Copyable> {
  /// How long remotes may still be flushed after SIGTERM.
  private static var exitTimeout: Interval { .seconds(2) }

  let settings: DaemonSettings
  let source: LogSocket
  private let signals: Signals
  private let diagnostics = Diagnostics()
  let statistics: StatisticsFile
  let batch = DatagramBatch()
  let local: LocalOutput
  let remotes: Remotes<TLS>
  private let pidFile: PIDFile
  private var manager = ServiceManager()
  private var hostname: HostNameReader
  private let privileges: Privileges?
  private let floor: ClockFloor
  var clock: Clock
  private var poller = Poller()
  var pacing: InputPacing
  private var configuration: Configuration
  var received: UInt64 = 0

  /// Opens what is logged to in memory, then the log socket, and holds the signals back.
  public static func open(_ settings: DaemonSettings) throws(StartFailure) -> Daemon {
    var privileges: Privileges?
    if Feature.user.isBuilt, let user = settings.user {
      privileges = try Privileges(
        user: user, sandbox: settings.usesSandbox ? .on : .off, files: settings.files)
    }
    let hostname = HostNameReader()
    let local = try LocalOutput.open(
      settings, hostname: hostname.name.span, user: privileges?.user ?? 0)
    do throws(Errno) {
      let source = try LogSocket(path: settings.logSocket)
      return Daemon(
        settings, local, hostname, privileges, source: source, signals: try Signals())
    } catch {
      local.remove()
      throw StartFailure(.noLogSocket(settings.logSocket, error), about: .logSocket)
    }
  }

  private init(
    _ settings: DaemonSettings, _ local: LocalOutput, _ hostname: HostNameReader,
    _ privileges: Privileges?, source: consuming LogSocket, signals: Signals
  ) {
    self.settings = settings
    self.privileges = privileges
    configuration = settings.configuration
    self.local = local
    self.hostname = hostname
    self.source = source
    self.signals = signals
    floor = ClockFloor(stateFile: settings.stateFile, diagnostics: diagnostics)
    clock = Clock(floor: floor)
    remotes = Remotes<TLS>(
      settings.remotes, settings.configuration, settings.originator(hostname.name), floor: floor,
      diagnostics: diagnostics)
    // Before root is given up, and before the working directory is another.
    remotes.openSpools(now: clock.now)
    pidFile = PIDFile(path: settings.pidFile)
    statistics = StatisticsFile(path: settings.statisticsFile, diagnostics: diagnostics)
    pacing = InputPacing(now: clock.now)
  }

  /// Detaches if asked to, then serves until a signal says to exit, and ends by that signal.
  /// Throws when it cannot detach, or cannot become the user that it is to be.
  public func run() throws(StartFailure) {
    if settings.detachment == .background {
      guard daemon(0, 0) == 0 else { throw StartFailure(.noBackground(.last)) }
      manager.detachedProcess = getpid()
    }
    if privileges == nil { logStart() }
    do throws(Errno) {
      try pidFile.write()
    } catch {
      diagnostics.write(.syslogWarning, .noPIDFile(settings.pidFile, error))
    }
    if privileges != nil {
      try dropPrivileges()
      // Only now: a log file that is made is to belong to the user who rotates it.
      logStart()
    }
    for remote in settings.remotes { warnOfWeaknesses(of: remote) }
    for remote in configuration.remotes { warnOfWeaknesses(of: remote.settings) }
    remotes.start(now: clock.now)
    finishTurn()
    manager.notify(.ready)
    var signal: Int32?
    while signal == nil { signal = turn() }
    shutDown()
    signals.die(by: signal ?? SIGTERM)
  }

  /// The local log has the first claim to a descriptor. Who waits for the pid file finds the line, as
  /// with BusyBox.
  private func logStart() {
    local.logPlain(.started(settings.version), clock.calendar, now: clock.now)
    local.flush(now: clock.now)
  }

  /// While there is one thread, the resolver's being made with the first name.
  private func dropPrivileges() throws(StartFailure) {
    guard Feature.user.isBuilt, let privileges else { return }
    local.prepare(for: privileges.user)
    pidFile.hold()
    do throws(StartFailure) {
      try privileges.drop(diagnostics)
    } catch {
      // In the background nobody reads standard error.
      diagnostics.write(.syslogErr, error.reason)
      finishTurn()
      local.remove()
      pidFile.remove()
      throw error
    }
  }

  /// And of those that take over from it.
  @inline(never)  // Smaller: it is called from three places.
  private func warnOfWeaknesses(of remote: RemoteSettings) {
    var next: RemoteSettings? = remote
    while let remote = next {
      for weakness in remote.weaknesses {
        diagnostics.write(.syslogWarning, .remote(remote.name, weakness))
      }
      next = remote.successor
    }
  }
}

// MARK: The loop

extension Daemon where TLS: ~Copyable {
  /// One turn: waits, then does what there is to do. Returns the signal to exit by.
  private func turn() -> Int32? {
    poller.reset()
    let isHeld = pacing.holds(
      isWanted: remotes.isMomentarilyFull(now: clock.now), now: clock.now)
    // What was read comes first.
    let isReading = batch.isFinished && !isHeld
    let input = poller.add(isReading ? source.socket.rawValue : -1, readable: true, writable: false)
    let signal = poller.add(signals.descriptor, readable: true, writable: false)
    remotes.register(with: &poller)
    var deadline = earlier(remotes.deadline, local.deadline)
    if Feature.statistics.isBuilt { deadline = earlier(deadline, statistics.deadline) }
    let pause: Int32? = isHeld ? 1 : timeout(until: deadline)
    poller.wait(milliseconds: batch.isFinished ? pause : 0)
    clock.update()
    if hostname.isDue(at: clock.seconds) { readHostName() }
    if !batch.isFinished {
      continueBatch()
    } else if poller.isReady(input) {
      readMessages()
    }
    remotes.turn(poller, now: clock.now)
    let ending = poller.isReady(signal) ? handleSignals() : nil
    finishTurn()
    return ending
  }

  private func earlier(_ one: Instant?, _ other: Instant?) -> Instant? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }

  private func timeout(until deadline: Instant?) -> Int32? {
    guard let deadline else { return nil }
    // One more, because the clock is cut to milliseconds and the wait must not end before it.
    return Int32(clamping: deadline.since(clock.now).milliseconds &+ 1)
  }

  private func finishTurn() {
    floor.save(clock, .running)
    remotes.flush(clock.calendar, now: clock.now)
    writeStatistics()
    // What works again is known, and told, in the same turn.
    if Feature.losses.isBuilt { local.flush(now: clock.now) }
    local.reportLosses(to: diagnostics)
    for line in diagnostics.removeLines() { local.say(line, clock.calendar, now: clock.now) }
    local.flush(now: clock.now)
  }

  private func readHostName() {
    guard hostname.read() else { return }
    let name = hostname.name
    local.rename(name.span)
    if Feature.formats.isBuilt, settings.hostname == nil { remotes.originator.rename(name.span) }
  }

  /// Returns the signal to exit by.
  private func handleSignals() -> Int32? {
    while let signal = signals.next() {
      switch signal {
      case .exit(let number): return number
      case .reload: reload()
      case .report:
        if Feature.counters.isBuilt { report() }
        if Feature.statistics.isBuilt { statistics.force() }
      }
    }
    return nil
  }

  /// Opens files anew, and reads again what was read at the start. A configuration that cannot be
  /// used changes nothing.
  private func reload() {
    manager.notify(.reloading)
    defer { manager.notify(.ready) }
    readHostName()
    local.reopen()
    remotes.beginReload()
    if Feature.rules.isBuilt { readRules() }
    remotes.rereadFiles(now: clock.now)
  }

  private func readRules() {
    do throws(Configuration.Refusal) {
      let read = try settings.readConfiguration()
      local.apply(read, now: clock.now)
      remotes.apply(read, now: clock.now)
      var added: [RemoteSettings] = []
      for remote in read.remotes
      where !configuration.remotes.contains(where: { $0.settings.equals(remote.settings) }) {
        added.append(remote.settings)
      }
      configuration = read
      diagnostics.write(
        .syslogInfo, .configurationRead(rules: read.rules.count, remotes: read.remotes.count))
      for remote in added { warnOfWeaknesses(of: remote) }
    } catch {
      diagnostics.write(.syslogErr, .configurationKept(error.line))
    }
  }

  private func report() {
    diagnostics.write(
      .syslogInfo,
      .counters(
        received: received, truncated: batch.truncated, repeated: batch.repeated, local.losses))
    remotes.report(now: clock.now)
  }

  /// Reads what is still in the socket, gives the remotes a little time, and closes.
  private func shutDown() {
    manager.notify(.stopping)
    readTheRest()
    local.logPlain(.exiting, clock.calendar, now: clock.now)
    finishTurn()
    let end = clock.now + Daemon.exitTimeout
    while !remotes.isFinished(now: clock.now), clock.now < end {
      poller.reset()
      remotes.register(with: &poller)
      let deadline = min(remotes.deadline ?? end, clock.now + Interval(milliseconds: 20))
      poller.wait(milliseconds: timeout(until: min(deadline, end)))
      clock.update()
      remotes.turn(poller, now: clock.now)
      finishTurn()
    }
    writeStatistics(isEnding: true)
    remotes.stop(now: clock.now)
    floor.save(clock, .exiting)
    finishTurn()
    local.remove()
    pidFile.remove()
  }
}
