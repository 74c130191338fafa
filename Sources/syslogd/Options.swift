import Bytes
import CPosix
import SelectedBackend
import SyslogCore
import SyslogIO
import TLSBackend

/// The command line, parsed by getopt_long(3) as docs/syslogd.8 has it.
struct Options {
  /// The most KB that BusyBox takes for a size: INT_MAX / 1024.
  private static var kilobytes: Int { 2_097_151 }
  /// KB of the ring without a size behind `-C`, as BusyBox is configured by itself.
  private static var defaultRing: Int { 16 }

  enum Command {
    case run(DaemonSettings)
    /// `--check`: only look whether it could run.
    case check(DaemonSettings)
    case help
    case version
  }

  private var settings = DaemonSettings()
  /// What options before the first `-R` say: the default of every remote.
  private var defaults = RemoteOptions(RemoteSettings(), in: .commandLine)
  private var remotes: [RemoteOptions] = []
  private var outputFile: Text?
  /// In KB.
  private var ringSize: Int?
  private var usesKernelLog = false
  private var keepsLocalLog = false
  private var configurationPath: Text?
  private var onlyChecks = false
  private var requiresFIPS = false

  /// Throws one line for the user.
  static func parse(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) throws(UsageError) -> Command {
    var options = Options()
    cposix_option_quiet()
    let table = unsafe LongOption.table()
    defer { unsafe table.deallocate() }
    while true {
      let code = unsafe getopt_long(count, arguments, LongOption.short.cString, table, nil)
      switch code {
      case -1:
        try unsafe refuseExtra(count, arguments)
        let settings = try options.finished()
        return options.onlyChecks ? .check(settings) : .run(settings)
      case LongOption.help: return .help
      case LongOption.version: return .version
      case letter("?"), letter(":"): throw unsafe refusal(code, arguments)
      default: try options.apply(code)
      }
    }
  }

  /// As in BusyBox, every argument belongs to an option.
  private static func refuseExtra(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) throws(UsageError) {
    let index = Int(cposix_option_index())
    guard index < Int(count), let extra = unsafe arguments[index] else { return }
    throw UsageError(
      line: "unexpected argument '\(unsafe Text(cString: extra))': it belongs to no option "
        + "(see --help)")
  }

  /// What getopt_long did not understand.
  private static func refusal(
    _ code: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> UsageError {
    let option = cposix_option_unknown()
    var name: Text = ""
    if option > 32 && option < 127 {
      name = LongOption.name(of: option)
    } else if let last = unsafe arguments[max(0, Int(cposix_option_index()) - 1)] {
      name = unsafe Text(cString: last)
    }
    guard code == letter("?") else {
      return UsageError(line: "\(name): its value is missing (see --help)")
    }
    return UsageError(
      line: "\(name): there is no such option, or it takes no value (see --help)")
  }

  private mutating func apply(_ code: Int32) throws(UsageError) {
    var text: Text = ""
    if let argument = unsafe cposix_option_argument() { text = unsafe Text(cString: argument) }
    let value = OptionValue(option: LongOption.name(of: code), text: text)
    if try applyToDaemon(code, value) { return }
    if code == letter("R") {
      let remote = RemoteOptions(defaults.settings, in: .commandLine)
      try remote.name(value)
      remotes.append(remote)
    } else if let last = remotes.indices.last {
      try remotes[last].apply(code, value)
    } else {
      try defaults.apply(code, value)
    }
  }

  /// False when the option is one of a remote.
  private mutating func applyToDaemon(
    _ code: Int32, _ value: OptionValue
  ) throws(UsageError) -> Bool {
    switch code {
    case letter("n"): settings.detachment = .foreground
    case letter("O"): outputFile = try value.path()
    case letter("l"): settings.severityLimit = UInt8(try value.number(in: 1...8))
    case letter("S"): settings.style = .short
    case letter("t"): settings.timestamps = .own
    case letter("L"): keepsLocalLog = true
    case letter("s"): settings.rotation.limit = try value.number(in: 0...Options.kilobytes) * 1024
    case letter("b"): settings.rotation.kept = try value.number(in: 0...99)
    case letter("C"):
      let isGiven = !value.text.isEmpty
      ringSize = isGiven ? try value.number(in: 4...Options.kilobytes) : Options.defaultRing
    case letter("K"): usesKernelLog = true
    case letter("D"): settings.dropsRepeated = true
    case letter("f"): configurationPath = try value.path()
    // Accepted and ignored, as in BusyBox.
    case letter("m"): break
    case letter("p"): settings.logSocket = try value.path()
    case LongOption.pidFile: settings.pidFile = try value.path()
    case LongOption.check: onlyChecks = true
    case LongOption.fips: requiresFIPS = true
    case LongOption.state: settings.stateFile = try value.path()
    case LongOption.user: settings.user = try value.path()
    case LongOption.noSandbox: settings.usesSandbox = false
    default: return false
    }
    return true
  }

  /// What follows from all options together.
  private func finished() throws(UsageError) -> DaemonSettings {
    var settings = settings
    if requiresFIPS || alwaysRequiresFIPS {
      settings.requiresFIPS = true
      // Wherever the option stands, it is meant for all.
      for remote in remotes + [defaults] { remote.settings.tls.requiresFIPS = true }
    }
    for remote in remotes { settings.remotes.append(try remote.finished()) }
    if settings.detachment == .background { settings.keepFiles() }
    // As in BusyBox: with -R and without -L nothing is logged here.
    settings.isLocal = remotes.isEmpty || keepsLocalLog
    if usesKernelLog {
      settings.local = .kernel
    } else if let ringSize {
      settings.local = .ring(bytes: ringSize * 1024)
    } else if let outputFile {
      settings.local = .file(outputFile)
    }
    let file = ConfigurationFile(
      path: configurationPath, defaults: defaults.settings,
      isDetached: settings.detachment == .background)
    do throws(Configuration.Refusal) {
      settings.configuration = try file.read()
    } catch {
      throw UsageError(line: error.line)
    }
    settings.readConfiguration = { () throws(Configuration.Refusal) in try file.read() }
    return settings
  }
}

/// The code that getopt_long has for a letter.
private func letter(_ character: Unicode.Scalar) -> Int32 {
  Int32(character.value)
}
