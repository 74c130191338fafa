import Bytes
import Features
import SelectedBackend
import SyslogIO

/// What the table says of one option.
struct OptionEntry {
  enum Argument {
    case none
    case required
    case optional
  }

  /// The transports over which an option of a remote has an effect.
  enum Transports {
    case all
    case streams
    case tls
  }

  let option: Option
  /// What the build must have for it; nil for what every build has.
  let feature: Feature?
  /// 0 when it has only a name.
  let letter: UInt8
  let transports: Transports
  /// Without dashes; empty when it has only a letter.
  let name: Literal
  /// What `--help` calls its value: in brackets when it may be missing, empty when it has none.
  let value: Literal
  /// One or more lines, which `--help` indents.
  let help: Literal

  // Inlined, or the table would be made at run time.
  @inline(__always)
  init(
    _ option: Option, letter: Unicode.Scalar = "\0", name: Literal = "",
    value: Literal = "", over transports: Transports = .all, of feature: Feature? = nil,
    help: Literal
  ) {
    self.option = option
    self.feature = feature
    self.letter = UInt8(truncatingIfNeeded: letter.value)
    self.name = name
    self.value = value
    self.transports = transports
    self.help = feature?.isBuilt ?? true ? help : ""
  }

  /// Whether this program has it.
  var isBuilt: Bool { feature?.isBuilt ?? true }

  /// Whether it has an effect in this program.
  var isOfUse: Bool {
    switch transports {
    case .all: isBuilt && (hasTLS || option != .remote(.tls))
    case .streams: isBuilt && (hasTLS || Feature.tcp.isBuilt)
    case .tls: isBuilt && hasTLS
    }
  }

  var argument: Argument {
    switch value.first {
    case 0: .none
    case UInt8(ascii: "["): .optional
    default: .required
    }
  }

  /// As on the command line: the letter, if there is one.
  var spelling: Text {
    letter == 0 ? "--" + name.text : "-" + Text([letter])
  }

  func hasEffect(over transport: RemoteSettings.Transport) -> Bool {
    switch transports {
    case .all: true
    case .streams: transport != .udp
    case .tls: transport == .tls
    }
  }
}
