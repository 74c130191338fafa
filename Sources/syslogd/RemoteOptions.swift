import Bytes
import CPosix
import Features
import SelectedBackend
import SyslogCore
import SyslogIO
import TLSBackend

/// One remote as its options make it, whether they stand behind `-R` or in a rule of the
/// configuration.
final class RemoteOptions {
  /// Where they are written, which decides how they are spelled and what a refusal advises.
  enum Place {
    case commandLine
    case rule
  }

  private let place: Place
  let settings: RemoteSettings
  /// The options given for this remote itself.
  private var given: [RemoteOption] = []

  /// `defaults`: what options before the first `-R` say.
  init(_ defaults: RemoteSettings, in place: Place) {
    settings = defaults.copy()
    self.place = place
  }

  /// `HOST[:PORT]`.
  func name(_ value: OptionValue) throws(UsageError) {
    let remote = try value.remote()
    (settings.destination.host, settings.destination.port) = (remote.host, remote.port)
  }

  func use(_ transport: RemoteSettings.Transport) {
    settings.destination.transport = transport
  }

  func apply(_ option: RemoteOption, _ value: OptionValue) throws(UsageError) {
    given.append(option)
    // Among the defaults, too: what was asked for over TLS is not to go in clear.
    if given.contains(.tls), given.contains(.tcp) {
      throw UsageError(.cannotCombine(name(.tcp), with: name(.tls)))
    }
    switch option {
    case .tls: settings.destination.transport = .tls
    case .tcp: settings.destination.transport = .tcp
    case .source: settings.destination.source = try value.address()
    case .device: settings.destination.device = try value.device()
    case .framing:
      settings.delivery.framing = try value.word([("octet", .octetCounting), ("lf", .lineFeed)])
    case .format where Feature.formats.isBuilt:
      settings.delivery.format = try value.word([
        ("raw", .raw), ("3164", .rfc3164), ("5424", .rfc5424),
      ])
    case .queue:
      settings.delivery.queueCapacity = try value.size(
        in: MessageQueue.minimumCapacity...512 * 1024 * 1024)
    case .replay where Feature.replay.isBuilt:
      settings.delivery.replay = try value.size(in: 0...512 * 1024 * 1024)
    case .spool where Feature.spool.isBuilt: settings.spool = try value.spool()
    case .spool: break
    case .retry: settings.delivery.retry = try value.retry()
    case .connectTimeout: settings.delivery.connectTimeout = try value.seconds()
    case .handshakeTimeout: settings.delivery.handshakeTimeout = try value.seconds()
    case .userTimeout: settings.delivery.userTimeout = try value.seconds()
    case .keepalive: settings.delivery.keepalive = try value.seconds()
    case .failover: settings.delivery.takesOver = true
    case .format, .replay: break
    case .pin, .ca, .serverName, .crl, .certificate, .key, .tlsMin, .tlsCiphers, .tlsGroups:
      // A remote over TLS is refused as a whole.
      guard hasTLS || settings.destination.transport == .tls else {
        throw UsageError(.refused(option: name(option), .builtWithoutTLS))
      }
      if hasTLS { try applyOfTLS(option, value) }
    }
  }

  private func applyOfTLS(_ option: RemoteOption, _ value: OptionValue) throws(UsageError) {
    switch option {
    case .pin: settings.trust.pins.append(try value.pin())
    case .ca: settings.trust.authorities.append(try value.path())
    case .serverName where Feature.chains.isBuilt:
      settings.trust.peerName = try value.peerName()
    case .crl: settings.trust.revocationLists.append(try value.path())
    case .certificate: settings.trust.certificate = try value.path()
    case .key: settings.trust.key = try value.path()
    case .tlsMin where Feature.tlsChoices.isBuilt:
      settings.trust.tls.minimumVersion = try value.word([("1.2", .tls12), ("1.3", .tls13)])
    case .tlsCiphers where Feature.tlsChoices.isBuilt:
      settings.trust.tls.cipherSuites = try value.cipherSuites()
    case .tlsGroups where Feature.tlsChoices.isBuilt:
      settings.trust.tls.groups = try value.groups()
    case .tls, .tcp, .source, .device, .framing, .format, .queue, .replay, .spool, .retry,
      .connectTimeout, .handshakeTimeout, .userTimeout, .keepalive, .failover, .serverName,
      .tlsMin, .tlsCiphers, .tlsGroups:
      break
    }
  }

  /// The remote of an `-R`, which the library supports.
  func finished(_ check: Options.LibraryCheck) throws(UsageError) -> RemoteSettings {
    let settings = try finished()
    do throws(TLSError) {
      try check(settings)
    } catch {
      throw UsageError(
        .refused(settings.name, option: error.parameter?.option.spelling, error.reason))
    }
    return settings
  }

  /// What was meant for a connection must not be lost with the transport that it was meant for.
  /// Defaults may be meant for others, except what tells who the server must be: whoever gives that
  /// wants nothing sent without it (C3).
  func finished() throws(UsageError) -> RemoteSettings {
    if settings.destination.transport != .tls {
      let option: RemoteOption? =
        !settings.trust.pins.isEmpty
        ? .pin
        : !Feature.chains.isBuilt
          ? nil
          : !settings.trust.authorities.isEmpty
            ? .ca : !settings.trust.revocationLists.isEmpty ? .crl : nil
      if let option {
        throw UsageError(.needsTLS(name(option), for: settings.name, in: place))
      }
    }
    for option in given {
      guard OptionTable.entry(.remote(option)).hasEffect(over: settings.destination.transport)
      else {
        throw UsageError(
          .noEffect(
            name(option), over: settings.destination.transport, for: settings.name, in: place))
      }
    }
    if Feature.replay.isBuilt { try checkReplay() }
    // A default may be meant for others.
    if Feature.spool.isBuilt, settings.destination.transport == .udp { settings.spool = nil }
    if hasTLS, settings.destination.transport == .tls { try checkIdentity() }
    return settings
  }

  /// Only RFC 5424 has a place for numbers. Defaults may be meant for other remotes.
  private func checkReplay() throws(UsageError) {
    let transport = settings.destination.transport
    guard settings.effectiveFormat != .rfc5424 || transport == .udp else { return }
    if settings.delivery.replay > 0, given.contains(.replay) {
      throw UsageError(.needsRFC5424(name(.replay), name(.format), for: settings.name))
    }
    settings.delivery.replay = 0
  }

  /// Makes it take over from `first`, and from those that already do. They share a queue.
  func join(_ first: RemoteSettings?) throws(UsageError) {
    guard let first else { throw UsageError(.noRemoteBefore(name(.failover))) }
    var (last, count) = (first, 1)
    while let next = last.backup { (last, count) = (next, count + 1) }
    guard count < Failover.limit else {
      throw UsageError(.tooManyTakeOver(first.name, limit: Failover.limit))
    }
    let transport = settings.destination.transport
    guard transport != .udp, last.destination.transport == transport else {
      throw UsageError(.otherTransport(settings.name, than: last.name))
    }
    // Their queue goes from one to the other.
    if Feature.spool.isBuilt, first.spool != nil || settings.spool != nil {
      throw UsageError(.cannotCombine(name(.spool), with: name(.failover)))
    }
    for option in given where option == .format || option == .queue || option == .replay {
      throw UsageError(.shared(name(option), by: settings.name, with: first.name))
    }
    settings.delivery.format = first.delivery.format
    settings.delivery.queueCapacity = first.delivery.queueCapacity
    settings.delivery.replay = first.delivery.replay
    last.backup = settings
  }

  /// What belongs together, and the name that the server must have.
  private func checkIdentity() throws(UsageError) {
    if Feature.chains.isBuilt {
      if settings.trust.authorities.isEmpty, !settings.trust.revocationLists.isEmpty {
        throw UsageError(.needs(name(.crl), name(.ca)))
      }
      if settings.trust.authorities.isEmpty, given.contains(.serverName),
        settings.trust.pins.isEmpty
      {
        throw UsageError(.needs(name(.serverName), name(.ca)))
      }
    }
    if Feature.clientCertificates.isBuilt {
      if settings.trust.certificate == nil, settings.trust.key != nil {
        throw UsageError(.needs(name(.key), name(.certificate)))
      }
      if settings.trust.certificate != nil, settings.trust.key == nil {
        throw UsageError(.needs(name(.certificate), name(.key)))
      }
    }
    settings.trust.tls.serverName = HostPort.serverName(
      of: settings.destination.host, isAddress: SocketAddress.isLiteral)
    guard Feature.chains.isBuilt else { return }
    switch settings.trust.peerName {
    case nil:
      settings.trust.peerName = OptionValue.peerName(of: settings.destination.host)
      if settings.trust.peerName == nil, !settings.trust.authorities.isEmpty {
        throw UsageError(
          .cannotCertify(host: settings.destination.host, name(.ca), without: name(.serverName)))
      }
    // A pattern is nobody's name.
    case .dns(let name)? where name.first != UInt8(ascii: "*"): settings.trust.tls.serverName = name
    case .dns?: break
    case .address?: settings.trust.tls.serverName = nil
    }
  }

  private func name(_ option: RemoteOption) -> Text {
    let entry = OptionTable.entry(.remote(option))
    return switch place {
    case .commandLine: entry.spelling
    case .rule: entry.name.text
    }
  }
}
