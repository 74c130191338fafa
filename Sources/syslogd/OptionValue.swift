import Bytes
import SyslogCore
import SyslogIO
import TLSBackend

/// The value of one option, with the checks that its kind of value needs.
struct OptionValue {
  /// As the user knows it, e.g. `-l` or `--queue`.
  let option: Text
  let text: Text

  private var bytes: [UInt8] { text.bytes }

  /// A whole number in `range`, in BusyBox's words when it is not.
  func number(in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let value = Decimal.parse(bytes[...]), range.contains(value) else {
      throw UsageError(.notInRange(self, range))
    }
    return value
  }

  /// One of a few words.
  func word<Value>(_ choices: [(Literal, Value)]) throws(UsageError) -> Value {
    for (word, value) in choices where bytes.span.equals(word) { return value }
    throw UsageError(.mustBe(choices.map { Text($0.0) }, not: self))
  }

  /// Comma-separated names, each once.
  private func names<Name: Equatable>(
    _ named: (OptionValue) throws(UsageError) -> Name
  ) throws(UsageError) -> [Name] {
    var names: [Name] = []
    for part in bytes[...].parts(between: UInt8(ascii: ",")) {
      guard !part.isEmpty else { throw UsageError(.emptyName(in: self)) }
      let element = OptionValue(option: option, text: Text(part))
      let name = try named(element)
      guard !names.contains(name) else { throw UsageError(.givenTwice(element)) }
      names.append(name)
    }
    return names
  }

  func cipherSuites() throws(UsageError) -> [TLSCipherSuite] {
    try names { (element) throws(UsageError) in
      guard let suite = TLSCipherSuite(named: element.text) else {
        throw UsageError(.unknownCipherSuite(element))
      }
      return suite
    }
  }

  func groups() throws(UsageError) -> [TLSGroup] {
    try names { (element) throws(UsageError) in
      guard let group = TLSGroup(named: element.text) else {
        var names: [Text] = []
        for group in TLSGroup.allCases { names.append(Text(group.name)) }
        throw UsageError(.mustBe(names, not: element))
      }
      return group
    }
  }

  /// A file, which need not be there.
  func path() throws(UsageError) -> Text {
    guard !bytes.isEmpty else { throw UsageError(.notAFileName(self)) }
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
    guard let value = Decimal.parse(digits) else { throw UsageError(.notASize(self, range)) }
    let (size, overflow) = value.multipliedReportingOverflow(by: factor)
    guard !overflow, range.contains(size) else { throw UsageError(.notASize(self, range)) }
    return size
  }

  /// `FILE:SIZE[:PER_DAY]`
  func spool() throws(UsageError) -> RemoteSettings.Spool {
    let parts = bytes[...].parts(between: UInt8(ascii: ":"))
    guard 2...3 ~= parts.count, !parts[0].isEmpty else { throw UsageError(.notASpool(self)) }
    let size = try spoolSize(parts[1])
    return RemoteSettings.Spool(
      path: Text(parts[0]), size: size,
      dailyLimit: parts.count == 3 ? try spoolSize(parts[2]) : 2 * size)
  }

  @inline(never)
  private func spoolSize(_ part: ArraySlice<UInt8>) throws(UsageError) -> Int {
    try OptionValue(option: option, text: Text(part)).size(in: 64 * 1024...512 * 1024 * 1024)
  }

  /// Seconds, with up to three decimals, from 0.001 to a day.
  func seconds() throws(UsageError) -> Interval {
    guard let interval = Decimal.parseSeconds(bytes[...]) else {
      throw UsageError(.notSeconds(self))
    }
    return interval
  }

  /// `MIN[:MAX]` seconds.
  func retry() throws(UsageError) -> Backoff {
    let parts = bytes[...].parts(between: UInt8(ascii: ":"))
    guard let first = parts.first, parts.count <= 2, let minimum = Decimal.parseSeconds(first)
    else { throw UsageError(.notARetry(self)) }
    guard parts.count == 2 else {
      return Backoff(minimum: minimum, maximum: RemoteSettings().delivery.retry.maximum)
    }
    guard let maximum = Decimal.parseSeconds(parts[1]), maximum >= minimum else {
      throw UsageError(.notARetry(self))
    }
    return Backoff(minimum: minimum, maximum: maximum)
  }

  /// An address literal.
  func address() throws(UsageError) -> SocketAddress {
    guard let address = SocketAddress(literal: text, port: 0) else {
      throw UsageError(.notAnAddress(self))
    }
    return address
  }

  /// The name of a network device, as Linux bounds it (IFNAMSIZ).
  func device() throws(UsageError) -> Text {
    var isValid = 1...15 ~= bytes.count
    for byte in bytes where !byte.isPrintable || byte == UInt8(ascii: "/") { isValid = false }
    guard isValid else { throw UsageError(.notADevice(self)) }
    return text
  }

  /// A pin file, or a pin as it stands.
  func pin() throws(UsageError) -> RemoteSettings.PinSource {
    guard !bytes.isEmpty else { throw UsageError(.neitherFileNorPin(self)) }
    let isLiteral =
      bytes[...].starts(with: "sha256//") || bytes[...].starts(with: "sha-256:")
      || bytes[...].starts(with: "sha-1:")
    guard isLiteral else { return .file(text) }
    guard PinSet.isLiteral(bytes.span) else { throw UsageError(.notAPin(self)) }
    return .literal(text)
  }

  /// A host name, whose first label may be `*`, or an address literal.
  func peerName() throws(UsageError) -> PeerName {
    guard let name = OptionValue.peerName(of: text) else {
      throw UsageError(.neitherNameNorAddress(self))
    }
    return name
  }

  /// What may stand as HOSTNAME in a header (RFC 5424 §6).
  func hostname() throws(UsageError) -> Text {
    var isValid = 1...255 ~= bytes.count
    for byte in bytes where !byte.isPrintable { isValid = false }
    guard isValid else { throw UsageError(.neitherNameNorAddress(self)) }
    return text
  }

  static func peerName(of host: Text) -> PeerName? {
    if let address = SocketAddress.bytes(of: host) { return .address(address) }
    return PeerName(host: host.bytes.span)
  }

  /// `HOST[:PORT]`.
  func remote() throws(UsageError) -> HostPort {
    guard let remote = HostPort(text, isAddress: SocketAddress.isLiteral) else {
      throw UsageError(.notHostPort(self))
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
