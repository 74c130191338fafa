public import Bytes

/// A protocol version that may be offered. Older ones have no name here (RFC 9325 §3.1.1, C1).
public enum TLSVersion: UInt16, Sendable, Comparable {
  case tls12 = 0x0303
  case tls13 = 0x0304

  public var name: Literal {
    switch self {
    case .tls12: "TLS 1.2"
    case .tls13: "TLS 1.3"
    }
  }

  public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
    left.rawValue < right.rawValue
  }
}
