internal import Bytes
internal import SyslogCore
internal import TLSBackend

// What another configuration means to the remotes that are there.
extension Remotes where TLS: ~Copyable {
  /// Follows these rules from now on. A remote that is named as before keeps its connection, one
  /// with other settings keeps its queue, and one that is gone delivers what it still has.
  func apply(_ configuration: Configuration, now: Instant) {
    let (oldUDP, oldStreams) = (udp, streams)
    udp = oldUDP.filter { $0.selector == nil }
    streams = oldStreams.filter { $0.selector == nil || $0.isRetiring }
    var pool = oldStreams.filter { $0.selector != nil && !$0.isRetiring }
    var changed: [Configuration.Remote] = []
    for remote in configuration.remotes where !isOnCommandLine(remote.settings) {
      guard remote.settings.transport != .udp else {
        keep(remote, of: oldUDP)
        continue
      }
      guard let index = pool.firstIndex(where: { $0.settings.equals(remote.settings) }) else {
        changed.append(remote)
        continue
      }
      pool[index].selector = remote.selector
      streams.append(pool.remove(at: index))
    }
    for remote in changed { use(remote, of: &pool, now: now) }
    for transport in pool {
      transport.retire(now: now)
      transport.selector = Selector.none
      streams.append(transport)
    }
  }

  private func keep(_ remote: Configuration.Remote, of old: [UDPTransport]) {
    for transport in old
    where transport.selector != nil && transport.settings.equals(remote.settings) {
      transport.selector = remote.selector
      udp.append(transport)
      return
    }
    add(remote.settings, remote.selector)
  }

  /// Another remote, or one of `pool` with other settings.
  private func use(
    _ remote: Configuration.Remote, of pool: inout [StreamTransport<TLS>], now: Instant
  ) {
    var looksUp = false
    if let index = pool.firstIndex(where: { $0.settings.isSameCollector(as: remote.settings) }) {
      let transport = pool.remove(at: index)
      transport.selector = remote.selector
      streams.append(transport)
      looksUp = transport.adopt(remote.settings, now: now)
    } else {
      add(remote.settings, remote.selector)
      looksUp = streams.last?.start(now: now) ?? false
    }
    if looksUp, let transport = streams.last { resolve(transport, now: now) }
  }

  /// Reads again what the remotes' options name: pins, certificates.
  func reload(now: Instant) {
    for transport in streams where transport.reload(now: now) { resolve(transport, now: now) }
  }

  func dropRetired(now: Instant) {
    streams.removeAll { $0.isRetired(now: now) }
  }
}

extension RemoteSettings {
  /// Whether what is queued for the one may be delivered to the other.
  fileprivate func isSameCollector(as other: RemoteSettings) -> Bool {
    host == other.host && effectivePort == other.effectivePort && transport == other.transport
  }
}
