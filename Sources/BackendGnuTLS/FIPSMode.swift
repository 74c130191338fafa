internal import Bytes
internal import CGnuTLS
internal import TLSBackend

/// The mode of FIPS 140 that the whole library is in: decided when it was built and when it was
/// loaded, never by a program.
enum FIPSMode {
  case off
  case selfTest
  case lax
  case loggingOnly
  case strict
  case unknown

  static var current: FIPSMode {
    switch gnutls_fips_mode_t(rawValue: gnutls_fips140_mode_enabled()) {
    case GNUTLS_FIPS140_DISABLED: .off
    case GNUTLS_FIPS140_SELFTESTS: .selfTest
    case GNUTLS_FIPS140_LAX: .lax
    case GNUTLS_FIPS140_LOG: .loggingOnly
    case GNUTLS_FIPS140_STRICT: .strict
    default: .unknown
    }
  }

  /// Throws `.configuration` in every mode but the strict one. Others do what is not approved, too,
  /// and yet the library says of them that the mode is enabled.
  static func demand() throws(TLSError) {
    let mode = current
    if case .strict = mode { return }
    throw .noFIPS(.notStrict(mode, GnuTLSBackend.capabilities.name))
  }

  /// The module's name in the library's configuration; distributions without one have the
  /// library's.
  static var moduleName: Text {
    unsafe cgnutls_fips_module_name().map { unsafe Text(cString: $0) }
      ?? GnuTLSBackend.capabilities.name
  }
}
