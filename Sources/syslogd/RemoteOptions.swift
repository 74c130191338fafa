import Bytes
import CPosix
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
    (settings.host, settings.port) = (remote.host, remote.port)
  }

  func use(_ transport: RemoteSettings.Transport) {
    settings.transport = transport
  }

  func apply(_ option: RemoteOption, _ value: OptionValue) throws(UsageError) {
    given.append(option)
    // Among the defaults, too: what was asked for over TLS is not to go in clear.
    if given.contains(.tls), given.contains(.tcp) {
      throw UsageError(.cannotCombine(name(.tcp), with: name(.tls)))
    }
    switch option {
    case .tls: settings.transport = .tls
    case .tcp: settings.transport = .tcp
    case .pin: settings.pins.append(try value.pin())
    case .ca: settings.authorities.append(try value.path())
    case .serverName: settings.peerName = try value.peerName()
    case .crl: settings.revocationLists.append(try value.path())
    case .certificate: settings.certificate = try value.path()
    case .key: settings.key = try value.path()
    case .source: settings.source = try value.address()
    case .tlsMin:
      settings.tls.minimumVersion = try value.word([("1.2", .tls12), ("1.3", .tls13)])
    case .tlsCiphers: settings.tls.cipherSuites = try value.cipherSuites()
    case .tlsGroups: settings.tls.groups = try value.groups()
    case .framing:
      settings.framing = try value.word([("octet", .octetCounting), ("lf", .lineFeed)])
    case .format:
      settings.format = try value.word([("raw", .raw), ("3164", .rfc3164), ("5424", .rfc5424)])
    case .queue:
      settings.queueCapacity = try value.size(
        in: MessageQueue.minimumCapacity...512 * 1024 * 1024)
    case .retry: settings.retry = try value.retry()
    case .connectTimeout: settings.connectTimeout = try value.seconds()
    case .handshakeTimeout: settings.handshakeTimeout = try value.seconds()
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
    if settings.transport != .tls {
      let option: RemoteOption? =
        !settings.pins.isEmpty
        ? .pin
        : !settings.authorities.isEmpty ? .ca : !settings.revocationLists.isEmpty ? .crl : nil
      if let option {
        throw UsageError(.needsTLS(name(option), for: settings.name, in: place))
      }
    }
    for option in given {
      guard OptionTable.entry(.remote(option)).hasEffect(over: settings.transport) else {
        throw UsageError(
          .noEffect(name(option), over: settings.transport, for: settings.name, in: place))
      }
    }
    if settings.transport == .tls { try checkIdentity() }
    return settings
  }

  /// What belongs together, and the name that the server must have.
  private func checkIdentity() throws(UsageError) {
    if settings.authorities.isEmpty, !settings.revocationLists.isEmpty {
      throw UsageError(.needs(name(.crl), name(.ca)))
    }
    if settings.authorities.isEmpty, given.contains(.serverName), settings.pins.isEmpty {
      throw UsageError(.needs(name(.serverName), name(.ca)))
    }
    if settings.certificate == nil, settings.key != nil {
      throw UsageError(.needs(name(.key), name(.certificate)))
    }
    if settings.certificate != nil, settings.key == nil {
      throw UsageError(.needs(name(.certificate), name(.key)))
    }
    settings.tls.serverName = HostPort.serverName(
      of: settings.host, isAddress: SocketAddress.isLiteral)
    switch settings.peerName {
    case nil:
      settings.peerName = OptionValue.peerName(of: settings.host)
      if settings.peerName == nil, !settings.authorities.isEmpty {
        throw UsageError(
          .cannotCertify(host: settings.host, name(.ca), without: name(.serverName)))
      }
    // A pattern is nobody's name.
    case .dns(let name)? where name.first != UInt8(ascii: "*"): settings.tls.serverName = name
    case .dns?: break
    case .address?: settings.tls.serverName = nil
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
