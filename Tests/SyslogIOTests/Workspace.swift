import Bytes
import CPosix
import TLSBackend

/// A directory of a test's own, gone with it.
final class Workspace {
  let path: String
  private var names: [String] = []

  init() throws {
    var template = Array("/tmp/syslogio.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Unexpected("mkdtemp: \(errorWords())") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names.reversed() where unlink("\(path)/\(name)") != 0 { rmdir("\(path)/\(name)") }
    rmdir(path)
  }

  /// The path of a file in the directory, removed with it.
  func file(_ name: String) -> String {
    if !names.contains(name) { names.append(name) }
    return "\(path)/\(name)"
  }

  /// A file with this content, in place of what was there.
  @discardableResult
  func write(_ content: String, to name: String) throws -> String {
    let path = file(name)
    let descriptor = cposix_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Unexpected("\(path): \(errorWords())") }
    defer { close(descriptor) }
    let bytes = Array(content.utf8)
    guard CPosix.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Unexpected("\(path): \(errorWords())")
    }
    return path
  }

  /// What is in the file; nil when there is none.
  func content(of name: String) -> String? {
    let descriptor = cposix_open(file(name), O_RDONLY, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

/// Why a test could not even begin.
struct Unexpected: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

func errorWords() -> String { String(cString: strerror(cposix_errno())) }

/// Ends the child of an exit test: with success when all checks hold, else with the number of the
/// first that does not.
func leave(_ checks: [Bool]) -> Never {
  exit(Int32((checks.firstIndex(of: false) ?? -1) + 1))
}

/// Waits for what another thread or the kernel is about to do; false after ten seconds.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<10_000 {
    if condition() { return true }
    poll(nil, 0, 1)
  }
  return condition()
}

extension Text {
  init(of string: String) {
    self.init(Array(string.utf8))
  }

  /// For what a test compares and prints.
  var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension Sentence {
  var string: String { text.string }
}
