internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

// The text of the file of --stats, put together from counters that are kept anyway.
extension Daemon where TLS: ~Copyable {
  /// Writes the file when that is due. `isEnding`: for the last time.
  func writeStatistics(isEnding: Bool = false) {
    guard Feature.statistics.isBuilt else { return }
    if isEnding { statistics.force() }
    guard statistics.isDue(now: clock.now) else { return }
    let exposition = Exposition()
    exposition.begin(Exposition.label("", "{version=\"", settings.version))
    exposition.add(1)
    exposition.write(StatisticsTable.build)
    let losses = local.losses
    exposition.begin("")
    exposition.add(received)
    exposition.add(batch.truncated)
    exposition.add(batch.repeated)
    exposition.add(losses.bytes)
    exposition.add(losses.ringLines)
    exposition.add(losses.refusedByKernel)
    exposition.write(StatisticsTable.daemon)
    let (errors, spools) = (Exposition(), Exposition())
    for transport in remotes.udp { transport.add(to: exposition, errors, isEnding: isEnding) }
    let time = UInt64(clamping: clock.seconds)
    remotes.eachStream {
      $0.add(to: exposition, errors, at: time, isEnding: isEnding, now: clock.now)
      if Feature.spool.isBuilt, let own = $0.spooling.value {
        spools.begin(exposition.label)
        own.add(to: spools)
      }
    }
    exposition.write(StatisticsTable.remote)
    if Feature.spool.isBuilt { spools.write(StatisticsTable.spool) }
    errors.write(StatisticsTable.error)
    statistics.put(exposition.text + spools.text + errors.text, now: clock.now)
  }
}

extension UDPTransport {
  fileprivate func add(to exposition: Exposition, _ errors: Exposition, isEnding: Bool) {
    exposition.begin(settings, statistics, isEnding ? 6 : sender.phase.number, errors)
    exposition.add(sender.counters.sent)
    exposition.add(sender.counters.truncated)
    exposition.add(sender.counters.discarded)
  }
}
