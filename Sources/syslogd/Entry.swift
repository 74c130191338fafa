import Bytes
import CPosix
import SelectedBackend
import SyslogIO
import TLSBackend

/// The program's entry: SwiftPM gives `main` this name.
@c(syslogd_main)
public func main(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  unsafe Program<SelectedBackend>.main(count, arguments)
}

/// The program, generic over the TLS library that it was built with.
enum Program<TLS: TLSBackend & ~Copyable> {
  /// Returns the exit status.
  static func main(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Int32 {
    do throws(UsageError) {
      switch try unsafe Options.parse(count, arguments) {
      case .help:
        write("\(Usage.text)\(Usage.names(TLS.capabilities))", to: STDOUT_FILENO)
      case .version: write("syslogd \(ProgramVersion.words(TLS.capabilities))\n", to: STDOUT_FILENO)
      case .run(let settings): try run(settings)
      case .check(let settings): return check(settings) ? 0 : 1
      }
      return 0
    } catch {
      write("syslogd: \(error.line)\n", to: STDERR_FILENO)
      return 1
    }
  }

  /// Checks what can be checked before anything is opened, then serves until a signal comes.
  private static func run(_ settings: DaemonSettings) throws(UsageError) {
    var settings = settings
    settings.version = "syslogd v\(ProgramVersion.words(TLS.capabilities))"
    try refuseWhatCannotBe(settings)
    let daemon: Daemon<TLS>
    do throws(StartFailure) {
      daemon = try Daemon<TLS>.open(settings)
    } catch {
      throw UsageError(line: error.line)
    }
    do throws(StartFailure) {
      try daemon.run()
    } catch {
      throw UsageError(line: error.line)
    }
  }

  /// What the library does not have is said at the start, and of the option that asks for it.
  private static func refuseWhatCannotBe(_ settings: DaemonSettings) throws(UsageError) {
    guard !settings.requiresFIPS || TLS.capabilities.hasFIPS else {
      throw UsageError(
        line: "--fips: there is no FIPS module for this build (\(TLS.capabilities.library))")
    }
    let configured = settings.configuration.remotes.map { $0.settings }
    for remote in settings.remotes + configured where remote.transport == .tls {
      do throws(TLSError) {
        // A module that is missing now may be there later: that remote alone fails closed. Nor is
        // there another context to try: on a machine for FIPS, that one would lack X25519.
        if !remote.tls.requiresFIPS { _ = try TLS.Context(remote.tls) }
        _ = try TLSOffer(remote.tls, by: TLS.capabilities)
      } catch {
        throw UsageError(line: "-R \(remote.name): \(error.description)")
      }
    }
  }

  /// Prints what was understood and what is wrong. The options and the configuration have been
  /// read, or it would not have come to this.
  private static func check(_ settings: DaemonSettings) -> Bool {
    let configuration = settings.configuration
    write(
      "configuration: rules \(configuration.rules.count), files \(configuration.files.count), "
        + "remotes \(configuration.remotes.count)\n", to: STDOUT_FILENO)
    var isSound = true
    for remote in settings.remotes + configuration.remotes.map({ $0.settings }) {
      let isReachable = RemoteCheck<TLS>.report(on: remote, stateFile: settings.stateFile) {
        write($0, to: STDOUT_FILENO)
      }
      if !isReachable { isSound = false }
    }
    return isSound
  }

  private static func write(_ text: Text, to descriptor: Int32) {
    _ = unsafe text.bytes.withUnsafeBytes { bytes in
      unsafe CPosix.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }
}
