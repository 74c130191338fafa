import Bytes
import CPosix
import Features
import SelectedBackend
import SyslogIO

// Names of files that are opened again and again become absolute: a daemon's working directory is
// "/", and a pin that was found at the start must be found ever after. The log file stays as it
// is, because for BusyBox a relative one is below "/".

extension DaemonSettings {
  func keepFiles() {
    let folder = workingDirectory()
    pidFile.makeAbsolute(in: folder)
    stateFile?.makeAbsolute(in: folder)
    if Feature.statistics.isBuilt { statisticsFile?.makeAbsolute(in: folder) }
    for remote in remotes {
      var next: RemoteSettings? = remote
      while let settings = next {
        settings.keepFiles(in: folder)
        next = settings.successor
      }
    }
  }
}

extension RemoteSettings {
  /// Nothing changes when `folder` is nil. To be called before they are in use.
  func keepFiles(in folder: Text?) {
    if Feature.spool.isBuilt { spool?.path.makeAbsolute(in: folder) }
    guard hasTLS else { return }
    for index in trust.pins.indices {
      guard case .file(var path) = trust.pins[index] else { continue }
      path.makeAbsolute(in: folder)
      trust.pins[index] = .file(path)
    }
    if Feature.chains.isBuilt {
      trust.authorities.makeAbsolute(in: folder)
      trust.revocationLists.makeAbsolute(in: folder)
    }
    guard Feature.clientCertificates.isBuilt else { return }
    trust.certificate?.makeAbsolute(in: folder)
    trust.key?.makeAbsolute(in: folder)
  }
}

extension [Text] {
  @inline(never)
  fileprivate mutating func makeAbsolute(in folder: Text?) {
    for index in indices { self[index].makeAbsolute(in: folder) }
  }
}

extension Text {
  @inline(never)
  mutating func makeAbsolute(in folder: Text?) {
    guard let folder, bytes.first != UInt8(ascii: "/") else { return }
    self = "\(folder)/\(self)"
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
