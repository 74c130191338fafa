public import Bytes
internal import Features
public import SyslogCore
public import TLSBackend

/// One remote with its options.
///
/// A class, because copies of so many fields are kilobytes of code; nobody changes one that is in
/// use.
public final class RemoteSettings {
  public enum Transport: Sendable {
    case udp
    case tls
    /// In clear, for collectors that have nothing else (RFC 6587); never a fallback.
    case tcp
  }

  /// What a remote is sent as one.
  enum Unit {
    /// Each datagram of the log socket as it came, NULs and all.
    case datagram
    /// Each message by itself, of which a datagram may have several.
    case message
  }

  /// Where a pin is written: in a file that is read again for every connection, or on the command
  /// line itself.
  public enum PinSource: Equatable, Sendable {
    case file(Text)
    case literal(Text)
  }

  /// Which collector, and how it is reached.
  public struct Destination: Equatable, Sendable {
    /// A name or an address literal, without brackets.
    public var host: Text = ""
    /// 0 until the transport's default is filled in.
    public var port: UInt16 = 0
    public var transport = Transport.udp
    /// The local address to bind.
    public var source: SocketAddress?
    /// The network device, or the VRF, that packets leave by.
    public var device: Text?
  }

  /// Who the collector must be, and who we are to it.
  public struct Trust: Equatable, Sendable {
    public var pins: [PinSource] = []
    /// Files or folders of trust anchors.
    public var authorities: [Text] = []
    /// The name that a validated chain must be for, which need not be the host.
    public var peerName: PeerName?
    /// Files or folders.
    public var revocationLists: [Text] = []
    /// The client's own, both or none.
    public var certificate: Text?
    public var key: Text?
    /// The lowest TLS version, the suites and the groups; the server name is filled in from the
    /// host.
    public var tls = TLSParameters()
  }

  /// How messages are queued and sent.
  public struct Delivery: Equatable, Sendable {
    public var framing = Framing.octetCounting
    /// Nil is the transport's default: raw on UDP, RFC 5424 on TLS and TCP.
    public var format: MessageFormat?
    /// Bytes of messages kept while the remote is away; nil: a share of the machine's memory.
    public var queueCapacity: Int?
    /// Bytes of acknowledged messages kept, to be sent again after a break; with numbers, unless 0.
    public var replay: Int {
      get { replayLimit.value }
      set { replayLimit.value = newValue }
    }
    private var replayLimit = ReplayNumber()
    public var retry = Backoff(minimum: Interval(milliseconds: 400), maximum: .seconds(1500))
    public var connectTimeout = Interval.seconds(10)
    public var handshakeTimeout = Interval.seconds(10)
    /// How long the peer's kernel may leave bytes unacknowledged before the connection counts as
    /// dead (TCP_USER_TIMEOUT, RFC 5482). Without it Linux goes on for 15 minutes.
    public var userTimeout = Interval.seconds(30)
    /// How long a connection is idle before the peer's kernel is asked whether it is still there.
    /// With the limit above, one that is gone is noticed within a minute while nothing is logged.
    public var keepalive = Interval.seconds(30)
    /// Whether it is the backup of the remote before it on the command line.
    public var takesOver = false
  }

  /// The file for what the queue has no room for.
  public struct Spool: Equatable, Sendable {
    public var path: Text
    /// Of the file.
    public let size: Int
    /// Bytes that may be written in a day.
    public let dailyLimit: Int

    public init(path: Text, size: Int, dailyLimit: Int) {
      self.path = path
      self.size = size
      self.dailyLimit = dailyLimit
    }
  }

  public var destination = Destination()
  public var trust = Trust()
  public var delivery = Delivery()
  /// What takes over while this one does not work (`--failover`).
  public var backup: RemoteSettings?
  private var spooling = WithSpool<Spool>()

  public init() {}

  public var spool: Spool? {
    get { spooling.value }
    set { spooling.value = newValue }
  }

  /// Another one with the same values, to be changed, and without a backup.
  public func copy() -> RemoteSettings {
    let copy = RemoteSettings()
    copy.destination = destination
    copy.trust = trust
    copy.delivery = delivery
    if Feature.spool.isBuilt { copy.spool = spool }
    return copy
  }

  /// Whether the two say the same of the same remote.
  public func equals(_ other: RemoteSettings) -> Bool {
    guard equalsAlone(other) else { return false }
    guard Feature.failover.isBuilt, let backup else { return other.backup == nil }
    return other.backup.map { backup.equals($0) } ?? false
  }

  /// The same, whatever takes over from them.
  func equalsAlone(_ other: RemoteSettings) -> Bool {
    destination == other.destination && trust == other.trust && delivery == other.delivery
      && (!Feature.spool.isBuilt || spool == other.spool)
  }

  /// The transport's registered port: 514 (RFC 5426 §3.3), 6514 (RFC 5425 §4.1, T1), 601
  /// (IANA's syslog-conn; RFC 6587 names none).
  public var effectivePort: UInt16 {
    if destination.port != 0 { return destination.port }
    return switch destination.transport {
    case .udp: 514
    case .tls: 6514
    case .tcp: 601
    }
  }

  public var effectiveFormat: MessageFormat {
    guard Feature.formats.isBuilt else { return .raw }
    if let format = delivery.format { return format }
    return switch destination.transport {
    case .udp: .raw
    case .tls, .tcp: .rfc5424
    }
  }

  var unit: Unit { effectiveFormat == .raw ? .datagram : .message }

  /// What was asked for and is not recommended: logged once, at the start.
  var weaknesses: [Sentence] {
    guard destination.transport == .tls else { return [] }
    var weaknesses: [Sentence] = []
    // RFC 5425 §5.4 and §6.1 (T24).
    if trust.pins.isEmpty, trust.authorities.isEmpty { weaknesses.append(.anyPeer) }
    // RFC 9662 §4 (U2), RFC 9325 §4.1 (C10).
    guard Feature.tlsChoices.isBuilt else { return weaknesses }
    let suite = TLSCipherSuite.rsaWithAES128CBC
    if trust.tls.minimumVersion <= suite.version, trust.tls.cipherSuites?.contains(suite) == true {
      weaknesses.append(.noForwardSecrecy(suite))
    }
    return weaknesses
  }

  /// The addresses that can be reached from the local address, with the remote's port.
  func reachable(_ addresses: [SocketAddress]) -> [SocketAddress] {
    var reachable: [SocketAddress] = []
    for var address in addresses {
      if let source = destination.source, source.family != address.family { continue }
      address.setPort(effectivePort)
      reachable.append(address)
    }
    return reachable
  }

  /// How the remote is called in the log: `host:port`, with brackets around an IPv6 address.
  public var name: Text {
    let host = destination.host
    return host.bytes.contains(UInt8(ascii: ":"))
      ? "[\(host)]:\(effectivePort)" : "\(host):\(effectivePort)"
  }
}

extension RemoteSettings.Trust {
  /// The files that a TLS context is made from.
  var paths: [Text] {
    var paths: [Text] = []
    if Feature.chains.isBuilt { paths = authorities + revocationLists }
    guard Feature.clientCertificates.isBuilt else { return paths }
    if let certificate { paths.append(certificate) }
    if let key { paths.append(key) }
    return paths
  }

  var pinPaths: [Text] {
    var paths: [Text] = []
    for case .file(let path) in pins { paths.append(path) }
    return paths
  }
}
