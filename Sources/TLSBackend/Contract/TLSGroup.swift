public import Bytes

/// A key exchange group by its IANA number.
public enum TLSGroup: UInt16, Sendable, CaseIterable {
  case secp256r1 = 23
  case secp384r1 = 24
  case secp521r1 = 25
  case x25519 = 29
  case x448 = 30
  /// ML-KEM and X25519 together (draft-ietf-tls-ecdhe-mlkem), for TLS 1.3 alone.
  case x25519MLKEM768 = 0x11EC

  /// RFC 9325 §4.2.1 (C12), with P-384 for servers that have nothing else. Before them, what keeps
  /// recorded messages secret from a quantum computer to come.
  public static let recommended: [TLSGroup] = [.x25519MLKEM768, .x25519, .secp256r1, .secp384r1]

  /// Those of SP 800-186 for key agreement: some FIPS modules have X25519, none approves of it.
  /// Behind a secret of ML-KEM (FIPS 203), another that is not approved may stand (SP 800-56C §2).
  static let approved: [TLSGroup] = [.x25519MLKEM768, .secp256r1, .secp384r1, .secp521r1]

  /// Whether no version before TLS 1.3 has it.
  public var needsTLS13: Bool { self == .x25519MLKEM768 }

  /// Nil when no group has this IANA name; case does not matter.
  public init?(named name: Text) {
    for group in TLSGroup.allCases where name.isName(group.name) {
      self = group
      return
    }
    return nil
  }

  /// The IANA name.
  public var name: Literal {
    switch self {
    case .secp256r1: "secp256r1"
    case .secp384r1: "secp384r1"
    case .secp521r1: "secp521r1"
    case .x25519: "x25519"
    case .x448: "x448"
    case .x25519MLKEM768: "X25519MLKEM768"
    }
  }
}
