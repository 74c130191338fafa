public import SyslogCore
public import TLSBackend

/// What the command line asks of the daemon as a whole. The defaults are BusyBox's.
public struct DaemonSettings: Sendable {
  /// What becomes of a message on this machine.
  public enum LocalLogging: Sendable {
    case file(Text)
    /// `-R` without `-L`: nothing is written here, not even the daemon's own start.
    case none
  }

  public enum Detachment: Sendable {
    /// `-n`
    case foreground
    /// After initialisation, so that its errors are seen.
    case background
  }

  public var local = LocalLogging.file("/var/log/messages")
  public var style = LocalLine.Style.full
  public var timestamps = LocalLine.Timestamps.client
  /// `-l`: only messages whose severity is below this number are written locally.
  public var severityLimit: UInt8 = 8
  public var logSocket: Text = "/dev/log"
  public var pidFile: Text = "/var/run/syslogd.pid"
  public var detachment = Detachment.background
  public var remotes: [RemoteSettings] = []
  /// What follows `syslogd started: `.
  public var version: Text = ""

  public init() {}
}
