internal import Bytes
internal import CMbedTLS
internal import CPosix
internal import SessionStream
internal import TLSBackend

/// What Mbed TLS's callbacks of one session point at. It has memory of its own, because the
/// session itself is a value that moves.
struct SessionBox: ~Copyable {
  var channel: SessionStream
  let policy: PeerPolicy
  let trust: TrustStore
  var verdict = TLSVerdict.pending
  /// What the peer has shown, when the policy keeps it.
  var peer: PeerEvidence?

  init(policy: consuming PeerPolicy, trust: TrustStore, socket: Int32) {
    self.policy = policy
    self.trust = trust
    channel = SessionStream(socket: socket)
  }

  static func at(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SessionBox>? {
    unsafe context?.assumingMemoryBound(to: SessionBox.self)
  }
}

// MARK: The transport

/// The corresponding C type is `mbedtls_ssl_send_t`.
func sendCiphertext(
  _ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int
) -> Int32 {
  guard let box = unsafe SessionBox.at(context) else { return MBEDTLS_ERR_NET_INVALID_CONTEXT }
  switch unsafe box.pointee.channel.send(bytes, count) {
  case true?: return Int32(truncatingIfNeeded: count)
  case false?: return MBEDTLS_ERR_SSL_WANT_WRITE
  case nil: return MBEDTLS_ERR_NET_SEND_FAILED
  }
}

/// The corresponding C type is `mbedtls_ssl_recv_t`.
///
/// The library reads on by itself over everything that is not application data, so that only here
/// can its turn be ended.
func receiveCiphertext(
  _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int
) -> Int32 {
  guard let box = unsafe SessionBox.at(context) else { return MBEDTLS_ERR_NET_INVALID_CONTEXT }
  let received = unsafe cposix_stream_receive(&box.pointee.channel.stream, bytes, count)
  guard received < 0 else { return Int32(truncatingIfNeeded: received) }
  guard unsafe box.pointee.channel.stream.failure == 0 else { return MBEDTLS_ERR_NET_RECV_FAILED }
  return MBEDTLS_ERR_SSL_WANT_READ
}
