/// Where a certificate or a revocation list is malformed, by the names of RFC 5280.
enum CertificatePart: UInt8 {
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

  var name: StaticString {
    switch self {
    case .encoding: "DER"
    case .version: "version"
    case .serialNumber: "serialNumber"
    case .signature: "signature"
    case .issuer: "issuer"
    case .validity: "validity"
    case .subject: "subject"
    case .publicKey: "subjectPublicKeyInfo"
    case .extensions: "extensions"
    case .keyUsage: "keyUsage"
    case .subjectAltName: "subjectAltName"
    case .basicConstraints: "basicConstraints"
    case .nameConstraints: "nameConstraints"
    case .extKeyUsage: "extKeyUsage"
    case .revokedCertificates: "revokedCertificates"
    }
  }
}
