internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore

/// What becomes of messages on this machine, and of what the daemon itself has to say.
final class LocalOutput {
  /// Where a message goes that no rule sends elsewhere.
  private enum Destination {
    case file(LogFile)
    case ring(RingBuffer)
    case kernel(KernelLog)
    case nowhere
  }

  /// Who a message comes from.
  private enum Origin {
    case program
    /// The daemon itself. What it says is not sent to remotes, least of all that one of them does
    /// not answer: for it the rules that forward are not there.
    case daemon
  }

  /// What a rule of the configuration means to this machine.
  private struct FileRoute {
    let selector: Selector
    /// Nil: the message goes to a remote, and so not to the default destination.
    let file: LogFile?
  }

  private let destination: Destination
  /// With `-R` and without `-L` the ring is made and stays empty, as in BusyBox.
  private let unusedRing: RingBuffer?
  private let rotation: LogFile.Rotation
  private let console: Console
  private let severityLimit: UInt8
  private let detachment: DaemonSettings.Detachment
  private var routes: [FileRoute] = []
  /// Every file that is in use, once.
  private var files: [LogFile] = []
  private var line: LocalLine
  /// Where diagnostics go without a local log.
  private var standardError = SharedOutput(descriptor: STDERR_FILENO)
  private var lostDiagnosticBytes: UInt64 = 0

  /// Throws when the ring or the kernel's log cannot be opened. A file never is a reason not to
  /// start. `user` is who the daemon becomes.
  static func open(
    _ settings: DaemonSettings, hostname: Span<UInt8>, user: UInt32 = 0
  ) throws(StartFailure) -> LocalOutput {
    let made: Destination
    let console = Console()
    switch settings.local {
    case .file(let path):
      made = .file(LogFile(path: path, rotation: settings.rotation, console: console))
    case .ring(let bytes):
      guard Feature.ring.isBuilt else {
        made = .nowhere
        break
      }
      do throws(RingFailure) {
        made = .ring(try RingBuffer.open(bytes: bytes, user: user))
      } catch {
        throw StartFailure(.noRing(bytes: bytes, error), about: .ring)
      }
    case .kernel:
      guard Feature.kernelLog.isBuilt else {
        made = .nowhere
        break
      }
      do throws(Errno) {
        made = .kernel(try KernelLog.open())
      } catch {
        throw StartFailure(.noKernelLog(error), about: .kernelLog)
      }
    }
    return LocalOutput(settings, made, console, hostname: hostname)
  }

  private init(
    _ settings: DaemonSettings, _ made: Destination, _ console: Console, hostname: Span<UInt8>
  ) {
    self.console = console
    destination = settings.isLocal ? made : .nowhere
    unusedRing = if !settings.isLocal, case .ring(let ring) = made { ring } else { nil }
    rotation = settings.rotation
    severityLimit = settings.severityLimit
    detachment = settings.detachment
    line = LocalLine(
      hostname: hostname, style: settings.style, timestamps: settings.timestamps)
    setRoutes(settings.configuration)
  }

  /// Gives the lines from now on this name.
  func rename(_ hostname: Span<UInt8>) { line.rename(hostname) }

  /// Follows these rules from now on; files that stay in use stay open.
  func apply(_ configuration: Configuration, now: Instant) {
    // A file that is no longer named still gets what was meant for it.
    flush(now: now)
    setRoutes(configuration)
  }

  private func setRoutes(_ configuration: Configuration) {
    var inUse: [LogFile] = []
    if case .file(let file) = destination { inUse.append(file) }
    routes = []
    guard Feature.rules.isBuilt else {
      files = inUse
      return
    }
    for rule in configuration.rules {
      guard case .file(let index) = rule.destination else {
        routes.append(FileRoute(selector: rule.selector, file: nil))
        continue
      }
      let path = configuration.files[index]
      let known = inUse.first { $0.path == path } ?? files.first { $0.path == path }
      let file = known ?? LogFile(path: path, rotation: rotation, console: console)
      if !inUse.contains(where: { $0 === file }) { inUse.append(file) }
      routes.append(FileRoute(selector: rule.selector, file: file))
    }
    files = inUse
  }
}

// MARK: Messages

extension LocalOutput {
  /// Whether anything is written on this machine.
  var isEnabled: Bool {
    if case .nowhere = destination { false } else { true }
  }

  /// One message from the log socket.
  func log(_ piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, now: Instant) {
    log(piece, message, time, from: .program, now: now)
  }

  private func log(
    _ piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, from origin: Origin,
    now: Instant
  ) {
    switch destination {
    case .nowhere: return
    // BusyBox asks neither the rules nor -l.
    case .kernel(let kernel):
      if Feature.kernelLog.isBuilt { kernel.write(piece, message) }
      return
    case .file, .ring: break
    }
    guard !Feature.rules.isBuilt || !routeToFiles(piece, message, time, from: origin, now: now),
      message.priority.severity.rawValue < severityLimit
    else { return }
    switch destination {
    case .file(let file):
      file.append(now: now) { buffer in line.append(piece, message, at: time, to: &buffer) }
    case .ring(let ring):
      guard Feature.ring.isBuilt else { return }
      ring.append(now: now) { buffer in line.append(piece, message, at: time, to: &buffer) }
    case .kernel, .nowhere: break
    }
  }

  /// Whether any rule matched.
  private func routeToFiles(
    _ piece: Span<UInt8>, _ message: Message, _ time: CalendarTime, from origin: Origin,
    now: Instant
  ) -> Bool {
    var isMatched = false
    for index in routes.indices where routes[index].selector.matches(message.priority) {
      guard origin == .program || routes[index].file != nil else { continue }
      isMatched = true
      routes[index].file?.append(now: now) { buffer in
        line.append(piece, message, at: time, to: &buffer)
      }
    }
    return isMatched
  }

  /// One message of our own, as if `syslogd` had logged it.
  ///
  /// Without a local log, warnings go to standard error in the foreground, else to the console.
  func say(_ own: Diagnostics.Line, _ time: CalendarTime, now: Instant) {
    let text = ("<\(own.priority.rawValue)>syslogd: \(own.sentence)" as Text).bytes
    let message = Message(text.span)
    guard !isEnabled else { return log(text.span, message, time, from: .daemon, now: now) }
    guard message.priority.severity <= .warning else { return }
    let content = text[message.contentStart...] + [UInt8(ascii: "\n")]
    if detachment == .foreground {
      let line = Array(content)
      lostDiagnosticBytes &+= UInt64(line.count - standardError.write(line.span))
      return
    }
    guard let console = console.open() else { return }
    _ = writeFully(Array(content).span, to: console.rawValue)
  }

  /// A line with BusyBox's own words, which only the local log gets.
  func logPlain(_ sentence: Sentence, _ time: CalendarTime, now: Instant) {
    let bytes = ("<\(Priority.syslogInfo.rawValue)>\(sentence)" as Text).bytes
    log(bytes.span, Message(bytes.span), time, from: .daemon, now: now)
  }
}

// MARK: Turns of the loop

extension LocalOutput {
  /// Writes what this turn has brought.
  func flush(now: Instant) {
    for file in files { file.flush(now: now) }
    if Feature.ring.isBuilt, case .ring(let ring) = destination { ring.flush(now: now) }
  }

  /// When `flush` is wanted again, though nothing is new: the ring's readers hold it.
  var deadline: Instant? {
    if Feature.ring.isBuilt, case .ring(let ring) = destination { ring.deadline } else { nil }
  }

  /// The next write to each file opens it anew.
  func reopen() {
    for file in files { file.reopen() }
  }

  /// What was not written, and why: once, as soon as it can be written again.
  func reportLosses(to diagnostics: Diagnostics) {
    for file in files {
      if file.removeDenial() {
        diagnostics.write(.syslogErr, .file(file.path, Errno(code: EACCES)))
      }
      if let loss = file.removeLoss() { diagnostics.write(.syslogErr, loss) }
    }
    guard Feature.ring.isBuilt, let ring else { return }
    for warning in ring.removeWarnings() { diagnostics.write(.syslogWarning, warning) }
    if ring.removeForcedWrite() { diagnostics.write(.syslogWarning, .ringHeldByReader) }
  }

  /// What was lost so far, for the counters.
  struct Losses {
    /// Of log files, and of diagnostics on standard error.
    var bytes: UInt64 = 0
    /// Nil without a ring.
    var ringLines: UInt64?
    /// Nil without the kernel's log.
    var refusedByKernel: UInt64?
  }

  @inline(never)
  var losses: Losses {
    var losses = Losses(bytes: lostDiagnosticBytes)
    for file in files { losses.bytes &+= file.lostBytes }
    switch destination {
    case .ring(let ring) where Feature.ring.isBuilt: losses.ringLines = ring.lostLines
    case .kernel(let kernel) where Feature.kernelLog.isBuilt:
      losses.refusedByKernel = kernel.refused
    case .file, .nowhere, .ring, .kernel: break
    }
    return losses
  }

  /// In use or not.
  private var ring: RingBuffer? {
    if case .ring(let ring) = destination { ring } else { unusedRing }
  }

  /// Prepares for being this user: its owner can remove the ring, and the console stays open.
  func prepare(for user: UInt32) {
    if Feature.ring.isBuilt { ring?.setOwner(user) }
    console.hold()
  }

  /// Removes the ring from the system, as BusyBox does at the end.
  func remove() {
    if Feature.ring.isBuilt { ring?.remove() }
  }
}
