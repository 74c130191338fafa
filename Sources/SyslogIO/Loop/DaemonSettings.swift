public import Bytes
internal import CPosix
internal import Features
public import SyslogCore

/// What the command line asks of the daemon as a whole. The defaults are BusyBox's.
///
/// A class, as `RemoteSettings` is; nobody changes it once the daemon is open.
public final class DaemonSettings {
  /// Where messages go on this machine that no rule of the configuration sends elsewhere.
  public enum LocalLogging: Sendable {
    case file(Text)
    /// `-C`: a ring in shared memory of so many bytes, which `logread` reads.
    case ring(bytes: Int)
    /// `-K`: the kernel's own log, which the configuration and `-l` do not apply to.
    case kernel
  }

  public enum Detachment: Sendable {
    /// `-n`
    case foreground
    /// After initialisation, so that its errors are seen.
    case background
  }

  public var local = LocalLogging.file("/var/log/messages")
  /// False with `-R` and without `-L`: nothing is written here, not even the daemon's own start,
  /// and rules of the configuration that name files do nothing.
  public var isLocal = true
  /// `-s` and `-b`, for every file.
  public var rotation = LogFile.Rotation(limit: 200 * 1024, kept: 1)
  public var style = LocalLine.Style.full
  public var timestamps = LocalLine.Timestamps.client
  /// `-l`: only messages whose severity is below this number are written to `local`.
  public var severityLimit: UInt8 = 8
  /// `-D`: a datagram that equals the one before it is neither written nor forwarded.
  public var dropsRepeated = false
  public var logSocket: Text = "/dev/log"
  public var pidFile: Text = "/var/run/syslogd.pid"
  /// `--state`: what holds the newest time that is known (see `ClockFloor`).
  public var stateFile: Text?
  /// `--stats`: what the counters are written to, for Prometheus.
  public var statisticsFile: Text?
  /// `--user`: who the daemon is once everything is open.
  public var user: Text?
  /// `--hostname`: what remotes are told in the place of the system's name.
  public var hostname: Text?
  /// Without `--no-sandbox`; means something with `user` alone.
  public var usesSandbox = true
  /// `--fips`, for what is refused at the start; each remote has it in its own parameters.
  public var requiresFIPS = false
  public var detachment = Detachment.background
  /// The remotes of the command line, which get every message.
  public var remotes: [RemoteSettings] = []
  /// Where the configuration is read from again.
  public var configurationFile: Text?
  /// As it was at the start.
  public var configuration = Configuration()
  /// Reads the configuration again (SIGHUP).
  public var readConfiguration: () throws(Configuration.Refusal) -> Configuration = {
    () throws(Configuration.Refusal) in Configuration()
  }
  /// What follows `syslogd started: `.
  public var version: Text = ""

  public init() {}
}

extension DaemonSettings {
  /// What remotes are told of a host that has this name.
  func originator(_ name: [UInt8]) -> Originator {
    let told = hostname?.bytes ?? name
    return Originator(
      hostname: told.span, timestamps: timestamps, utcOffset: cposix_utc_offset)
  }

  /// What is opened again after the start.
  var files: DaemonFiles {
    var logs: [Text] = []
    if isLocal {
      logs = configuration.files
      if case .file(let path) = local { logs.append(path) }
    }
    if detachment == .background {
      // A relative one is below "/", as for BusyBox.
      for index in logs.indices where logs[index] != "-" {
        if logs[index].bytes.first != UInt8(ascii: "/") { logs[index] = "/" + logs[index] }
      }
    }
    return DaemonFiles(
      logs: logs, configuration: configurationFile, remotes: everyRemote, pidFile: pidFile,
      statistics: statisticsFile)
  }

  /// The remotes of the command line and those of the configuration as it was at the start, with
  /// those that take over from them.
  public var everyRemote: [RemoteSettings] {
    var all = remotes
    if Feature.rules.isBuilt {
      for remote in configuration.remotes { all.append(remote.settings) }
    }
    guard Feature.failover.isBuilt else { return all }
    // Behind the others, because nobody depends on the order.
    var index = 0
    while index < all.count {
      if let backup = all[index].backup { all.append(backup) }
      index += 1
    }
    return all
  }
}
