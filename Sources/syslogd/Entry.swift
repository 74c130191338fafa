import Bytes
import CPosix
import Features
import SelectedBackend
import SyslogIO
import SyslogTLS
import TLSBackend

/// The program's entry: SwiftPM gives `main` this name.
@c(syslogd_main)
public func main(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  if isMulticall, unsafe isCalledSyslogTLS(arguments) { return unsafe syslogTLS(count, arguments) }
  return unsafe Program<SelectedBackend>.main(count, arguments)
}

/// The program, generic over the TLS library that it was built with.
enum Program<TLS: TLSBackend & ~Copyable> {
  /// Returns the exit status.
  static func main(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Int32 {
    cposix_open_standard()
    cposix_tune_heap()
    do throws(UsageError) {
      let command = try unsafe Options.parse(count, arguments) { (remote) throws(TLSError) in
        try checkSupport(remote)
      }
      switch command {
      case .help: write(Usage.text(TLS.available), to: STDOUT_FILENO)
      case .version: write("syslogd \(ProgramVersion.words(TLS.capabilities))\n", to: STDOUT_FILENO)
      case .run(let settings): try run(settings)
      case .check(let settings): return Feature.check.isBuilt && check(settings) ? 0 : 1
      }
      return 0
    } catch {
      write("syslogd: \(error.line)\n", to: STDERR_FILENO)
      return 1
    }
  }

  /// Checks what can be checked before anything is opened, then serves until a signal comes.
  private static func run(_ settings: DaemonSettings) throws(UsageError) {
    settings.version = "syslogd v\(ProgramVersion.words(TLS.capabilities))"
    guard !Feature.fipsMode.isBuilt || !settings.requiresFIPS || TLS.capabilities.hasFIPS else {
      throw UsageError(
        .refused(
          option: Option.daemon(.fips).spelling, .noFIPSModule(in: Text(TLS.capabilities.library))))
    }
    do throws(StartFailure) {
      let daemon = try Daemon<TLS>.open(settings)
      try daemon.run()
    } catch {
      throw UsageError(.cannotStart(error))
    }
  }

  /// What the library does not support is said at the start, and of the option that asks for it.
  static func checkSupport(_ remote: RemoteSettings) throws(TLSError) {
    // Without a FIPS module the program as a whole is refused.
    guard remote.destination.transport == .tls,
      !Feature.fipsMode.isBuilt || !remote.trust.tls.requiresFIPS || TLS.capabilities.hasFIPS
    else {
      return
    }
    // A module that is missing now may be there later: that remote alone fails closed. Nor is
    // there another context to try: on a machine for FIPS, that one would lack X25519.
    if !TLS.isPresent || !Feature.fipsMode.isBuilt || !remote.trust.tls.requiresFIPS {
      _ = try TLS.Context(remote.trust.tls)
    }
    _ = try TLSOffer(remote.trust.tls, by: TLS.capabilities)
  }

  /// Prints what was understood and what is wrong. The options and the configuration have been
  /// read, or it would not have come to this.
  private static func check(_ settings: DaemonSettings) -> Bool {
    let configuration = settings.configuration
    write("\(Sentence.summary(configuration))\n", to: STDOUT_FILENO)
    let report = CheckReport { write($0, to: STDOUT_FILENO) }
    var isSound = true
    for remote in settings.everyRemote {
      let isReachable = RemoteCheck<TLS>.report(
        on: remote, stateFile: settings.stateFile, to: report)
      if !isReachable { isSound = false }
    }
    return isSound
  }

  private static func write(_ text: Text, to descriptor: Int32) {
    _ = writeFully(text.bytes.span, to: descriptor)
  }
}
