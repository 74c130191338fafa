internal import Bytes
internal import Features
internal import SyslogCore
internal import TLSBackend

// What SIGHUP means to the remotes that are there.
extension Remotes where TLS: ~Copyable {
  /// At SIGHUP, before anything is read.
  func beginReload() {
    eachStream { $0.hasReadFiles = false }
  }

  /// Follows these rules from now on. A remote that is named as before keeps its connection, one
  /// with other settings keeps its queue, and one that is gone delivers what it still has.
  func apply(_ configuration: Configuration, now: Instant) {
    let (oldUDP, oldStreams) = (udp, streams)
    udp = oldUDP.filter { $0.selector == nil }
    streams = oldStreams.filter { $0.selector == nil || $0.isRetiring }
    var pool = oldStreams.filter { $0.selector != nil && !$0.isRetiring && !$0.isBackup }
    var changed: [Configuration.Remote] = []
    for remote in configuration.remotes where !isOnCommandLine(remote.settings) {
      guard remote.settings.destination.transport != .udp else {
        addUDP(remote, reusing: oldUDP)
        continue
      }
      guard let index = pool.firstIndex(where: { $0.settings.equals(remote.settings) }) else {
        changed.append(remote)
        continue
      }
      keep(pool.remove(at: index), remote.selector)
    }
    if Feature.failover.isBuilt {
      for index in pool.indices { dissolveGroup(of: &pool[index], now) }
    }
    for remote in changed {
      addStreams(remote.settings, remote.selector, reusing: &pool, now: now).start(now: now)
    }
    for transport in pool {
      transport.retire(now: now)
      transport.selector = Selector.none
      streams.append(transport)
    }
    shareMemory()
    openSpools(now: now)
  }

  /// Adds the one of `old` that has these settings, with its socket and its address, or a new one.
  private func addUDP(_ remote: Configuration.Remote, reusing old: [UDPTransport]) {
    for transport in old
    where transport.selector != nil && transport.settings.equals(remote.settings) {
      transport.selector = remote.selector
      udp.append(transport)
      return
    }
    add(remote.settings, remote.selector)
  }

  /// Goes on with a remote, and with those that take over from it.
  private func keep(_ transport: StreamTransport<TLS>, _ selector: Selector) {
    guard Feature.failover.isBuilt, let index = groupIndex(of: transport) else {
      transport.selector = selector
      return streams.append(transport)
    }
    for member in groups[index].members {
      member.selector = selector
      streams.append(member)
    }
  }

  private func groupIndex(of transport: StreamTransport<TLS>) -> Int? {
    groups.firstIndex { $0.members[0] === transport }
  }

  /// Of remotes that take over from one another, the one in use is left.
  private func dissolveGroup(of transport: inout StreamTransport<TLS>, _ now: Instant) {
    guard let index = groupIndex(of: transport) else { return }
    transport = groups.remove(at: index).dissolve(now: now)
  }

  /// Reads again what the remotes' settings name, pins, certificates, addresses, unless that was read
  /// since `beginReload`.
  func rereadFiles(now: Instant) {
    eachStream { $0.rereadFiles(now: now) }
    for transport in udp { transport.reload(now: now) }
  }

  func dropRetired(now: Instant) {
    guard Feature.rules.isBuilt else { return }
    streams.removeAll { $0.isRetired(now: now) }
  }
}

extension RemoteSettings {
  /// Whether what is queued for the one may be delivered to the other.
  func isSameCollector(as other: RemoteSettings) -> Bool {
    destination.host == other.destination.host && effectivePort == other.effectivePort
      && destination.transport == other.destination.transport
  }
}
