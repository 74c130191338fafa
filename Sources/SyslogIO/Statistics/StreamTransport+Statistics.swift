internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

// What statistics tell of a remote that is connected to, and the end of its certificates.
extension StreamTransport where TLS: ~Copyable {
  /// The peer was accepted with this certificate.
  func note(_ certificate: CertificateSummary) {
    guard Feature.statistics.isBuilt else { return }
    statistics.certificate = certificate
    lookAtCertificates()
  }

  /// To be called for a new connection, and once a day.
  func lookAtCertificates() { lookAtCertificates(at: SystemClock.seconds) }

  /// Warns of certificates that expire soon, by a clock that is not known to be wrong. `time`: in
  /// seconds since 1970.
  @inline(never)
  func lookAtCertificates(at time: Int64) {
    guard !floor.isBelow(clock: time) else { return }
    warn(of: statistics.certificate, time)
    warn(of: credentials.own, time)
  }

  @inline(never)
  private func warn(of certificate: CertificateSummary?, _ time: Int64) {
    guard let certificate, statistics.expiry.warns(of: certificate, at: time) else { return }
    say(.expires(certificate, isOwn: certificate === credentials.own, at: time))
  }

  /// Adds everything in the order of `StatisticsTable.remote`.
  func add(
    to exposition: Exposition, _ errors: Exposition, at time: UInt64, isEnding: Bool,
    now: Instant
  ) {
    noteAcknowledged(now: now)
    let counters = sender.counters
    statistics.noteAcknowledged(counters.acknowledged, at: time)
    exposition.begin(settings, statistics, isEnding ? 6 : sender.phase.number, errors)
    exposition.add(sender.sentMessages)
    exposition.add(counters.truncated)
    // Only a datagram is not sent.
    exposition.add(nil)
    for rank in UInt8(0)..<8 {
      exposition.add(sender.queue.discarded[Severity(rawValue: rank) ?? .debug])
    }
    exposition.add(counters.setAside)
    exposition.add(counters.acknowledged)
    exposition.add(counters.requeued)
    exposition.add(sender.queue.replayed)
    exposition.add(counters.connections)
    exposition.add(statistics.bytes &+ ciphertextSent)
    exposition.add(UInt64(sender.queue.count))
    exposition.add(UInt64(sender.queue.ownBytes))
    exposition.add(UInt64(sender.queue.highestBytes))
    exposition.add(UInt64(sender.queue.capacity))
    exposition.add(statistics.acknowledgedAt)
    exposition.addEnd(of: statistics.certificate)
    exposition.addEnd(of: credentials.own)
  }
}

extension Exposition {
  /// When a certificate expires, if there is one.
  @inline(never)
  fileprivate func addEnd(of certificate: CertificateSummary?) {
    add(certificate.map { UInt64(clamping: $0.notAfter) })
  }
}

extension RemoteSpool {
  /// Adds everything in the order of `StatisticsTable.spool`.
  func add(to exposition: Exposition) {
    let counters = spool.counters
    exposition.add(UInt64(spool.unread))
    exposition.add(UInt64(spool.used))
    exposition.add(spool.capacity)
    exposition.add(counters.written)
    exposition.add(counters.read)
    for cause in 0..<3 { exposition.add(counters.refused[cause]) }
    exposition.add(counters.torn)
    exposition.add(counters.damaged &+ UInt64(spool.damaged))
    exposition.add(counters.bytes)
    exposition.add(spool.spent)
    exposition.add(UInt64(spool.dailyLimit))
  }
}
