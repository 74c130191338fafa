internal import CMbedTLS
internal import TLSBackend

/// The handshake message that was received last, from its header on.
@safe struct ReceivedMessage {
  let bytes: UnsafeBufferPointer<UInt8>

  init(of session: UnsafeMutablePointer<mbedtls_ssl_context>) {
    let isHandshake = unsafe cmbedtls_received_type(session) == MBEDTLS_SSL_MSG_HANDSHAKE
    let count = unsafe isHandshake ? cmbedtls_message_length(session) : 0
    unsafe bytes = UnsafeBufferPointer(
      start: cmbedtls_message(session), count: Int(clamping: count))
  }

  /// Whether it is the server's certificates, and all of them.
  var isCertificate: Bool {
    let message = unsafe bytes.span
    let content = message.part(at: 1, lengthBytes: 3)
    return !content.isEmpty && content.upperBound == message.count
      && message[0] == CertificateMessage.type
  }

  /// The key exchange group that it chooses, which no function of the library tells: in TLS 1.3 in
  /// the key share of a ServerHello (RFC 8446 §4.2.8), in TLS 1.2 in a ServerKeyExchange (RFC 8422
  /// §5.4).
  var group: TLSGroup? {
    let message = unsafe bytes.span
    guard message.count >= 40 else { return nil }
    switch message[0] {
    case ErrorMapping.Message.serverKeyExchange: return message.group(at: 5)
    case ErrorMapping.Message.serverHello:
      // Behind the session id: the suite and the compression.
      let start = 42 + Int(message[38])
      var position = message.part(at: start, lengthBytes: 2).lowerBound
      while position + 4 <= message.count {
        let part = message.part(at: position + 2, lengthBytes: 2)
        if message[position] == 0, message[position + 1] == 51 {
          return message.group(at: part.lowerBound)
        }
        position = part.upperBound
      }
      return nil
    default: return nil
    }
  }
}

extension Span<UInt8> {
  fileprivate func group(at position: Int) -> TLSGroup? {
    guard position + 2 <= count else { return nil }
    return TLSGroup(rawValue: UInt16(self[position]) << 8 | UInt16(self[position + 1]))
  }
}
