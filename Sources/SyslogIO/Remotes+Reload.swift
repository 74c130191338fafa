internal import SyslogCore
internal import TLSBackend

// What another configuration means to the remotes that are there.
extension Remotes where TLS: ~Copyable {
  /// Follows these rules from now on. A remote that is named as before keeps its connection, one
  /// with other settings keeps its queue, and one that is gone delivers what it still has.
  func apply(_ configuration: Configuration, now: Instant) {
    let wanted = configuration.remotes.filter { !isOnCommandLine($0.settings) }
    applyToUDP(wanted.filter { $0.settings.transport == .udp })
    applyToStreams(wanted.filter { $0.settings.transport != .udp }, now: now)
  }

  private func applyToUDP(_ wanted: [Configuration.Remote]) {
    let before = udp
    udp.removeAll { $0.selector != nil }
    for remote in wanted {
      if let known = before.first(where: {
        $0.selector != nil && $0.transport.settings == remote.settings
      }) {
        udp.append(Directed(transport: known.transport, selector: remote.selector))
      } else {
        add(remote.settings, remote.selector)
      }
    }
  }

  private func applyToStreams(_ wanted: [Configuration.Remote], now: Instant) {
    var pool = streams.filter { $0.selector != nil && !$0.transport.isRetiring }
    streams.removeAll { $0.selector != nil && !$0.transport.isRetiring }
    var unknown: [Configuration.Remote] = []
    for remote in wanted {
      guard let index = pool.firstIndex(where: { $0.transport.settings == remote.settings })
      else {
        unknown.append(remote)
        continue
      }
      streams.append(
        Directed(transport: pool.remove(at: index).transport, selector: remote.selector))
    }
    for remote in unknown {
      if let index = pool.firstIndex(where: {
        $0.transport.settings.isSameCollector(as: remote.settings)
      }) {
        let transport = pool.remove(at: index).transport
        streams.append(Directed(transport: transport, selector: remote.selector))
        if transport.adopt(remote.settings, now: now) { resolve(transport, now: now) }
      } else {
        add(remote.settings, remote.selector)
        guard let transport = streams.last?.transport else { continue }
        if transport.start(now: now) { resolve(transport, now: now) }
      }
    }
    for remote in pool {
      remote.transport.retire(now: now)
      streams.append(Directed(transport: remote.transport, selector: Selector.none))
    }
  }

  /// Reads again what the remotes' options name: pins, certificates.
  func reload(now: Instant) {
    for remote in streams where remote.transport.reload(now: now) {
      resolve(remote.transport, now: now)
    }
  }

  func dropRetired(now: Instant) {
    streams.removeAll { $0.transport.isRetired(now: now) }
  }
}

extension RemoteSettings {
  /// Whether what is queued for the one may be delivered to the other.
  fileprivate func isSameCollector(as other: RemoteSettings) -> Bool {
    host == other.host && effectivePort == other.effectivePort && transport == other.transport
  }
}
