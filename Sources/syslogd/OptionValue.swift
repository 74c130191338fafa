import SyslogCore
import SyslogIO
import TLSBackend

/// What is wrong with the command line, in one line without the program's name.
struct UsageError: Error {
  let line: Text

  /// Control characters, which an argument may bring with it, are shown as `\x0A`: the line stays
  /// one line, and a terminal is not played tricks on.
  init(line: Text) {
    let digits: StaticString = "0123456789ABCDEF"
    var shown: Text = ""
    for byte in line.bytes {
      guard byte < 0x20 || byte == 0x7F else {
        shown.append(byte)
        continue
      }
      shown += "\\x"
      digits.withUTF8Buffer { digits in
        for digit in [byte >> 4, byte & 15] { shown.append(unsafe digits[Int(digit)]) }
      }
    }
    self.line = shown
  }
}

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
    for (word, value) in choices where bytes.equal(word) { return value }
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
      bytes.starts(with: "sha256//") || bytes.starts(with: "sha-256:")
      || bytes.starts(with: "sha-1:")
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

  /// `HOST[:PORT]`, with brackets around an IPv6 address that has a port. More than one colon
  /// without brackets is an IPv6 address (as in BusyBox).
  func remote() throws(UsageError) -> (host: Text, port: UInt16) {
    let expected: Text = "is not HOST[:PORT] with a port in 1..65535"
    let all = bytes[...]
    var host = all
    var port: ArraySlice<UInt8>?
    if all.first == UInt8(ascii: "[") {
      guard let end = all.firstIndex(of: UInt8(ascii: "]")) else { throw refused(expected) }
      host = all[1..<end]
      let rest = all[(end + 1)...]
      guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { throw refused(expected) }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = all.firstIndex(of: UInt8(ascii: ":")),
      colon == all.lastIndex(of: UInt8(ascii: ":"))
    {
      host = all[..<colon]
      port = all[(colon + 1)...]
    }
    guard OptionValue.isHost(host) else { throw refused(expected) }
    let name = Text(host)
    guard let port else { return (name, 0) }
    guard let number = Decimal.parse(port), (1...65535).contains(number) else {
      throw refused(expected)
    }
    return (name, UInt16(number))
  }
}

extension OptionValue {
  /// A colon means an IPv6 address, the zone of which may be an interface that is not there yet.
  /// One dot at the end is the resolver's mark of an absolute name.
  private static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
    guard !host.isEmpty, host.count <= 255,
      !host.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else { return false }
    guard host.contains(UInt8(ascii: ":")) else {
      let dot = UInt8(ascii: ".")
      return host.last != dot || ![nil, dot].contains(host.dropLast().last)
    }
    let parts = host.parts(between: UInt8(ascii: "%"), limit: 2)
    return parts.allSatisfy { !$0.isEmpty }
      && SocketAddress(literal: Text(parts[0]), port: 0) != nil
  }

  /// The name to send as SNI: none for an address literal (RFC 6066 §3, N8), and without the dot
  /// of an absolute name, which does not belong there.
  static func serverName(of host: Text) -> [UInt8]? {
    let isAbsolute = host.bytes.last == UInt8(ascii: ".")
    let name = isAbsolute ? Array(host.bytes.dropLast()) : host.bytes
    guard !name.contains(UInt8(ascii: ":")), SocketAddress(literal: Text(name), port: 0) == nil
    else { return nil }
    return name
  }
}

/// Decimal numbers without Foundation, and without leading signs or spaces.
enum Decimal {
  static func parse(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let (scaled, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = scaled.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      guard !tooLarge, !overflow else { return nil }
      value = sum
    }
    return value
  }

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

extension [UInt8] {
  fileprivate func equal(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && starts(with: text)
  }

  fileprivate func starts(with text: StaticString) -> Bool { self[...].starts(with: text) }
}

extension ArraySlice<UInt8> {
  func starts(with text: StaticString) -> Bool {
    guard count >= text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { buffer in
      for index in 0..<text.utf8CodeUnitCount
      where unsafe self[startIndex + index] != buffer[index] {
        return false
      }
      return true
    }
  }
}
