internal import Bytes

/// Reads a Certificate message as it came, behind its header: in TLS 1.3 a context, then the list (RFC
/// 5246 §7.4.2, RFC 8446 §4.4.2).
///
/// So that a chain is judged as it was sent, before a library has made anything of it.
public enum CertificateMessage {
  /// The handshake type (IANA, TLS HandshakeType).
  public static let type: UInt8 = 11

  /// Bytes of the header: the type and the length.
  public static let header = 4

  /// The certificates in DER, the peer's own first; none when the message is not well formed.
  public static func chain(in message: Span<UInt8>, isTLS13: Bool) -> [[UInt8]] {
    var chain: [[UInt8]] = []
    var position = isTLS13 && message.count > 0 ? 1 + Int(message[0]) : 0
    guard let list = message.part(at: position, lengthBytes: 3) else { return [] }
    position = list.lowerBound
    while position < list.upperBound {
      guard let certificate = message.part(at: position, lengthBytes: 3) else { return [] }
      var bytes: [UInt8] = []
      bytes.append(copying: message.extracting(certificate))
      chain.append(bytes)
      position = certificate.upperBound
      if isTLS13 {
        guard let extensions = message.part(at: position, lengthBytes: 2) else { return [] }
        position = extensions.upperBound
      }
    }
    return chain
  }
}

extension Span<UInt8> {
  /// Where the bytes are that follow their own length; nil when they do not.
  public func part(at position: Int, lengthBytes: Int) -> Range<Int>? {
    guard position <= count - lengthBytes else { return nil }
    var length = 0
    for index in 0..<lengthBytes { length = length << 8 | Int(self[position + index]) }
    let start = position + lengthBytes
    return length <= count - start ? start..<start + length : nil
  }
}
