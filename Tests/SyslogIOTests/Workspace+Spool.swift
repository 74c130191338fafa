import Bytes
import SyslogIO

extension Workspace {
  /// The settings of a spool in this directory.
  func spool(_ name: String = "spool", size: Int = 64 * 1024) -> RemoteSettings.Spool {
    RemoteSettings.Spool(path: Text(of: file(name)), size: size, dailyLimit: 1 << 20)
  }
}
