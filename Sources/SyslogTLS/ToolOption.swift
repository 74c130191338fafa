import Bytes
import CPosix

/// An option of the command line; its raw value is the number that getopt_long has for it.
enum ToolOption: Int32, CaseIterable {
  // Not a letter.
  case certificate = 256
  case key
  case name
  case days
  case rsa
  case out
  case help
  case version

  /// Without dashes.
  var spelling: Literal {
    switch self {
    case .certificate: "cert"
    case .key: "key"
    case .name: "name"
    case .days: "days"
    case .rsa: "rsa"
    case .out: "out"
    case .help: "help"
    case .version: "version"
    }
  }

  private var takesValue: Bool {
    switch self {
    case .certificate, .key, .name, .days, .out: true
    case .rsa, .help, .version: false
    }
  }

  /// Whether it is one of `keygen`.
  var isOfKeygen: Bool {
    switch self {
    case .certificate, .key, .name, .days, .rsa: true
    case .out, .help, .version: false
    }
  }

  /// The names as getopt_long reads them, ending with zeros; to be deallocated by the caller.
  static func table() -> UnsafeMutablePointer<option> {
    let table = UnsafeMutablePointer<option>.allocate(capacity: allCases.count + 1)
    var next = unsafe table
    for option in allCases {
      let argument = option.takesValue ? required_argument : no_argument
      unsafe next.initialize(
        to: CPosix.option(
          name: option.spelling.cString, has_arg: argument, flag: nil, val: option.rawValue))
      unsafe next += 1
    }
    unsafe next.initialize(to: CPosix.option())
    return unsafe table
  }
}
