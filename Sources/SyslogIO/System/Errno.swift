public import Bytes
internal import CPosix

/// An error number of the C library.
public struct Errno: Error, Equatable, Sendable {
  public let code: Int32

  public init(code: Int32) {
    self.code = code
  }

  /// The `errno` of the call that has just failed.
  static var last: Errno { Errno(code: cposix_errno()) }

  /// The system's description. The corresponding C function is `strerror`.
  public var description: Text {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe Text(cString: text)
  }

  /// Nothing to do now, something later.
  var isTryAgain: Bool { code == EAGAIN || code == EWOULDBLOCK || code == EINTR }
}
