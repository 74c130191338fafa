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
    var position = isTLS13 ? message.part(at: 0, lengthBytes: 1).upperBound : 0
    let list = message.part(at: position, lengthBytes: 3)
    position = list.lowerBound
    while position < list.upperBound {
      let certificate = message.part(at: position, lengthBytes: 3)
      guard !certificate.isEmpty else { return [] }
      var bytes: [UInt8] = []
      bytes.append(copying: message.extracting(certificate))
      chain.append(bytes)
      position = certificate.upperBound
      if isTLS13 { position = message.part(at: position, lengthBytes: 2).upperBound }
    }
    return chain
  }
}

extension Span<UInt8> {
  /// Where the bytes are that follow their own length; the empty end when they do not.
  @inline(never)
  public func part(at position: Int, lengthBytes: Int) -> Range<Int> {
    let end = count..<count
    guard position <= count - lengthBytes else { return end }
    var length = 0
    for index in position..<position + lengthBytes { length = length << 8 | Int(self[index]) }
    let start = position + lengthBytes
    return length <= count - start ? start..<start + length : end
  }
}
