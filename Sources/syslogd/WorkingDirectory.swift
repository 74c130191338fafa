import Bytes
import CPosix
import Features
import SelectedBackend
import SyslogIO

// Names of files that are opened again and again become absolute: a daemon's working directory is
// "/", and a pin that was found at the start must be found ever after. The log file stays as it
// is, because for BusyBox a relative one is below "/".

extension DaemonSettings {
  mutating func keepFiles() {
    let folder = workingDirectory()
    pidFile = pidFile.absolute(in: folder)
    stateFile = stateFile?.absolute(in: folder)
    remotes = remotes.map { $0.withAbsoluteFiles(in: folder) }
  }
}

extension RemoteSettings {
  /// Nothing changes when `folder` is nil.
  func withAbsoluteFiles(in folder: Text?) -> RemoteSettings {
    guard hasTLS else { return self }
    let remote = copy()
    remote.trust.pins = trust.pins.map { pin in
      switch pin {
      case .file(let path): .file(path.absolute(in: folder))
      case .literal: pin
      }
    }
    if Feature.chains.isBuilt {
      remote.trust.authorities = trust.authorities.map { $0.absolute(in: folder) }
      remote.trust.revocationLists = trust.revocationLists.map { $0.absolute(in: folder) }
    }
    guard Feature.clientCertificates.isBuilt else { return remote }
    remote.trust.certificate = trust.certificate?.absolute(in: folder)
    remote.trust.key = trust.key?.absolute(in: folder)
    return remote
  }
}

extension Text {
  func absolute(in folder: Text?) -> Text {
    guard let folder, bytes.first != UInt8(ascii: "/") else { return self }
    return "\(folder)/\(self)"
  }
}

/// The corresponding C function is `getcwd`.
func workingDirectory() -> Text? {
  unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
    guard let start = buffer.baseAddress, unsafe getcwd(start, buffer.count) != nil else {
      return nil
    }
    return unsafe Text(cString: start)
  }
}
