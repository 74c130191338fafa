import TLSBackend

/// What a library must have to be asked for a promise.
public enum Need: Sendable {
  case version(TLSVersion)
  case suite(TLSCipherSuite)
  case group(TLSGroup)
  case feature(Feature)

  static let tls13 = Need.version(.tls13)

  /// Why a library of these capabilities does not meet it, nil when it does.
  func lack(in capabilities: TLSCapabilities) -> String? {
    switch self {
    case .version(let version):
      capabilities.highestVersion >= version ? nil : "it does not have \(version.name)"
    case .suite(let suite):
      capabilities.cipherSuites.contains(suite) ? nil : "it does not have \(suite.name)"
    case .group(let group):
      capabilities.groups.contains(group) ? nil : "it does not have \(group.name)"
    case .feature(let feature): feature.lack(in: capabilities)
    }
  }
}
