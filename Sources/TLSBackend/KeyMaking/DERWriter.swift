/// What little DER (ITU-T X.690) a new certificate needs beside what its library writes.
public enum DERWriter {
  /// A tag, a length in its shortest form, and a content (§8.1, §10.1).
  @inline(never)
  public static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    guard count >= 0x80 else { return [tag, UInt8(truncatingIfNeeded: count)] + content }
    let bits = Int.bitWidth - count.leadingZeroBitCount
    var header = [tag, 0x80 | UInt8(truncatingIfNeeded: (bits + 7) / 8)]
    for shift in stride(from: (bits - 1) / 8 * 8, through: 0, by: -8) {
      header.append(UInt8(truncatingIfNeeded: count >> shift))
    }
    return header + content
  }
}

// MARK: Extensions

extension DERWriter {
  /// An extended key usage: serverAuth and clientAuth (RFC 5280 §4.2.1.12), because a peer
  /// of RFC 5425 may be client and server with one certificate.
  public static var purposes: [UInt8] {
    element(0x30, purpose(1) + purpose(2))
  }

  /// An OBJECT IDENTIFIER below id-kp.
  private static func purpose(_ number: UInt8) -> [UInt8] {
    element(6, [0x2B, 6, 1, 5, 5, 7, 3, number])
  }

  /// A subjectAltName (RFC 5280 §4.2.1.6), nil when there is no name.
  public static func alternativeNames(of request: IdentityRequest) -> [UInt8]? {
    var names: [UInt8] = []
    for name in request.dnsNames { names += element(0x82, name) }
    for address in request.addresses { names += element(0x87, address) }
    return names.isEmpty ? nil : element(0x30, names)
  }
}
