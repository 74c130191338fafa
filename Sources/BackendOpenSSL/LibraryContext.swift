internal import Bytes
internal import COpenSSL
internal import Features
internal import TLSBackend

/// The part of OpenSSL that one context works with: its default library context, or one of its own
/// in which nothing but a FIPS provider does cryptography.
@safe final class LibraryContext {
  /// The `OSSL_LIB_CTX`; nil is OpenSSL's default.
  let handle: OpaquePointer?
  /// SHA-256 as this library context computes it.
  var sha256: OpaquePointer?
  /// The provider's name and version; nil without FIPS.
  var fipsModule: Text?
  var fips: OpaquePointer?
  var base: OpaquePointer?

  var requiresFIPS: Bool { unsafe Feature.fipsMode.isBuilt && handle != nil }
  /// What is asked of each algorithm, beside the default properties of the library context.
  var properties: UnsafePointer<CChar>? {
    unsafe requiresFIPS ? LibraryContext.approved.cString : nil
  }

  static let approved: Literal = "fips=yes"
  static let sha256Name: Literal = "SHA256"

  /// Throws `.configuration` when FIPS is required and is not in force.
  init(requiresFIPS: Bool) throws(TLSError) {
    let requiresFIPS = Feature.fipsMode.isBuilt && requiresFIPS
    unsafe handle = requiresFIPS ? OSSL_LIB_CTX_new() : nil
    if requiresFIPS {
      guard unsafe handle != nil else { throw .cannot(.start) }
      try loadProviders()
      try proveFIPS()
    } else {
      unsafe sha256 = unsafe EVP_MD_fetch(nil, LibraryContext.sha256Name.cString, nil)
      guard unsafe sha256 != nil else { throw .cannot(.start) }
    }
  }

  /// What is there of all that OpenSSL can do: an openssl.cnf that gives everybody the FIPS provider
  /// takes X25519 and ChaCha20 away. Everything, where there is not even a context to ask.
  func available() -> TLSCapabilities {
    let whole = OpenSSLBackend.capabilities
    guard let context = unsafe SSL_CTX_new_ex(handle, properties, TLS_client_method()) else {
      return whole
    }
    var suites: [TLSCipherSuite] = []
    var groups: [TLSGroup] = []
    for suite in TLSCipherSuite.allCases
    where unsafe copenssl_has_suite(context, suite.name.cString) == 1 {
      suites.append(suite)
    }
    for group in TLSGroup.allCases
    where unsafe copenssl_set_groups(context, group.name.cString) == 1 {
      groups.append(group)
    }
    unsafe SSL_CTX_free(context)
    ERR_clear_error()
    return TLSCapabilities(whole, cipherSuites: suites, groups: groups)
  }

  deinit {
    unsafe EVP_MD_free(sha256)
    if let base = unsafe base { unsafe OSSL_PROVIDER_unload(base) }
    if let fips = unsafe fips { unsafe OSSL_PROVIDER_unload(fips) }
    unsafe OSSL_LIB_CTX_free(handle)
  }
}
