internal import Bytes

/// Where a certificate or a revocation list is malformed, by the names of RFC 5280.
enum CertificatePart: UInt8, CaseIterable {
  case encoding
  case version
  case serialNumber
  case signature
  case issuer
  case validity
  case subject
  case publicKey
  case extensions
  case keyUsage
  case subjectAltName
  case basicConstraints
  case nameConstraints
  case extKeyUsage
  case revokedCertificates

  /// The names in the order of the cases.
  private static var names: Literal {
    """
    DER version serialNumber signature issuer validity subject subjectPublicKeyInfo extensions \
    keyUsage subjectAltName basicConstraints nameConstraints extKeyUsage revokedCertificates
    """
  }

  @inline(never)
  var text: Text {
    var text = Text([])
    var word: UInt8 = 0
    let all = CertificatePart.names
    var index = 0
    while all[index] != 0 {
      let byte = all[index]
      index += 1
      if byte == UInt8(ascii: " ") {
        word += 1
      } else if word == rawValue {
        text.append(byte)
      }
    }
    return text
  }
}
