internal import Bytes
internal import CGnuTLS
internal import TLSBackend

/// The mode of FIPS 140 that the whole library is in: decided when it was built and when it was
/// loaded, never by a program.
enum FIPSMode {
  /// Throws `.configuration` in every mode but the strict one. Others do what is not approved, too,
  /// and yet the library says of them that the mode is enabled.
  static func demand() throws(TLSError) {
    let mode = gnutls_fips_mode_t(rawValue: gnutls_fips140_mode_enabled())
    guard mode != GNUTLS_FIPS140_STRICT else { return }
    let seen: Text =
      switch mode {
      case GNUTLS_FIPS140_DISABLED: "off"
      case GNUTLS_FIPS140_SELFTESTS: "in its self tests"
      case GNUTLS_FIPS140_LAX: "lax"
      case GNUTLS_FIPS140_LOG: "logging only"
      default: "unknown"
      }
    throw .noFIPS(
      "the FIPS mode of \(GnuTLSBackend.capabilities.name) is \(seen), not strict: it takes a"
        + " GnuTLS built for FIPS 140 and a kernel with fips=1")
  }

  /// The module's name in the library's configuration; distributions without one have the
  /// library's.
  static var moduleName: Text {
    unsafe cgnutls_fips_module_name().map { unsafe Text(cString: $0) }
      ?? GnuTLSBackend.capabilities.name
  }
}
