/// Bits of strength of a public key, so that every backend refuses the same keys with the same
/// number.
public enum KeyStrength {
  /// What RFC 9325 §4.5 demands (C14).
  public static let minimum = 112

  /// The estimate of NIST SP 800-56B Appendix D, in steps of 8 and up to 112, as OpenSSL gives it.
  public static func ofRSA(bits: Int) -> Int {
    switch bits {
    case 1942...: 112
    case 1639...: 104
    case 1366...: 96
    case 1122...: 88
    case 907...: 80
    case 718...: 72
    case 555...: 64
    case 417...: 56
    default: 48
    }
  }

  /// Half the bits of the field (RFC 9325 §4.5 excludes curves of less than 224).
  public static func ofCurve(bits: Int) -> Int { bits / 2 }
}
