internal import Bytes
internal import SyslogCore

extension Exposition {
  /// Begins a remote: its name, why it failed how often, and which of seven states it is in. The
  /// same collector over the same transport is a remote of its own with other options, and has a
  /// number. `errors`: gets the last error, of those that have one.
  @inline(never)
  func begin(
    _ settings: RemoteSettings, _ statistics: RemoteStatistics, _ state: Int,
    _ errors: Exposition
  ) {
    let transport: Literal =
      switch settings.destination.transport {
      case .udp: "udp"
      case .tls: "tls"
      case .tcp: "tcp"
      }
    var label = Exposition.label("", "{remote=\"", settings.name)
    label = Exposition.label(label, "\",transport=\"", Text(transport))
    if has(label) { label = Exposition.label(label, "\",number=\"", Text(count + 1)) }
    begin(label)
    if !statistics.lastError.isEmpty {
      errors.begin(Exposition.label(label, "\",error=\"", statistics.lastError))
      errors.add(1)
    }
    for cause in 0..<10 { add(statistics.failures[cause]) }
    for number in 0..<7 { add(number == state ? 1 : 0) }
  }
}

// What a remote is doing, by its place in the table. A daemon that ends has stopped all of them: 6.

extension TransportSender.Phase {
  var number: Int {
    switch self {
    case .idle: 0
    case .resolving: 1
    case .connecting: 2
    case .handshaking: 3
    case .ready: 4
    case .backingOff: 5
    case .stopped: 6
    }
  }
}

extension DatagramSender.Phase {
  var number: Int {
    switch self {
    case .unresolved: 0
    case .resolving: 1
    case .ready: 4
    case .waiting: 5
    }
  }
}
