import CPosix
import SyslogCore
import SyslogIO
import TLSBackend

/// The command line, parsed by getopt_long(3) (shared/design/command-line.md).
struct Options {
  enum Command {
    case run(DaemonSettings)
    case help
    case version
  }

  private var settings = DaemonSettings()
  /// What options before the first `-R` say: the default of every remote.
  private var defaults = RemoteSettings()
  /// For each `-R`, the options behind it that mean nothing over UDP.
  private var optionsOfConnections: [[Int32]] = []
  private var outputFile: Text?
  private var keepsLocalLog = false

  /// Throws one line for the user.
  static func parse(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) throws(UsageError) -> Command {
    var options = Options()
    cposix_option_quiet()
    let table = unsafe LongOption.table()
    defer { unsafe table.deallocate() }
    let short = unsafe UnsafeRawPointer(LongOption.short.utf8Start)
      .assumingMemoryBound(to: CChar.self)
    while true {
      let code = unsafe getopt_long(count, arguments, short, table, nil)
      switch code {
      case -1:
        try unsafe refuseExtra(count, arguments)
        return .run(try options.finished())
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
      var remote = defaults
      (remote.host, remote.port) = try value.remote()
      settings.remotes.append(remote)
      optionsOfConnections.append([])
    } else if let last = settings.remotes.indices.last {
      if LongOption.meansNothingOverUDP(code) { optionsOfConnections[last].append(code) }
      try Options.apply(code, value, to: &settings.remotes[last])
    } else {
      try Options.apply(code, value, to: &defaults)
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
    // Accepted and ignored, as in BusyBox.
    case letter("m"): break
    case letter("p"): settings.logSocket = try value.path()
    case LongOption.pidFile: settings.pidFile = try value.path()
    case letter("s"), letter("b"), letter("C"), letter("D"), letter("f"), letter("K"):
      throw UsageError(line: "\(value.option): this option of BusyBox is not there yet")
    default: return false
    }
    return true
  }

  private static func apply(
    _ code: Int32, _ value: OptionValue, to remote: inout RemoteSettings
  ) throws(UsageError) {
    switch code {
    case letter("d"): remote.transport = .tls
    case letter("c"): remote.pins.append(try value.pin())
    case letter("I"): remote.source = try value.address()
    case LongOption.tlsMin:
      remote.tls.minimumVersion = try value.word([("1.2", .tls12), ("1.3", .tls13)])
    case LongOption.tlsCiphers: remote.tls.cipherSuites = try value.cipherSuites()
    case LongOption.tlsGroups: remote.tls.groups = try value.groups()
    case LongOption.framing:
      remote.framing = try value.word([("octet", .octetCounting), ("lf", .lineFeed)])
    case LongOption.format:
      remote.format = try value.word([("raw", .raw), ("3164", .rfc3164), ("5424", .rfc5424)])
    case LongOption.queue:
      remote.queueCapacity = try value.size(
        in: MessageQueue.minimumCapacity...512 * 1024 * 1024)
    case LongOption.retry: remote.retry = try value.retry()
    case LongOption.connectTimeout: remote.connectTimeout = try value.seconds()
    case LongOption.handshakeTimeout: remote.handshakeTimeout = try value.seconds()
    default: throw UsageError(line: "\(value.option): there is no such option (see --help)")
    }
  }

  /// What follows from all options together.
  private func finished() throws(UsageError) -> DaemonSettings {
    var settings = settings
    if settings.detachment == .background { settings.keepFiles() }
    // As in BusyBox: with -R and without -L nothing is logged here.
    let isLocal = settings.remotes.isEmpty || keepsLocalLog
    settings.local = isLocal ? .file(outputFile ?? "/var/log/messages") : .none
    for index in settings.remotes.indices {
      let remote = settings.remotes[index]
      if remote.transport == .udp {
        try Options.check(udp: remote, optionsOfConnections[index])
      }
      settings.remotes[index].tls.serverName = OptionValue.serverName(of: remote.host)
    }
    return settings
  }

  /// What was meant for a connection must not be lost with `-d`. Defaults may be meant for others,
  /// except a pin: whoever gives one wants nothing sent without it (C3).
  private static func check(
    udp remote: RemoteSettings, _ optionsOfConnections: [Int32]
  ) throws(UsageError) {
    if !remote.pins.isEmpty {
      throw UsageError(line: "-c: a pin needs TLS; add -d to -R \(remote.name)")
    }
    guard let code = optionsOfConnections.first else { return }
    throw UsageError(
      line: "\(LongOption.name(of: code)): it means nothing over UDP; "
        + "add -d to -R \(remote.name), or leave it out")
  }
}

/// The code that getopt_long has for a letter.
private func letter(_ character: Unicode.Scalar) -> Int32 {
  Int32(character.value)
}
