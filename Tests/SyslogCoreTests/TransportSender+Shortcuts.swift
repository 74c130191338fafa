@testable import SyslogCore

extension TransportSender {
  /// The name has so many addresses, always the same in the same order.
  mutating func resolved(count: Int, now: Instant, random: UInt32) -> ConnectAction {
    resolved((0..<count).map { UInt64($0) }, now: now, random: random)
  }

  /// Whether no more is kept or to be sent again of what was acknowledged than may be.
  var isReplayBounded: Bool {
    queue.keptBytes + queue.queuedBytes - queue.ownBytes <= queue.replayLimit
  }

  mutating func put(_ text: String) -> MessageQueue.Admission {
    queue(.info, from: 0, .octetCounting, header: [UInt8]().span, body: Array(text.utf8).span)
  }

  mutating func runLength(now: Instant = Instant(milliseconds: 0)) -> Int? {
    withRun(limit: 16384, now: now) { $0.count }
  }

  mutating func becomeReady(_ acceptance: Acceptance = .proven, now: Instant) {
    _ = resolved(count: 1, now: now, random: 0)
    connected(now: now)
    secured(acceptance, now: now)
  }
}
