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
      throw refused(.commandMissing)
    }
    let rest = Array(words.dropFirst())
    switch name {
    case "keygen": return ToolOptions(command: .keygen(try keygen(given, rest)))
    case "fingerprint":
      return ToolOptions(command: .fingerprint(try argument(of: name, "FILE", rest, given)))
    case "pin": return ToolOptions(command: .pin(try argument(of: name, "FILE", rest, given)))
    case "fetch":
      let place = try argument(of: name, "HOST:PORT", rest, given)
      return ToolOptions(command: .fetch(try remote(place), into: given.out))
    default:
      throw refused(.unknownCommand(name))
    }
  }

  private static func refused(_ sentence: Sentence) -> TLSError {
    TLSError(.configuration, sentence)
  }

  private static func keygen(
    _ given: Given, _ rest: [Text]
  ) throws(TLSError) -> KeygenRequest {
    guard let certificate = given.certificate, let key = given.key else {
      throw refused(.keygenNeedsFiles)
    }
    guard rest.isEmpty, given.out == nil else { throw refused(.keygenHasOnlyOptions) }
    return KeygenRequest(
      certificatePath: certificate, keyPath: key, names: given.names, days: given.days ?? 3650,
      kind: given.kind)
  }

  /// The one argument of a command that has no option, but for `--out` of `fetch`.
  private static func argument(
    of command: Text, _ what: Literal, _ rest: [Text], _ given: Given
  ) throws(TLSError) -> Text {
    guard rest.count == 1, let argument = rest.first, !argument.isEmpty else {
      throw refused(.needsOne(what, command))
    }
    guard !given.isKeygen, given.out == nil || command == "fetch" else {
      throw refused(.optionOfAnotherCommand(command))
    }
    return argument
  }
}

// MARK: Options

extension ToolOptions {
  private static func options(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) throws(TLSError) -> Given {
    cposix_option_start()
    let table = unsafe ToolOption.table()
    defer { unsafe table.deallocate() }
    var given = Given()
    while true {
      // The colon makes a missing value an answer of its own.
      let code = unsafe getopt_long(count, arguments, (":" as Literal).cString, table, nil)
      guard code != -1 else { return given }
      guard let option = ToolOption(rawValue: code) else {
        throw refused(unsafe refusal(code, arguments))
      }
      var value: Text = ""
      if let text = unsafe cposix_option_argument() { value = unsafe Text(cString: text) }
      try given.apply(option, value)
    }
  }

  /// What getopt_long did not understand.
  private static func refusal(
    _ code: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Sentence {
    let last = unsafe arguments[max(0, Int(cposix_option_index()) - 1)]
    let word = unsafe last.map { unsafe Text(cString: $0) } ?? ""
    guard let option = ToolOption(rawValue: cposix_option_unknown()) else {
      return .unknownOption(word)
    }
    let name: Text = "--\(option.spelling)"
    return code == Int32(UInt8(ascii: ":")) ? .valueMissing(name) : .takesNoValue(name)
  }
}

extension ToolOptions.Given {
  fileprivate mutating func apply(_ option: ToolOption, _ value: Text) throws(TLSError) {
    if option.isOfKeygen { isKeygen = true }
    switch option {
    case .certificate: certificate = value
    case .key: key = value
    case .name: names.append(try ToolOptions.name(value))
    case .days: days = try ToolOptions.days(value)
    case .rsa: kind = .rsa
    case .out: out = value
    case .help: wantsHelp = true
    case .version: wantsVersion = true
    }
  }
}

// MARK: Values

extension ToolOptions {
  fileprivate static func name(_ text: Text) throws(TLSError) -> PeerName {
    if let address = SocketAddress.bytes(of: text) { return .address(address) }
    guard let name = PeerName(host: text.bytes.span) else {
      throw refused(.neitherNameNorAddress(text))
    }
    return name
  }

  fileprivate static func days(_ text: Text) throws(TLSError) -> Int {
    guard let days = Decimal.parse(text.bytes[...]), (1...36_500).contains(days) else {
      throw refused(.notInRange(days: text))
    }
    return days
  }

  /// `HOST[:PORT]`, as behind `-R`.
  fileprivate static func remote(_ text: Text) throws(TLSError) -> RemoteSettings {
    guard let remote = HostPort(text, isAddress: SocketAddress.isLiteral) else {
      throw refused(.notHostPort(text))
    }
    let settings = RemoteSettings()
    settings.destination.transport = .tls
    settings.destination.host = remote.host
    settings.destination.port = remote.port
    settings.trust.tls.serverName = HostPort.serverName(
      of: remote.host, isAddress: SocketAddress.isLiteral)
    return settings
  }
}
