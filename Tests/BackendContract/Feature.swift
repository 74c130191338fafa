import Bytes
import TLSBackend

/// What some TLS libraries lack that is neither a version, a suite nor a group.
///
/// The one place where a backend is let off a promise. A new line here needs its lines in
/// BackendMatrix.md, too, or `promiseTableConfesses` fails.
public enum Feature: Sendable, CaseIterable {
  /// To read a KeyUpdate and answer it (RFC 8446 §4.6.3).
  case keyUpdate
  /// More key updates within a second than any sane peer sends.
  case keyUpdatesInQuickSuccession
  /// To offer RSASSA-PSS in TLS 1.2, too, as RFC 8446 §4.2.3 asks of who can speak both.
  case rsaPSSInTLS12
  /// To verify signatures by Ed25519.
  case ed25519Keys
  /// To verify keys whose certificate allows them nothing but RSASSA-PSS.
  case rsaPSSKeys
  /// Handshake messages of more than 16 KB, as long certificate chains are.
  case longHandshakeMessages
  /// Handshake messages that a server has cut into several records (RFC 8446 §5.1).
  case fragmentedHandshakeMessages

  /// Why this library has it not, nil when it has.
  func lack(in capabilities: TLSCapabilities) -> String? {
    let isMbedTLS = "\(capabilities.library)" == "Mbed TLS"
    let isGnuTLS = "\(capabilities.library)" == "GnuTLS"
    switch self {
    case .keyUpdate where isMbedTLS: return "a KeyUpdate from the server ends the connection"
    case .keyUpdatesInQuickSuccession where isMbedTLS:
      return "a KeyUpdate from the server ends the connection"
    case .keyUpdatesInQuickSuccession where isGnuTLS:
      return "more than 8 key updates in a second end the connection"
    case .rsaPSSInTLS12 where isMbedTLS && capabilities.highestVersion < .tls13:
      return "it offers RSA signatures by PKCS#1 1.5 only"
    case .ed25519Keys where isMbedTLS: return "it does not have Ed25519 keys"
    case .rsaPSSKeys where isMbedTLS: return "it does not read keys of the kind RSASSA-PSS"
    case .longHandshakeMessages where isMbedTLS:
      return "it refuses handshake messages of more than 16 KB"
    case .fragmentedHandshakeMessages where isMbedTLS && !capabilities.version.isAtLeast(3, 6, 3):
      return "it cannot put together handshake messages of several records"
    default: return nil
    }
  }
}

extension Text {
  /// Whether a version is this one or a later one.
  fileprivate func isAtLeast(_ parts: Int...) -> Bool {
    let own = words.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
    return !own.lexicographicallyPrecedes(parts)
  }
}
