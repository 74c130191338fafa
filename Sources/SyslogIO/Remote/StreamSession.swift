internal import Bytes
internal import Features
internal import TLSBackend

/// What carries a remote's messages over its connection: a TLS session, or the connection itself.
///
/// Which of the two it is, is decided when it is made, and cannot change.
struct StreamSession<TLS: TLSBackend & ~Copyable>: ~Copyable {
  // An enum's payload cannot be changed in place when it cannot be copied. One of the two is nil.
  private var tls: TLS?
  private var plain: PlainStream?
  /// Known to the compiler, as what a build without TLS or without TCP has no code for.
  private static var hasPlain: Bool { Feature.tcp.isBuilt }

  init(over tls: consuming TLS) {
    self.tls = consume tls
    plain = nil
  }

  init(inClear plain: consuming PlainStream) {
    tls = nil
    self.plain = consume plain
  }

  /// Nil without TLS, where there is nothing to agree on and nobody to verify.
  mutating func handshake() throws(TLSError) -> HandshakeStep? {
    try tls?.handshake()
  }

  mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    if TLS.isPresent, let step = try tls?.write(bytes) { return step }
    guard StreamSession.hasPlain, let step = try plain?.write(bytes) else {
      throw .outOfTurn("write")
    }
    return step
  }

  mutating func drain() throws(TLSError) -> DrainStep {
    if TLS.isPresent, let step = try tls?.drain() { return step }
    return StreamSession.hasPlain ? try plain?.drain() ?? .idle : .idle
  }

  /// Sends close_notify. Without TLS the end of the stream says the same; what the peer sent is
  /// read before it, because a close with unread data is a reset, which loses what is on its way.
  /// False when the connection is broken, which it does not say twice.
  @discardableResult mutating func shutdown() -> Bool {
    do throws(TLSError) {
      _ = try tls?.shutdown()
      if StreamSession.hasPlain { _ = try plain?.drain() }
      return true
    } catch {
      return false
    }
  }

  // Mutating, because the payload of an optional cannot be borrowed when it cannot be copied.

  /// Bytes that the kernel has accepted, those of a handshake included.
  var ciphertextSent: UInt64 { mutating get { tls?.ciphertextSent ?? plain?.sent ?? 0 } }

  /// Never known without TLS: a proxy in front of a collector may accept a connection and all that
  /// comes over it, and drop both.
  var isAcceptedByPeer: Bool { mutating get { tls?.isAcceptedByPeer ?? false } }

  /// Nil without TLS.
  var negotiated: TLSNegotiated? { mutating get { tls?.negotiated } }
}
