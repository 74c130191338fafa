import Bytes
import SyslogCore
import SyslogIO
import TLSBackend

/// The value of one option, with the checks that its kind of value needs. Each refusal names the
/// option, the value and what was expected.
struct OptionValue {
  /// As the user knows it, e.g. `-l` or `--queue`.
  let option: Text
  let text: Text

  private var bytes: [UInt8] { text.bytes }

  func refused(_ expected: Text) -> UsageError {
    UsageError(line: "\(option): '\(text)' \(expected)")
  }

  /// A whole number in `range`, in BusyBox's words when it is not.
  func number(in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let value = Decimal.parse(bytes[...]), range.contains(value) else {
      throw UsageError(
        line: "\(option): number \(text) is not in \(range.lowerBound)..\(range.upperBound) range")
    }
    return value
  }

  /// One of a few words.
  func word<Value>(_ choices: [(StaticString, Value)]) throws(UsageError) -> Value {
    for (word, value) in choices where bytes.span.equals(word) { return value }
    var expected: Text = "is none of"
    for (word, _) in choices { expected += " \(word)" }
    throw refused(expected)
  }

  /// Names with a comma between two, each once.
  func names<Name: Equatable>(
    _ expected: Text, _ named: (Text) -> Name?
  ) throws(UsageError) -> [Name] {
    var names: [Name] = []
    for part in bytes[...].parts(between: UInt8(ascii: ",")) {
      guard !part.isEmpty else {
        throw refused("has an empty name; expected names with a comma between two")
      }
      let element = OptionValue(option: option, text: Text(part))
      guard let name = named(element.text) else { throw element.refused(expected) }
      guard !names.contains(name) else {
        throw element.refused("is there twice; expected each name once")
      }
      names.append(name)
    }
    return names
  }

  func cipherSuites() throws(UsageError) -> [TLSCipherSuite] {
    try names("is none of the cipher suites that --help lists") { TLSCipherSuite(named: $0) }
  }

  func groups() throws(UsageError) -> [TLSGroup] {
    var expected: Text = "is none of"
    for group in TLSGroup.allCases { expected += " \(group.name)" }
    return try names(expected) { TLSGroup(named: $0) }
  }

  /// A file, which need not be there.
  func path() throws(UsageError) -> Text {
    guard !bytes.isEmpty else { throw refused("is not the name of a file") }
    return text
  }

  /// Bytes, with K or M for their multiples of 1024.
  func size(in range: ClosedRange<Int>) throws(UsageError) -> Int {
    var digits = bytes[...]
    var factor = 1
    switch digits.last {
    case UInt8(ascii: "K"), UInt8(ascii: "k"): factor = 1024
    case UInt8(ascii: "M"), UInt8(ascii: "m"): factor = 1024 * 1024
    default: break
    }
    if factor > 1 { digits = digits.dropLast() }
    let expected: Text =
      "is not a size in bytes, with K or M behind it, in "
      + "\(range.lowerBound)..\(range.upperBound)"
    guard let value = Decimal.parse(digits) else { throw refused(expected) }
    let (size, overflow) = value.multipliedReportingOverflow(by: factor)
    guard !overflow, range.contains(size) else { throw refused(expected) }
    return size
  }

  /// Seconds, with up to three decimals, from 0.001 to a day.
  func seconds() throws(UsageError) -> Interval {
    guard let interval = Decimal.parseSeconds(bytes[...]) else {
      throw refused("is not a number of seconds in 0.001..86400")
    }
    return interval
  }

  /// `MIN[:MAX]` seconds.
  func retry() throws(UsageError) -> Backoff {
    let expected: Text = "is not MIN[:MAX] in seconds, 0.001..86400, MIN at most MAX"
    let parts = bytes[...].parts(between: UInt8(ascii: ":"))
    guard let first = parts.first, parts.count <= 2, let minimum = Decimal.parseSeconds(first)
    else { throw refused(expected) }
    guard parts.count == 2 else {
      return Backoff(minimum: minimum, maximum: RemoteSettings().retry.maximum)
    }
    guard let maximum = Decimal.parseSeconds(parts[1]), maximum >= minimum else {
      throw refused(expected)
    }
    return Backoff(minimum: minimum, maximum: maximum)
  }

  /// An address literal.
  func address() throws(UsageError) -> SocketAddress {
    guard let address = SocketAddress(literal: text, port: 0) else {
      throw refused("is not an IPv4 or IPv6 address")
    }
    return address
  }

  /// A pin file, or a pin as it stands.
  func pin() throws(UsageError) -> RemoteSettings.PinSource {
    guard !bytes.isEmpty else { throw refused("is neither a file nor a pin") }
    let isLiteral =
      bytes[...].starts(with: "sha256//") || bytes[...].starts(with: "sha-256:")
      || bytes[...].starts(with: "sha-1:")
    guard isLiteral else { return .file(text) }
    guard PinSet.isLiteral(bytes.span) else {
      throw refused(
        "is not sha256//BASE64 or sha-256:AA:BB.. of 32 bytes, or sha-1:AA:BB.. of 20")
    }
    return .literal(text)
  }

  /// A host name, whose first label may be `*`, or an address literal.
  func peerName() throws(UsageError) -> PeerName {
    guard let name = OptionValue.peerName(of: text) else {
      throw refused("is neither a host name nor an address")
    }
    return name
  }

  static func peerName(of host: Text) -> PeerName? {
    if let address = SocketAddress(literal: host, port: 0) { return .address(address.bytes) }
    return PeerName(host: host.bytes.span)
  }

  /// `HOST[:PORT]`.
  func remote() throws(UsageError) -> HostPort {
    guard let remote = HostPort(text, isAddress: SocketAddress.isLiteral) else {
      throw refused("is not HOST[:PORT] with a port in 1..65535")
    }
    return remote
  }
}

extension Decimal {
  static func parseSeconds(_ text: ArraySlice<UInt8>) -> Interval? {
    let parts = text.parts(between: UInt8(ascii: "."))
    guard let whole = parts.first, parts.count <= 2, let seconds = parse(whole), seconds <= 86400
    else { return nil }
    var milliseconds = Int64(seconds) * 1000
    if parts.count == 2 {
      guard parts[1].count <= 3, let fraction = parse(parts[1]) else { return nil }
      var scaled = Int64(fraction)
      for _ in parts[1].count..<3 { scaled *= 10 }
      milliseconds += scaled
    }
    guard milliseconds > 0, milliseconds <= 86_400_000 else { return nil }
    return Interval(milliseconds: milliseconds)
  }
}
