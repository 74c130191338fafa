@testable import SyslogCore

/// What a queue would send, without the limits of a connection.
extension MessageQueue {
  mutating func put(
    _ text: String, _ severity: Severity = .info, _ framing: Framing = .octetCounting,
    from uid: UInt32 = 0
  ) -> Admission {
    append(severity, from: uid, framing, header: [UInt8]().span, body: Array(text.utf8).span)
  }

  /// The next run as text, accepted at once.
  mutating func takeRun(limit: Int = 16384) -> String? {
    let run = withRun(limit: limit) { span in
      String(decoding: span.copied(), as: UTF8.self)
    }
    if let run { markSent(run.utf8.count) }
    return run
  }

  mutating func takeAll(limit: Int = 16384) -> String {
    var all = ""
    while let run = takeRun(limit: limit) { all += run }
    return all
  }
}
