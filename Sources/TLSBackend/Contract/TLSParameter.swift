public import Bytes

/// What a configuration can ask of TLS, for an error that is about it. The programs spell it as the
/// option or the word of a rule where it was written; the log calls it by its name.
public enum TLSParameter: Sendable, Equatable, CaseIterable {
  /// That there is TLS at all.
  case tls
  case minimumVersion
  case cipherSuites
  case groups
  case pins
  case trustAnchors
  case serverName
  case revocationLists
  case certificate
  case key
  case fips

  /// For the log.
  public var name: Literal {
    switch self {
    case .tls: "TLS"
    case .minimumVersion: "lowest TLS version"
    case .cipherSuites: "cipher suites"
    case .groups: "key exchange groups"
    case .pins: "pin"
    case .trustAnchors: "trust anchors"
    case .serverName: "server name"
    case .revocationLists: "revocation lists"
    case .certificate: "client certificate"
    case .key: "client key"
    case .fips: "FIPS"
    }
  }
}
