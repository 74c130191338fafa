import CMalloc
import CPosix
import TLSBackend

/// What became of every promise of one backend in this process, for `make matrix`.
///
/// Written to `build/conformance/<library>-<version>.json` when the last promise has been tried,
/// so that a filtered run leaves the record of a whole one alone.
public final class ConformanceRecord: @unchecked Sendable {
  private let library: String
  private let version: String
  private let promises: [Promise]
  private let omissions: [Omission]
  /// Guards `results`: tests run in parallel, and Synchronization would bring Glibc's module.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private var results: [String: String?] = [:]

  public init<TLS: TLSBackend & ~Copyable & SendableMetatype>(of backend: TLS.Type) {
    library = "\(backend.capabilities.library)"
    version = backend.capabilities.version.words
    promises = Promise.all(of: backend)
    omissions = Promise.omitted(of: backend)
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// Keeps the promise, notes how that went, and throws a `BrokenPromise` of its own.
  public func keep(_ promise: Promise) throws {
    var failure: String?
    do {
      try promise.keep()
    } catch let error as TLSError {
      failure = "\(error.kind): \(error.reason.words)"
    } catch {
      failure = "\(error)"
    }
    pthread_mutex_lock(lock)
    results[promise.description] = .some(failure)
    let text = results.count == promises.count ? json(results) : nil
    pthread_mutex_unlock(lock)
    if let text { try write(text) }
    if let failure { throw BrokenPromise(failure) }
  }

  private func json(_ results: [String: String?]) -> String {
    let tried = promises.map { promise -> String in
      let words = results[promise.description].flatMap { $0 }
      return line(promise.description, words == nil ? "kept" : "broken", words)
    }
    let lines = tried + omissions.map { line($0.promise, "omitted", $0.reason) }
    return """
      {"library": \(quoted(library)), "version": \(quoted(version)), "promises": [
      \(lines.joined(separator: ",\n"))
      ]}

      """
  }

  private func line(_ promise: String, _ result: String, _ reason: String?) -> String {
    let end = reason.map { ", \"reason\": \(quoted($0))" } ?? ""
    return "  {\"promise\": \(quoted(promise)), \"result\": \"\(result)\"\(end)}"
  }

  private func quoted(_ text: String) -> String {
    let escaped = text.map { character in
      switch character {
      case "\"", "\\": "\\\(character)"
      case _ where character.isNewline: "\\n"
      default: String(character)
      }
    }
    return "\"" + escaped.joined() + "\""
  }

  /// Whole or not at all: somebody may read it meanwhile.
  private func write(_ text: String) throws {
    let folder = packageFolder + "/build/conformance"
    mkdir(packageFolder + "/build", 0o777)
    mkdir(folder, 0o777)
    let dashed = String(library.map { $0 == " " ? "-" : $0 })
    let path = "\(folder)/\(dashed)-\(version).json"
    guard let file = fopen(path + ".new", "w") else {
      throw BrokenPromise("\(path).new cannot be written", #fileID, #line)
    }
    let count = fwrite(text, 1, text.utf8.count, file)
    let isClosed = fclose(file) == 0
    try expect(count == text.utf8.count && isClosed, "\(path).new cannot be written")
    try expect(rename(path + ".new", path) == 0, "\(path) cannot be replaced")
  }
}
