import CPosix
import SyslogIO
import TLSBackend

/// The version of this program.
let programVersion: StaticString = "0.1.0"

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
      case .version: write("syslogd \(versionWords())\n", to: STDOUT_FILENO)
      case .run(let settings): try run(settings)
      }
      return 0
    } catch {
      write("syslogd: \(error.line)\n", to: STDERR_FILENO)
      return 1
    }
  }

  /// The program's version, the library's, and how it was compiled.
  private static func versionWords() -> Text {
    let backend = TLS.capabilities
    var words: Text = "\(programVersion) (\(backend.library)"
    if !backend.version.isEmpty { words += " \(backend.version)" }
    // Said because the two builds differ in size and in what they need at run time.
    #if hasFeature(Embedded)
      words += ", embedded"
    #endif
    return words + ")"
  }

  /// Checks what can be checked before anything is opened, then serves until a signal comes.
  private static func run(_ settings: DaemonSettings) throws(UsageError) {
    var settings = settings
    settings.version = "syslogd v\(versionWords())"
    for remote in settings.remotes where remote.transport == .tls {
      do throws(TLSError) {
        _ = try TLS.Context(remote.tls)
      } catch {
        // What a library does not have is said of the option that asks for it.
        let option: Text = error.reason.bytes.first == UInt8(ascii: "-") ? "" : "-d: "
        throw UsageError(line: "-R \(remote.name) \(option)\(error.reason)")
      }
    }
    let daemon: Daemon<TLS>
    do throws(Errno) {
      daemon = try Daemon<TLS>.open(settings)
    } catch {
      throw UsageError(
        line: "-p: cannot open the log socket '\(settings.logSocket)': \(error.words)")
    }
    do throws(Errno) {
      try daemon.run()
    } catch {
      throw UsageError(line: "cannot run in the background: \(error.words)")
    }
  }

  private static func write(_ text: Text, to descriptor: Int32) {
    _ = unsafe text.bytes.withUnsafeBytes { bytes in
      unsafe CPosix.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }
}
