import COpenSSL

/// An extension of a certificate or a revocation list (RFC 5280 §4.2, §5.2), written by hand, so
/// that it can be wrong.
enum AuthorityExtension: Sendable {
  /// A presented identifier.
  enum Name: Sendable {
    case dns(String)
    case address([UInt8])
  }

  /// By the number of the bit (RFC 5280 §4.2.1.3).
  enum Usage: UInt8, Sendable {
    case digitalSignature = 0
    case keyEncipherment = 2
    case keyAgreement = 4
    case certificates = 5
    case lists = 6
  }

  /// By the last number of its identifier below id-kp (RFC 5280 §4.2.1.12).
  enum Purpose: UInt8, Sendable {
    case any = 0
    case serverAuthentication = 1
    case clientAuthentication = 2
  }

  case authority(pathLength: UInt8?)
  case notAuthority
  case keyUsage([Usage])
  case purposes([Purpose])
  case names([Name])
  /// Suffixes of DNS names (RFC 5280 §4.2.1.10).
  case nameConstraints(permitted: [String] = [], excluded: [String] = [], isCritical: Bool = true)
  case subjectKeyIdentifier([UInt8])
  case authorityKeyIdentifier([UInt8])
  case listNumber(UInt8)
  /// One that nobody knows.
  case unknown(isCritical: Bool)

  /// To be freed by the caller.
  func make() -> OpaquePointer? {
    let value = content
    let text = ASN1_OCTET_STRING_new()
    defer { ASN1_OCTET_STRING_free(text) }
    ASN1_OCTET_STRING_set(text, value, Int32(value.count))
    let object = OBJ_txt2obj(identifier, 1)
    defer { ASN1_OBJECT_free(object) }
    return X509_EXTENSION_create_by_OBJ(nil, object, isCritical ? 1 : 0, text)
  }

  private var identifier: String {
    switch self {
    case .authority, .notAuthority: "2.5.29.19"
    case .keyUsage: "2.5.29.15"
    case .purposes: "2.5.29.37"
    case .names: "2.5.29.17"
    case .nameConstraints: "2.5.29.30"
    case .subjectKeyIdentifier: "2.5.29.14"
    case .authorityKeyIdentifier: "2.5.29.35"
    case .listNumber: "2.5.29.20"
    case .unknown: "1.3.6.1.4.1.32473.5"
    }
  }

  private var isCritical: Bool {
    switch self {
    case .authority, .notAuthority, .keyUsage: true
    case .unknown(let isCritical), .nameConstraints(_, _, let isCritical): isCritical
    case .purposes, .names, .subjectKeyIdentifier, .authorityKeyIdentifier, .listNumber: false
    }
  }

  private var content: [UInt8] {
    switch self {
    case .authority(let pathLength):
      der(0x30, der(0x01, [0xFF]) + (pathLength.map { der(0x02, [$0]) } ?? []))
    case .notAuthority: der(0x30, [])
    case .keyUsage(let usages): AuthorityExtension.bits(usages)
    case .purposes(let purposes): der(0x30, purposes.flatMap(\.identifier))
    case .names(let names): der(0x30, names.flatMap(\.content))
    case .nameConstraints(let permitted, let excluded, _):
      der(
        0x30,
        AuthorityExtension.trees(0xA0, permitted) + AuthorityExtension.trees(0xA1, excluded))
    case .subjectKeyIdentifier(let bytes): der(0x04, bytes)
    case .authorityKeyIdentifier(let bytes): der(0x30, der(0x80, bytes))
    case .listNumber(let number): der(0x02, [number])
    case .unknown: der(0x05, [])
    }
  }

  private static func bits(_ usages: [Usage]) -> [UInt8] {
    let bits = usages.reduce(UInt8(0)) { $0 | 0x80 >> $1.rawValue }
    return der(0x03, [UInt8(bits.trailingZeroBitCount), bits])
  }

  private static func trees(_ tag: UInt8, _ suffixes: [String]) -> [UInt8] {
    suffixes.isEmpty ? [] : der(tag, suffixes.flatMap { der(0x30, Name.dns($0).content) })
  }
}

extension AuthorityExtension.Name {
  fileprivate var content: [UInt8] {
    switch self {
    case .dns(let name): der(0x82, Array(name.utf8))
    case .address(let octets): der(0x87, octets)
    }
  }
}

extension AuthorityExtension.Purpose {
  fileprivate var identifier: [UInt8] {
    switch self {
    case .any: der(0x06, [0x55, 0x1D, 0x25, 0x00])
    case .serverAuthentication, .clientAuthentication:
      der(0x06, [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, rawValue])
    }
  }
}

/// A tag, a length and a content (X.690 §8.1) of less than 64 KB.
private func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
  let length: [UInt8] =
    switch content.count {
    case ..<0x80: [UInt8(content.count)]
    case ..<0x100: [0x81, UInt8(content.count)]
    default: [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
    }
  return [tag] + length + content
}
