import Bytes
import SyslogIO

extension StartFailure {
  /// One line that names the option.
  var line: Text {
    guard let parameter else { return reason.text }
    return "\(LongOption.name(of: parameter.option)): \(reason)"
  }
}

extension DaemonParameter {
  fileprivate var option: Int32 {
    switch self {
    case .logSocket: Int32(UInt8(ascii: "p"))
    case .ring: Int32(UInt8(ascii: "C"))
    case .kernelLog: Int32(UInt8(ascii: "K"))
    case .user: LongOption.user
    }
  }
}
