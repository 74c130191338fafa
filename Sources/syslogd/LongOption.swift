import Bytes
import CPosix
import SyslogIO

/// The options' letters and names, and the numbers that stand for those without a letter.
enum LongOption {
  static let framing: Int32 = 256
  static let format: Int32 = 257
  static let queue: Int32 = 258
  static let retry: Int32 = 259
  static let connectTimeout: Int32 = 260
  static let handshakeTimeout: Int32 = 261
  static let pidFile: Int32 = 262
  static let version: Int32 = 263
  static let help: Int32 = 264
  static let tlsMin: Int32 = 265
  static let tlsCiphers: Int32 = 266
  static let tlsGroups: Int32 = 267
  static let tcp: Int32 = 268
  static let check: Int32 = 269
  static let ca: Int32 = 270
  static let serverName: Int32 = 271
  static let crl: Int32 = 272
  static let cert: Int32 = 273
  static let key: Int32 = 274
  static let fips: Int32 = 275
  static let state: Int32 = 276
  static let user: Int32 = 277
  static let noSandbox: Int32 = 278

  // Long options with a letter have the letter's code.
  static let tls = Int32(UInt8(ascii: "d"))
  static let pin = Int32(UInt8(ascii: "c"))
  static let source = Int32(UInt8(ascii: "I"))

  /// BusyBox's letters, the seed's `d`, `c` and `I`, and `p`. The colon in front makes a missing
  /// value an answer of its own.
  static let short: StaticString = ":nO:l:Ss:b:tR:LC::Df:Km:dc:I:p:"

  private static let long: [(StaticString, Int32, Int32)] = [
    ("tls", no_argument, tls),
    ("tcp", no_argument, tcp),
    ("pin", required_argument, pin),
    ("source", required_argument, source),
    ("log-socket", required_argument, Int32(UInt8(ascii: "p"))),
    ("ca", required_argument, ca),
    ("server-name", required_argument, serverName),
    ("crl", required_argument, crl),
    ("cert", required_argument, cert),
    ("key", required_argument, key),
    ("tls-min", required_argument, tlsMin),
    ("tls-ciphers", required_argument, tlsCiphers),
    ("tls-groups", required_argument, tlsGroups),
    ("framing", required_argument, framing),
    ("format", required_argument, format),
    ("queue", required_argument, queue),
    ("retry", required_argument, retry),
    ("connect-timeout", required_argument, connectTimeout),
    ("handshake-timeout", required_argument, handshakeTimeout),
    ("pid-file", required_argument, pidFile),
    ("state", required_argument, state),
    ("user", required_argument, user),
    ("no-sandbox", no_argument, noSandbox),
    ("fips", no_argument, fips),
    ("check", no_argument, check),
    ("version", no_argument, version),
    ("help", no_argument, help),
  ]

  /// Whether an option of a remote means something over this transport.
  static func has(_ code: Int32, over transport: RemoteSettings.Transport) -> Bool {
    switch code {
    case tlsMin, tlsCiphers, tlsGroups, handshakeTimeout, serverName, cert, key: transport == .tls
    case framing, queue, retry, connectTimeout: transport != .udp
    default: true
    }
  }

  /// The table that getopt_long reads, ending with zeros; to be deallocated by the caller.
  static func table() -> UnsafeMutablePointer<option> {
    let table = UnsafeMutablePointer<option>.allocate(capacity: long.count + 1)
    for (index, (name, argument, code)) in long.enumerated() {
      unsafe (table + index).initialize(
        to: option(name: name.cString, has_arg: argument, flag: nil, val: code))
    }
    unsafe (table + long.count).initialize(to: option())
    return unsafe table
  }

  /// How a message to the user calls the option.
  static func name(of code: Int32) -> Text {
    if code < 256 {
      return "-" + Text([UInt8(truncatingIfNeeded: code)])
    }
    for (name, _, number) in long where number == code { return "--\(name)" }
    return "option"
  }

  /// What a rule of the configuration calls the option: its long name without the dashes.
  static func word(of code: Int32) -> Text {
    for (name, _, number) in long where number == code { return "\(name)" }
    return "option"
  }

  /// The option of a remote that a rule means by a word; nil when there is none with a value.
  static func ofRemote(_ word: Text) -> Int32? {
    for (name, argument, code) in long where argument == required_argument {
      guard code != pidFile, code != state, code != user, code != Int32(UInt8(ascii: "p")),
        "\(name)" as Text == word
      else { continue }
      return code
    }
    return nil
  }
}
