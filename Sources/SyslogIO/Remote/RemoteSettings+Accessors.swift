public import Bytes
public import SyslogCore
public import TLSBackend

// Each setting by its own name.
extension RemoteSettings {
  public var host: Text {
    get { destination.host }
    set { destination.host = newValue }
  }

  public var port: UInt16 {
    get { destination.port }
    set { destination.port = newValue }
  }

  public var transport: Transport {
    get { destination.transport }
    set { destination.transport = newValue }
  }

  public var source: SocketAddress? {
    get { destination.source }
    set { destination.source = newValue }
  }

  public var pins: [PinSource] {
    get { trust.pins }
    _modify { yield &trust.pins }
  }

  public var authorities: [Text] {
    get { trust.authorities }
    _modify { yield &trust.authorities }
  }

  public var peerName: PeerName? {
    get { trust.peerName }
    set { trust.peerName = newValue }
  }

  public var revocationLists: [Text] {
    get { trust.revocationLists }
    _modify { yield &trust.revocationLists }
  }

  public var certificate: Text? {
    get { trust.certificate }
    set { trust.certificate = newValue }
  }

  public var key: Text? {
    get { trust.key }
    set { trust.key = newValue }
  }

  public var tls: TLSParameters {
    get { trust.tls }
    _modify { yield &trust.tls }
  }

  public var framing: Framing {
    get { delivery.framing }
    set { delivery.framing = newValue }
  }

  public var format: MessageFormat? {
    get { delivery.format }
    set { delivery.format = newValue }
  }

  public var queueCapacity: Int {
    get { delivery.queueCapacity }
    set { delivery.queueCapacity = newValue }
  }

  public var retry: Backoff {
    get { delivery.retry }
    set { delivery.retry = newValue }
  }

  public var connectTimeout: Interval {
    get { delivery.connectTimeout }
    set { delivery.connectTimeout = newValue }
  }

  public var handshakeTimeout: Interval {
    get { delivery.handshakeTimeout }
    set { delivery.handshakeTimeout = newValue }
  }
}
