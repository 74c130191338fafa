internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

/// What statistics tell of a remote beside its own counters. Nothing here is done for a message.
final class RemoteStatistics {
  /// By `FailureCause`.
  private(set) var failures = InlineArray<10, UInt64>(repeating: 0)
  /// Empty while nothing has failed.
  private(set) var lastError: Text = ""
  /// Bytes of connections that have ended.
  private(set) var bytes: UInt64 = 0
  private var acknowledged: UInt64 = 0
  /// In seconds since 1970, as exact as statistics are frequent.
  private(set) var acknowledgedAt: UInt64?
  /// The server's own certificate, as it was shown last.
  var certificate: CertificateSummary?
  var expiry = ExpiryWatch()

  /// Without a reason it is only counted.
  func note(_ cause: FailureCause, _ reason: Sentence?) {
    guard Feature.statistics.isBuilt else { return }
    failures[Int(cause.rawValue)] &+= 1
    if let reason { lastError = reason.text }
  }

  func noteEnd(ofBytes count: UInt64) {
    guard Feature.statistics.isBuilt else { return }
    bytes &+= count
  }

  func noteAcknowledged(_ count: UInt64, at time: UInt64) {
    if count != acknowledged { acknowledgedAt = time }
    acknowledged = count
  }
}
