import Bytes
import CPosix
import SyslogIO
import TLSBackend

/// The command line, parsed by getopt_long(3). The options may stand before, between or behind the
/// command and its argument.
struct ToolOptions {
  enum Command {
    case keygen(KeygenRequest)
    case fingerprint(Text)
    case pin(Text)
    case fetch(RemoteSettings, into: Text?)
    case help
    case version
  }

  let command: Command

  private static let long: [(StaticString, Int32, Int32)] = [
    ("cert", required_argument, 256),
    ("key", required_argument, 257),
    ("name", required_argument, 258),
    ("days", required_argument, 259),
    ("rsa", no_argument, 260),
    ("out", required_argument, 261),
    ("help", no_argument, 262),
    ("version", no_argument, 263),
  ]

  fileprivate struct Given {
    var certificate: Text?
    var key: Text?
    var out: Text?
    var names: [PeerName] = []
    var days: Int?
    var kind = IdentityRequest.Kind.ecdsaP256
    var wantsHelp = false
    var wantsVersion = false
    /// Whether an option of `keygen` is among them.
    var isKeygen = false
  }

  /// Throws one line for the user.
  static func parse(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) throws(TLSError) -> ToolOptions {
    let given = try unsafe options(count, arguments)
    if given.wantsHelp { return ToolOptions(command: .help) }
    if given.wantsVersion { return ToolOptions(command: .version) }
    var words: [Text] = []
    for index in Int(cposix_option_index())..<max(Int(count), Int(cposix_option_index())) {
      if let word = unsafe arguments[index] { words.append(unsafe Text(cString: word)) }
    }
    guard let name = words.first else {
      throw refused("a command is missing: keygen, fingerprint, pin or fetch")
    }
    let rest = Array(words.dropFirst())
    switch name {
    case "keygen": return ToolOptions(command: .keygen(try keygen(given, rest)))
    case "fingerprint":
      return ToolOptions(command: .fingerprint(try argument(of: name, "FILE", rest, given)))
    case "pin": return ToolOptions(command: .pin(try argument(of: name, "FILE", rest, given)))
    case "fetch":
      var others = given
      others.out = nil
      let place = try argument(of: name, "HOST:PORT", rest, others)
      return ToolOptions(command: .fetch(try remote(place), into: given.out))
    default:
      throw refused("'\(name)' is no command; they are keygen, fingerprint, pin and fetch")
    }
  }

  private static func refused(_ what: Text) -> TLSError {
    TLSError(.configuration, "\(what) (see --help)")
  }

  private static func keygen(
    _ given: Given, _ rest: [Text]
  ) throws(TLSError) -> KeygenRequest {
    guard let certificate = given.certificate, let key = given.key else {
      throw refused("keygen: it needs --cert FILE and --key FILE")
    }
    guard rest.isEmpty, given.out == nil else { throw refused("keygen: it has only options") }
    return KeygenRequest(
      certificatePath: certificate, keyPath: key, names: given.names, days: given.days ?? 3650,
      kind: given.kind)
  }

  /// The one argument of a command without options.
  private static func argument(
    of command: Text, _ what: StaticString, _ rest: [Text], _ given: Given
  ) throws(TLSError) -> Text {
    guard rest.count == 1, let argument = rest.first, !argument.isEmpty else {
      throw refused("\(command): it needs one \(what)")
    }
    guard !given.isKeygen, given.out == nil else {
      throw refused("\(command): an option of another command was given")
    }
    return argument
  }
}

// MARK: Options

extension ToolOptions {
  private static func options(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) throws(TLSError) -> Given {
    cposix_option_quiet()
    let table = UnsafeMutablePointer<option>.allocate(capacity: long.count + 1)
    defer { unsafe table.deallocate() }
    for (index, (name, argument, code)) in long.enumerated() {
      unsafe (table + index).initialize(
        to: option(name: name.cString, has_arg: argument, flag: nil, val: code))
    }
    unsafe (table + long.count).initialize(to: option())
    var given = Given()
    while true {
      // The colon makes a missing value an answer of its own.
      let code = unsafe getopt_long(count, arguments, (":" as StaticString).cString, table, nil)
      guard code != -1 else { return given }
      var value: Text = ""
      if let text = unsafe cposix_option_argument() { value = unsafe Text(cString: text) }
      guard code >= 256 else {
        let last = unsafe arguments[max(0, Int(cposix_option_index()) - 1)]
        let name = unsafe last.map { unsafe Text(cString: $0) } ?? ""
        throw refused("\(name): there is no such option, or its value is missing or too many")
      }
      try given.apply(code, value)
    }
  }
}

extension ToolOptions.Given {
  fileprivate mutating func apply(_ code: Int32, _ value: Text) throws(TLSError) {
    if (256...260).contains(code) { isKeygen = true }
    switch code {
    case 256: certificate = value
    case 257: key = value
    case 258: names.append(try ToolOptions.name(value))
    case 259: days = try ToolOptions.days(value)
    case 260: kind = .rsa
    case 261: out = value
    case 262: wantsHelp = true
    default: wantsVersion = true
    }
  }
}

// MARK: Values

extension ToolOptions {
  fileprivate static func name(_ text: Text) throws(TLSError) -> PeerName {
    if let address = SocketAddress(literal: text, port: 0) { return .address(address.bytes) }
    guard let name = PeerName(host: text.bytes.span) else {
      throw refused("--name: '\(text)' is neither a host name nor an address")
    }
    return name
  }

  fileprivate static func days(_ text: Text) throws(TLSError) -> Int {
    guard let days = Decimal.parse(text.bytes[...]), (1...36_500).contains(days) else {
      throw refused("--days: number \(text) is not in 1..36500 range")
    }
    return days
  }

  /// `HOST[:PORT]`, as behind `-R`.
  fileprivate static func remote(_ text: Text) throws(TLSError) -> RemoteSettings {
    guard let remote = HostPort(text, isAddress: SocketAddress.isLiteral) else {
      throw refused("fetch: '\(text)' is not HOST[:PORT] with a port in 1..65535")
    }
    let settings = RemoteSettings()
    settings.transport = .tls
    settings.host = remote.host
    settings.port = remote.port
    settings.tls.serverName = HostPort.serverName(
      of: remote.host, isAddress: SocketAddress.isLiteral)
    return settings
  }
}
