import Bytes
import CPosix
import SyslogIO
import TLSBackend

/// A file that was not there before: nothing is ever written over, and what is not kept in the end
/// is removed again.
struct NewFile: ~Copyable {
  private let path: Text
  private let descriptor: FileDescriptor
  private var isKept = false

  /// Throws `.configuration`, also when the file is there already.
  init(_ path: Text, mode: mode_t) throws(TLSError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let number = unsafe path.withCString { unsafe cposix_open($0, flags, mode) }
    guard number >= 0 else { throw NewFile.refusal(path) }
    self.path = path
    descriptor = FileDescriptor(owning: number)
  }

  deinit {
    if !isKept { _ = unsafe path.withCString { unsafe unlink($0) } }
  }

  func write(_ text: Text) throws(TLSError) {
    guard writeFully(text.bytes.span, to: descriptor.rawValue) == text.bytes.count,
      fsync(descriptor.rawValue) == 0
    else { throw NewFile.refusal(path) }
  }

  mutating func keep() { isKept = true }

  private static func refusal(_ path: Text) -> TLSError {
    TLSError(.configuration, .failed(path, Errno(code: cposix_errno()).description))
  }
}
