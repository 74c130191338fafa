import COpenSSL
import CPosix
import TLSBackend

/// That no key of a session is written down, even where the environment asks for it: what
/// SSLKEYLOGFILE names would let anybody read the logs on the wire.
///
/// To be kept in a process of its own, in which the library has not been used before, and which was
/// started after `askForKeyLog()`.
public func promiseNoKeyLog<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) throws {
  guard let path = getenv("SSLKEYLOGFILE") else {
    throw BrokenPromise("SSLKEYLOGFILE is not set", #fileID, #line)
  }
  for version in versions(TLS.self) {
    var meeting = try Meeting<TLS>(server: .only(version))
    _ = try meeting.handshake()
    try meeting.send([1])
  }
  var status = stat()
  let isThere = stat(path, &status) == 0
  try expect(!isThere || status.st_size == 0, "\(status.st_size) bytes of keys are written down")
}

/// Asks the libraries of processes started from here to write the keys of their sessions down.
public func askForKeyLog() {
  setenv("SSLKEYLOGFILE", "/tmp/syslogd-keylog-\(getpid())", 1)
}
