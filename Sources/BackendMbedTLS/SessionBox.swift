internal import CMbedTLS
internal import CPosix
internal import TLSBackend

/// What Mbed TLS's callbacks of one session point at. It has memory of its own, because the
/// session itself is a value that moves.
struct SessionBox: ~Copyable {
  var stream: cposix_stream
  let policy: PeerPolicy
  let trust: Trust
  var verdict = TLSVerdict.pending
  /// What the peer has shown, when the policy keeps it.
  var evidence: PeerEvidence?

  init(policy: consuming PeerPolicy, trust: Trust, socket: Int32) {
    self.policy = policy
    self.trust = trust
    stream = cposix_stream(fd: socket, failure: 0, ended: 0, turn: 0, sent: 0, received: 0)
  }

  static func at(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SessionBox>? {
    unsafe context?.assumingMemoryBound(to: SessionBox.self)
  }
}

/// The corresponding C type is `mbedtls_ssl_send_t`.
func sendCiphertext(
  _ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int
) -> Int32 {
  guard let box = unsafe SessionBox.at(context) else { return MBEDTLS_ERR_NET_INVALID_CONTEXT }
  let sent = unsafe cposix_stream_send(&box.pointee.stream, bytes, count)
  guard sent < 0 else { return Int32(truncatingIfNeeded: sent) }
  return unsafe box.pointee.stream.failure == 0
    ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED
}

/// The corresponding C type is `mbedtls_ssl_recv_t`.
///
/// The library reads on by itself over everything that is not application data, so that only here
/// can its turn be ended.
func receiveCiphertext(
  _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int
) -> Int32 {
  guard let box = unsafe SessionBox.at(context) else { return MBEDTLS_ERR_NET_INVALID_CONTEXT }
  let received = unsafe cposix_stream_receive(&box.pointee.stream, bytes, count)
  guard received < 0 else { return Int32(truncatingIfNeeded: received) }
  guard unsafe box.pointee.stream.failure == 0 else { return MBEDTLS_ERR_NET_RECV_FAILED }
  return MBEDTLS_ERR_SSL_WANT_READ
}
