internal import CPosix

/// The signals that the daemon acts on, read as data instead of interrupting it.
final class Signals {
  enum Signal {
    /// SIGTERM or SIGINT: exit, by this signal.
    case exit(Int32)
    /// SIGHUP: open the files and read the configuration again.
    case reload
    /// SIGUSR1: log the counters.
    case report
  }

  private let source: FileDescriptor

  var descriptor: Int32 { source.rawValue }

  /// From here on the signals are held back for `next`.
  init() throws(Errno) {
    var mask = sigset_t()
    unsafe sigemptyset(&mask)
    for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] { unsafe sigaddset(&mask, signal) }
    // A log that is a FIFO, or standard output, may lose its reader: that is an errno, not the end.
    // Nor is a file that has become as large as it may.
    for signal in [SIGPIPE, SIGXFSZ] { unsafe sigaddset(&mask, signal) }
    unsafe sigprocmask(SIG_BLOCK, &mask, nil)
    for signal in [SIGPIPE, SIGXFSZ] { unsafe sigdelset(&mask, signal) }
    source = try FileDescriptor.checked(
      unsafe signalfd(-1, &mask, CPOSIX_SFD_NONBLOCK | CPOSIX_SFD_CLOEXEC))
  }

  /// The next signal that has arrived.
  func next() -> Signal? {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    guard unsafe read(descriptor, &information, size) == size else { return nil }
    switch Int32(information.ssi_signo) {
    case SIGHUP: return .reload
    case SIGUSR1: return .report
    case let signal: return .exit(signal)
    }
  }

  /// Ends the process by `signal`, as BusyBox does, so that a parent sees why it ended.
  func die(by signal: Int32) {
    var mask = sigset_t()
    unsafe sigemptyset(&mask)
    unsafe sigaddset(&mask, signal)
    unsafe sigprocmask(SIG_UNBLOCK, &mask, nil)
    raise(signal)
  }
}
