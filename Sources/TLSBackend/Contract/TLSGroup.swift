public import Bytes

/// A key exchange group by its IANA number.
public enum TLSGroup: UInt16, Sendable, CaseIterable {
  case secp256r1 = 23
  case secp384r1 = 24
  case secp521r1 = 25
  case x25519 = 29
  case x448 = 30

  /// RFC 9325 §4.2.1 (C12), with P-384 for servers that have nothing else.
  public static let recommended: [TLSGroup] = [.x25519, .secp256r1, .secp384r1]

  /// Those of SP 800-186 for key agreement: some FIPS modules have X25519, none approves of it.
  static let approved: [TLSGroup] = [.secp256r1, .secp384r1, .secp521r1]

  /// Nil when no group has this IANA name; case does not matter.
  public init?(named name: Text) {
    guard let group = TLSGroup.allCases.first(where: { name.isName($0.name) }) else { return nil }
    self = group
  }

  /// The IANA name.
  public var name: StaticString {
    switch self {
    case .secp256r1: "secp256r1"
    case .secp384r1: "secp384r1"
    case .secp521r1: "secp521r1"
    case .x25519: "x25519"
    case .x448: "x448"
    }
  }
}
