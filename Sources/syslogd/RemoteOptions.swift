import Bytes
import CPosix
import SyslogCore
import SyslogIO
import TLSBackend

/// One remote as its options make it, whether they stand behind `-R` or in a rule of the
/// configuration.
struct RemoteOptions {
  /// Where they are written, which decides what they are called and what a refusal advises.
  enum Place {
    case commandLine
    case rule
  }

  private let place: Place
  let settings: RemoteSettings
  /// The options given for this remote itself.
  private var given: [Int32] = []

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

  mutating func apply(_ code: Int32, _ value: OptionValue) throws(UsageError) {
    given.append(code)
    // Among the defaults, too: what was asked for over TLS is not to go in clear.
    if given.contains(LongOption.tls), given.contains(LongOption.tcp) {
      throw UsageError(line: "--tcp: -d is there, too; leave one of them out")
    }
    switch code {
    case LongOption.tls: settings.transport = .tls
    case LongOption.tcp: settings.transport = .tcp
    case LongOption.pin: settings.pins.append(try value.pin())
    case LongOption.ca: settings.authorities.append(try value.path())
    case LongOption.serverName: settings.peerName = try value.peerName()
    case LongOption.crl: settings.revocationLists.append(try value.path())
    case LongOption.cert: settings.certificate = try value.path()
    case LongOption.key: settings.key = try value.path()
    case LongOption.source: settings.source = try value.address()
    case LongOption.tlsMin:
      settings.tls.minimumVersion = try value.word([("1.2", .tls12), ("1.3", .tls13)])
    case LongOption.tlsCiphers: settings.tls.cipherSuites = try value.cipherSuites()
    case LongOption.tlsGroups: settings.tls.groups = try value.groups()
    case LongOption.framing:
      settings.framing = try value.word([("octet", .octetCounting), ("lf", .lineFeed)])
    case LongOption.format:
      settings.format = try value.word([("raw", .raw), ("3164", .rfc3164), ("5424", .rfc5424)])
    case LongOption.queue:
      settings.queueCapacity = try value.size(
        in: MessageQueue.minimumCapacity...512 * 1024 * 1024)
    case LongOption.retry: settings.retry = try value.retry()
    case LongOption.connectTimeout: settings.connectTimeout = try value.seconds()
    case LongOption.handshakeTimeout: settings.handshakeTimeout = try value.seconds()
    default: throw UsageError(line: "\(value.option): there is no such option (see --help)")
    }
  }

  /// What was meant for a connection must not be lost with the transport that it was meant for.
  /// Defaults may be meant for others, except what tells who the server must be: whoever gives that
  /// wants nothing sent without it (C3).
  func finished() throws(UsageError) -> RemoteSettings {
    if settings.transport != .tls {
      let option: (code: Int32, what: Text)? =
        !settings.pins.isEmpty
        ? (LongOption.pin, "a pin")
        : !settings.authorities.isEmpty
          ? (LongOption.ca, "a trust anchor")
          : !settings.revocationLists.isEmpty ? (LongOption.crl, "a revocation list") : nil
      if let option {
        throw UsageError(line: "\(name(of: option.code)): \(option.what) needs TLS; \(remedy)")
      }
    }
    for code in given where !LongOption.has(code, over: settings.transport) {
      let transport: Text = settings.transport == .udp ? "UDP" : "TCP"
      throw UsageError(
        line: "\(name(of: code)): it means nothing over \(transport); \(remedy), or leave it out")
    }
    if settings.transport == .tls { try checkIdentity() }
    return settings
  }

  /// What belongs together, and the name that the server must have.
  private func checkIdentity() throws(UsageError) {
    if settings.authorities.isEmpty, !settings.revocationLists.isEmpty {
      throw lone(LongOption.crl, "it needs the trust anchors", LongOption.ca)
    }
    if settings.authorities.isEmpty, given.contains(LongOption.serverName), settings.pins.isEmpty {
      throw lone(LongOption.serverName, "nothing is verified without", LongOption.ca)
    }
    if settings.certificate == nil, settings.key != nil {
      throw lone(LongOption.key, "it needs the certificate", LongOption.cert)
    }
    if settings.certificate != nil, settings.key == nil {
      throw lone(LongOption.cert, "it needs the key", LongOption.key)
    }
    settings.tls.serverName = HostPort.serverName(
      of: settings.host, isAddress: SocketAddress.isLiteral)
    switch settings.peerName {
    case nil:
      settings.peerName = OptionValue.peerName(of: settings.host)
      if settings.peerName == nil, !settings.authorities.isEmpty {
        throw lone(
          LongOption.ca, "the host is no name that a certificate can have", LongOption.serverName)
      }
    // A pattern is nobody's name.
    case .dns(let name)? where name.first != UInt8(ascii: "*"): settings.tls.serverName = name
    case .dns?: break
    case .address?: settings.tls.serverName = nil
    }
  }

  private func lone(_ code: Int32, _ words: StaticString, _ other: Int32) -> UsageError {
    UsageError(line: "\(name(of: code)): \(words) (\(name(of: other)))")
  }

  private func name(of code: Int32) -> Text {
    switch place {
    case .commandLine: LongOption.name(of: code)
    case .rule: LongOption.word(of: code)
    }
  }

  private var remedy: Text {
    switch place {
    case .commandLine: "add -d to -R \(settings.name)"
    case .rule: "write @tls://\(settings.name)"
    }
  }
}
