import Bytes
import CPosix
import SyslogIO
import TLSBackend

@testable import syslogd

/// getopt_long keeps its place in variables of the process: one command line at a time.
private let getopt = Lock()

/// A mutex; the one of the Synchronization module brings Glibc, which CPosix does not go with.
private final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() { pthread_mutex_init(mutex, nil) }

  func hold<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// What a command line means, without the program's name in front.
///
/// `check`: what the library supports; everything, unless a test is about that.
func parse(
  _ arguments: [String], check: @escaping Options.LibraryCheck = { _ in }
) -> Result<Options.Command, UsageError> {
  withArguments(arguments) { count, pointers in
    getopt.hold {
      do throws(UsageError) {
        return .success(try Options.parse(count, pointers, check: check))
      } catch {
        return .failure(error)
      }
    }
  }
}

/// Calls `body` with what a C program's main gets; the last pointer is nil.
func withArguments<Result>(
  _ arguments: [String],
  _ body: (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = (["syslogd"] + arguments).map { strdup($0) } + [nil]
  // getopt_long moves the pointers around.
  let copies = pointers
  defer { for copy in copies { free(copy) } }
  return pointers.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("there is a name") }
    return body(Int32(buffer.count - 1), start)
  }
}

/// The settings of a command line that is accepted and is neither --help nor --version.
func settings(_ arguments: [String]) throws -> DaemonSettings {
  switch try parse(arguments).get() {
  case .run(let settings): return settings
  case .check, .help, .version: throw DoesNotRun()
  }
}

struct DoesNotRun: Error {}

/// What is said of a command line that is refused; nil when it is accepted.
func refusal(
  _ arguments: [String], check: @escaping Options.LibraryCheck = { _ in }
) -> Sentence? {
  switch parse(arguments, check: check) {
  case .success: nil
  case .failure(let error): error.sentence
  }
}

extension OptionValue {
  /// Of a value that a test made.
  init(_ option: Text, _ value: String) {
    self.init(option: option, text: Text(Array(value.utf8)))
  }
}

extension Text {
  /// For what a test compares and prints.
  var words: String { String(decoding: bytes, as: UTF8.self) }
}
