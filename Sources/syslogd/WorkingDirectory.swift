import CPosix
import SyslogIO
import TLSBackend

extension DaemonSettings {
  /// Makes the names of files that are opened again and again absolute: a daemon's working
  /// directory is "/", and a pin that was found at the start must be found ever after. The log
  /// file stays as it is, because for BusyBox a relative one is below "/".
  mutating func keepFiles() {
    guard let here = workingDirectory() else { return }
    pidFile = absolute(pidFile, in: here)
    for index in remotes.indices {
      remotes[index].pins = remotes[index].pins.map { pin in
        switch pin {
        case .file(let path): .file(absolute(path, in: here))
        case .literal: pin
        }
      }
    }
  }

  private func absolute(_ path: Text, in folder: Text) -> Text {
    path.bytes.first == UInt8(ascii: "/") ? path : "\(folder)/\(path)"
  }

  /// The corresponding C function is `getcwd`.
  private func workingDirectory() -> Text? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress, unsafe getcwd(start, buffer.count) != nil else {
        return nil
      }
      return unsafe Text(cString: start)
    }
  }
}
