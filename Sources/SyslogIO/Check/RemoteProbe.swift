internal import Bytes
internal import CPosix
internal import SyslogCore
public import TLSBackend

/// A connection to a remote that is made to be looked at: no message is sent over it, and whoever
/// makes it waits.
public enum RemoteProbe<TLS: TLSBackend & ~Copyable> {
  /// How long a server is given to refuse us after the handshake, in milliseconds: in TLS 1.3 its
  /// alert comes later, and when it accepts us it may say nothing at all.
  private static var refusalTimeout: Int64 { 1000 }

  /// The certificates that a server shows to anybody, authenticated by nothing (RFC 5425 §4.2.1,
  /// T8).
  public static func certificates(
    of remote: RemoteSettings, remarks report: CheckReport
  ) throws(TLSError) -> [CertificateSummary] {
    let context = try TLS.Context(remote.trust.tls)
    let socket = try ProbeSocket.connect(remote, report)
    let findings = shakeHands(
      remote, context, policy: .insecureAnyPeer, socket: socket.rawValue)
    // A server that does not want us has still shown them.
    if let peer = findings.peer, !peer.certificates.isEmpty { return peer.certificates }
    throw findings.failure ?? TLSError(.negotiation, .noServerCertificate)
  }

  /// Goes through the handshake with the remote's own policy, waits for the server's verdict on us,
  /// and closes the connection in order.
  static func shakeHands(
    _ remote: RemoteSettings, _ context: TLS.Context, policy: PeerPolicy, socket: Int32
  ) -> ProbeFindings {
    var findings = ProbeFindings()
    var policy = policy
    policy.keepsPeer = true
    do throws(TLSError) {
      var session = try TLS(context, policy: policy, socket: socket)
      do throws(TLSError) {
        try complete(&session, remote, socket, &findings)
        try listen(&session, socket)
      } catch {
        findings.failure = error
      }
      findings.peer = session.peer
      guard findings.negotiated != nil else { return findings }
      findings.isAccepted = session.isAcceptedByPeer
      if findings.failure == nil { _ = try session.shutdown() }
    } catch {
      if findings.failure == nil { findings.failure = error }
    }
    return findings
  }

  private static func complete(
    _ session: inout TLS, _ remote: RemoteSettings, _ socket: Int32, _ findings: inout ProbeFindings
  ) throws(TLSError) {
    let end = ProbeSocket.now &+ remote.delivery.handshakeTimeout.milliseconds
    while true {
      switch try session.handshake() {
      case .complete(let peer):
        findings.advice = peer.advice
        findings.negotiated = session.negotiated
        return
      case .blocked(let readiness):
        guard ProbeSocket.wait(socket, readiness, until: end) else {
          throw TLSError(
            .connection(errno: ETIMEDOUT),
            .handshakeTimedOut(after: remote.delivery.handshakeTimeout))
        }
      }
    }
  }

  private static func listen(_ session: inout TLS, _ socket: Int32) throws(TLSError) {
    let end = ProbeSocket.now &+ refusalTimeout
    var readiness: Readiness
    repeat {
      switch try session.drain() {
      case .idle: readiness = .readable
      case .blocked(let wanted): readiness = wanted
      // Also after it has sent tickets: some look at a certificate only then.
      case .peerClosed:
        throw TLSError(.connection(errno: 0), .closedByServer)
      }
    } while ProbeSocket.wait(socket, readiness, until: end)
  }
}

/// What came of a connection. Not a part of the generic type: ordinary Swift would look for that at
/// run time, and not find it (docs/decisions/0005).
struct ProbeFindings {
  /// Nil when there was no handshake to speak of.
  var peer: PeerEvidence?
  /// Nil when the handshake was not completed.
  var negotiated: TLSNegotiated?
  var advice: Sentence?
  /// Whether the server is known to have accepted us.
  var isAccepted = false
  /// The reason that the daemon would log.
  var failure: TLSError?
}

/// A TCP connection that is waited for.
enum ProbeSocket {
  /// The first address that accepts the connection, with the daemon's timeouts and sentences; each
  /// attempt is printed.
  static func connect(
    _ remote: RemoteSettings, _ report: CheckReport
  ) throws(TLSError) -> FileDescriptor {
    var failure = StreamSocket.Failure(step: .connect, cause: Errno(code: ETIMEDOUT))
    for address in try resolve(remote, report) {
      let name = PeerName.address(address.bytes).words
      do throws(StreamSocket.Failure) {
        let socket = try connect(to: address, remote)
        report.add(.connected, .connected(to: name, port: remote.effectivePort))
        return socket
      } catch {
        failure = error
        report.add(.connected, .notConnected(to: name, error.reason))
      }
    }
    throw TLSError(.connection(errno: failure.cause.code), failure.reason)
  }

  /// All addresses of the remote, printed.
  static func resolve(
    _ remote: RemoteSettings, _ report: CheckReport
  ) throws(TLSError) -> [SocketAddress] {
    let found: [SocketAddress]
    do throws(LookupError) {
      found = try lookUp(remote.destination.host, flags: 0)
    } catch {
      throw TLSError(.connection(errno: 0), .notResolved(error))
    }
    report.add(.resolved, .resolved(remote.destination.host, found))
    let addresses = remote.reachable(found)
    guard !addresses.isEmpty else {
      throw TLSError(.connection(errno: 0), .noUsableAddress)
    }
    return addresses
  }

  private static func connect(
    to address: SocketAddress, _ remote: RemoteSettings
  ) throws(StreamSocket.Failure) -> FileDescriptor {
    let socket = try StreamSocket.connect(to: address, for: remote)
    guard
      wait(socket.rawValue, .writable, until: now &+ remote.delivery.connectTimeout.milliseconds)
    else {
      throw StreamSocket.Failure(step: .connect, cause: Errno(code: ETIMEDOUT))
    }
    if let failure = StreamSocket.failure(of: socket.rawValue) { throw failure }
    return socket
  }

  /// Milliseconds of the monotonic clock.
  static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
  }

  /// False when the time is over first.
  static func wait(_ socket: Int32, _ readiness: Readiness, until end: Int64) -> Bool {
    var poller = Poller()
    let slot = poller.add(
      socket, readable: readiness == .readable, writable: readiness == .writable)
    while true {
      let left = end &- now
      guard left > 0 else { return false }
      poller.wait(milliseconds: Int32(clamping: left))
      if poller.isReady(slot) { return true }
    }
  }
}
