import Bytes
import CPosix
import Features
import SelectedBackend
import SyslogCore
import SyslogIO
import TLSBackend

/// The command line, parsed by getopt_long(3).
final class Options {
  /// The most KB that BusyBox takes for a size: INT_MAX / 1024.
  private static var kilobytes: Int { 2_097_151 }
  /// KB of the ring without a size behind `-C`, as BusyBox is configured by itself.
  private static var defaultRing: Int { 16 }

  /// Whether a library supports what a remote asks of it; throws `.configuration` when it does not.
  typealias LibraryCheck = (RemoteSettings) throws(TLSError) -> Void

  enum Command {
    case run(DaemonSettings)
    /// `--check`: only look whether it could run.
    case check(DaemonSettings)
    case help
    case version
  }

  private let settings = DaemonSettings()
  /// What options before the first `-R` say: the default of every remote.
  private let defaults = RemoteOptions(RemoteSettings(), in: .commandLine)
  private var remotes: [RemoteOptions] = []
  private var outputFile: Text?
  /// In KB.
  private var ringSize: Int?
  private var usesKernelLog = false
  private var keepsLocalLog = false
  private var configurationPath: Text?
  private var requiresFIPS = false
  private var purpose = Purpose.run

  private enum Purpose {
    case run
    case check
    case help
    case version
  }

  /// `check` is asked about each remote; about those of rules again whenever they are read again.
  static func parse(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
    check: @escaping LibraryCheck
  ) throws(UsageError) -> Command {
    let options = Options()
    cposix_option_start()
    let letters = OptionTable.letters
    let names = unsafe OptionTable.names()
    defer { unsafe names.deallocate() }
    while true {
      let code = unsafe letters.withCString { unsafe getopt_long(count, arguments, $0, names, nil) }
      guard code != -1 else { break }
      guard let entry = OptionTable.entry(code: code) else {
        throw UsageError(unsafe refusal(code, arguments))
      }
      try options.apply(entry)
      switch options.purpose {
      case .help: return .help
      case .version: return .version
      case .run, .check: continue
      }
    }
    try unsafe refuseExtra(count, arguments)
    let settings = try options.finished(check)
    return options.purpose == .check ? .check(settings) : .run(settings)
  }

  /// As in BusyBox, every argument belongs to an option.
  private static func refuseExtra(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) throws(UsageError) {
    let index = Int(cposix_option_index())
    guard index < Int(count), let extra = unsafe arguments[index] else { return }
    throw UsageError(.unexpectedArgument(unsafe Text(cString: extra)))
  }

  /// What getopt_long did not understand.
  private static func refusal(
    _ code: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Sentence {
    let isMissing = code == Int32(UInt8(ascii: ":"))
    // Its number, when it knew the option; a letter, when it did not; or 0.
    let unknown = cposix_option_unknown()
    if let entry = OptionTable.entry(code: unknown) {
      return isMissing ? .valueMissing(entry.spelling) : .takesNoValue(entry.spelling)
    }
    if let letter = UInt8(exactly: unknown), letter.isPrintable {
      return .unknownOption("-" + Text([letter]))
    }
    guard let last = unsafe arguments[max(0, Int(cposix_option_index()) - 1)] else {
      return .unknownOption("")
    }
    return .unknownOption(unsafe Text(cString: last))
  }

  private func apply(_ entry: OptionEntry) throws(UsageError) {
    var text: Text = ""
    if let argument = unsafe cposix_option_argument() { text = unsafe Text(cString: argument) }
    let value = OptionValue(option: entry.spelling, text: text)
    if let feature = entry.feature, !entry.isBuilt {
      throw UsageError(.refused(option: value.option, .builtWithout(feature)))
    }
    switch entry.option {
    case .daemon(let option): try apply(option, value)
    case .remote(let option): try (remotes.last ?? defaults).apply(option, value)
    }
  }

  private func apply(
    _ option: DaemonOption, _ value: OptionValue
  ) throws(UsageError) {
    switch option {
    case .foreground: settings.detachment = .foreground
    case .severityLimit: settings.severityLimit = UInt8(try value.number(in: 1...8))
    case .shortLines: settings.style = .short
    case .ownTimestamps: settings.timestamps = .own
    case .localLog: keepsLocalLog = true
    case .rotationSize:
      settings.rotation.limit = try value.number(in: 0...Options.kilobytes) * 1024
    case .rotatedFiles: settings.rotation.kept = try value.number(in: 0...99)
    case .ringBuffer:
      let isGiven = !value.text.isEmpty
      ringSize = isGiven ? try value.number(in: 4...Options.kilobytes) : Options.defaultRing
    case .kernelLog: usesKernelLog = true
    case .dropDuplicates: settings.dropsRepeated = true
    // Accepted and ignored, as in BusyBox.
    case .mark: break
    case .fips: requiresFIPS = true
    case .hostname where Feature.formats.isBuilt: settings.hostname = try value.hostname()
    case .hostname: break
    case .logFile, .configuration, .logSocket, .pidFile, .state, .stats, .user:
      set(option, to: try value.path())
    case .noSandbox: settings.usesSandbox = false
    case .check: purpose = .check
    case .help: purpose = .help
    case .version: purpose = .version
    case .forward:
      let remote = RemoteOptions(defaults.settings, in: .commandLine)
      try remote.name(value)
      remotes.append(remote)
    }
  }

  private func set(_ option: DaemonOption, to path: Text) {
    switch option {
    case .logFile: outputFile = path
    case .configuration: configurationPath = path
    case .logSocket: settings.logSocket = path
    case .pidFile: settings.pidFile = path
    case .state: settings.stateFile = path
    case .stats: settings.statisticsFile = path
    case .user: settings.user = path
    default: break
    }
  }

  /// A spool belongs to one remote. One that both the command line and a rule name is one.
  private static func refuseSharedSpools(_ settings: DaemonSettings) throws(UsageError) {
    let remotes = settings.everyRemote
    for index in remotes.indices {
      guard let path = remotes[index].spool?.path else { continue }
      for other in 0..<index
      where remotes[other].spool?.path == path
        && (index < settings.remotes.count || !remotes[other].equals(remotes[index]))
      {
        throw UsageError(.sharedSpool(Option.remote(.spool).spelling, path))
      }
    }
  }

  /// What follows from all options together.
  private func finished(_ check: @escaping LibraryCheck) throws(UsageError) -> DaemonSettings {
    settings.requiresFIPS = requiresFIPS || alwaysRequiresFIPS
    // Wherever the option stands, it is meant for all.
    defaults.settings.trust.tls.requiresFIPS = settings.requiresFIPS
    for remote in remotes {
      remote.settings.trust.tls.requiresFIPS = settings.requiresFIPS
      let finished = try remote.finished(check)
      if Feature.failover.isBuilt, finished.delivery.takesOver {
        try remote.join(settings.remotes.last)
      } else {
        settings.remotes.append(finished)
      }
    }
    if Feature.failover.isBuilt, remotes.isEmpty, defaults.settings.delivery.takesOver {
      try defaults.join(nil)
    }
    if settings.detachment == .background { settings.keepFiles() }
    // As in BusyBox: with -R and without -L nothing is logged here.
    settings.isLocal = remotes.isEmpty || keepsLocalLog
    if Feature.kernelLog.isBuilt, usesKernelLog {
      settings.local = .kernel
    } else if Feature.ring.isBuilt, let ringSize {
      settings.local = .ring(bytes: ringSize * 1024)
    } else if let outputFile {
      settings.local = .file(outputFile)
    }
    if Feature.rules.isBuilt { try readRules(check) }
    if Feature.spool.isBuilt { try Options.refuseSharedSpools(settings) }
    return settings
  }

  private func readRules(_ check: @escaping LibraryCheck) throws(UsageError) {
    let file = ConfigurationFile(
      path: configurationPath, defaults: defaults.settings,
      isDetached: settings.detachment == .background, advises: purpose == .check, check: check)
    settings.configuration = try file.read()
    settings.configurationFile = file.path
    settings.readConfiguration = { () throws(Configuration.Refusal) in
      do throws(UsageError) {
        return try file.read()
      } catch {
        throw Configuration.Refusal(line: error.line)
      }
    }
  }
}
