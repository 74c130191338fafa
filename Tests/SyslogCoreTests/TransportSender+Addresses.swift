@testable import SyslogCore

extension TransportSender {
  /// The name has so many addresses, always the same in the same order.
  mutating func resolved(count: Int, now: Instant, random: UInt32) -> ConnectAction {
    resolved((0..<count).map { UInt64($0) }, now: now, random: random)
  }
}
