internal import Bytes
internal import COpenSSL
internal import TLSBackend

// A library context in which nothing but a FIPS provider does cryptography, and the proof of it.
extension LibraryContext {
  private static let provider: Literal = "fips"
  private static let encoders: Literal = "base"
  private static let md5Name: Literal = "MD5"
  private static let certain: Literal = "fips=yes,provider=fips"

  /// The base provider reads DER; the default provider stays out, so that what the FIPS provider
  /// does not have is not there.
  func loadProviders() throws(TLSError) {
    guard unsafe OSSL_LIB_CTX_load_config(handle, nil) == 1 else {
      throw .noFIPS(.unreadableConfiguration(ErrorMapping.words))
    }
    unsafe fips = unsafe OSSL_PROVIDER_load(handle, LibraryContext.provider.cString)
    guard unsafe fips != nil else { throw .noFIPS(LibraryContext.reasonOfMissingProvider()) }
    unsafe base = unsafe OSSL_PROVIDER_load(handle, LibraryContext.encoders.cString)
    guard unsafe base != nil,
      unsafe EVP_set_default_properties(handle, LibraryContext.approved.cString) == 1
    else { throw .noFIPS(.noBaseProvider(ErrorMapping.words)) }
  }

  private static func reasonOfMissingProvider() -> Sentence {
    let code = ERR_peek_error()
    if ERR_GET_LIB(code) == ERR_LIB_DSO || code == 0 {
      return .noFIPSProvider
    }
    let reason = ERR_GET_LIB(code) == ERR_LIB_PROV ? ERR_GET_REASON(code) : 0
    if reason == PROV_R_MISSING_CONFIG_DATA { unsafe isUnconfigured = true }
    return unsafe isUnconfigured ? .fipsUnconfigured : .fipsSelfTestFailed(ErrorMapping.words)
  }

  /// Whether the provider has said that its configuration is missing. It says so once: a provider
  /// that has failed stays so until the end of the process, and then reports an invalid state.
  private nonisolated(unsafe) static var isUnconfigured = false

  /// That default properties are set says nothing: they are with no provider at all. What counts is
  /// what the provider says, what it does, and what it does not do.
  func proveFIPS() throws(TLSError) {
    var name: UnsafePointer<CChar>?
    var version: UnsafePointer<CChar>?
    guard let fips = unsafe fips, unsafe OSSL_PROVIDER_self_test(fips) == 1,
      unsafe copenssl_provider_facts(fips, &name, &version) == 1,
      let name = unsafe name, let version = unsafe version
    else { throw .noFIPS(.fipsSelfTestFailed(ErrorMapping.words)) }
    unsafe sha256 = unsafe EVP_MD_fetch(
      handle, LibraryContext.sha256Name.cString, LibraryContext.certain.cString)
    guard unsafe sha256 != nil else {
      throw .noFIPS(.noFIPSHash(ErrorMapping.words))
    }
    if let md5 = unsafe EVP_MD_fetch(handle, LibraryContext.md5Name.cString, nil) {
      unsafe EVP_MD_free(md5)
      throw .noFIPS(.fipsNotInForce)
    }
    ERR_clear_error()
    fipsModule = unsafe Text(cString: name) + " " + Text(cString: version)
  }
}
