import Bytes
import CPosix
import SyslogIO

@testable import syslogd

// Without Foundation, which brings Glibc, which CPosix does not go with.

/// A file of the working copy.
func content(of path: String) throws -> String {
  let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
  let file = root.joined(separator: "/") + "/" + path
  return String(
    decoding: try readFile(Text(Array(file.utf8)), limit: 1024 * 1024), as: UTF8.self)
}

/// A file that a test writes, and that goes with it.
struct TestFile: ~Copyable {
  let path = "/tmp/syslogd-options-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"

  init(_ text: String) { write(text) }

  deinit { unlink(path) }

  /// Replaces what is there.
  func write(_ text: String) {
    let descriptor = cposix_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "a file below /tmp")
    _ = writeFully(Array(text.utf8).span, to: descriptor)
    close(descriptor)
  }
}
