internal import Bytes
internal import COpenSSL
internal import TLSBackend

/// The part of OpenSSL that one context works with: its default library context, or one of its own
/// in which nothing but a FIPS provider does cryptography.
@safe final class LibraryContext {
  /// The `OSSL_LIB_CTX`; nil is OpenSSL's default.
  let handle: OpaquePointer?
  /// SHA-256 as this library context computes it.
  private(set) var sha256: OpaquePointer?
  /// The provider's name and version; nil without FIPS.
  private(set) var fipsModule: Text?
  private var fips: OpaquePointer?
  private var base: OpaquePointer?

  var requiresFIPS: Bool { unsafe handle != nil }
  /// What is asked of each algorithm, beside the default properties of the library context.
  var properties: UnsafePointer<CChar>? {
    unsafe requiresFIPS ? LibraryContext.approved.cString : nil
  }

  private static let approved: StaticString = "fips=yes"
  private static let provider: StaticString = "fips"
  private static let encoders: StaticString = "base"
  private static let sha256Name: StaticString = "SHA256"
  private static let md5Name: StaticString = "MD5"
  private static let certain: StaticString = "fips=yes,provider=fips"

  /// Throws `.configuration` when FIPS is required and is not in force.
  init(requiresFIPS: Bool) throws(TLSError) {
    unsafe handle = requiresFIPS ? OSSL_LIB_CTX_new() : nil
    if requiresFIPS {
      guard unsafe handle != nil else { throw LibraryContext.noMemory }
      try loadProviders()
      try proveFIPS()
    } else {
      unsafe sha256 = unsafe EVP_MD_fetch(nil, LibraryContext.sha256Name.cString, nil)
      guard unsafe sha256 != nil else { throw LibraryContext.noMemory }
    }
  }

  deinit {
    unsafe EVP_MD_free(sha256)
    if let base = unsafe base { unsafe OSSL_PROVIDER_unload(base) }
    if let fips = unsafe fips { unsafe OSSL_PROVIDER_unload(fips) }
    unsafe OSSL_LIB_CTX_free(handle)
  }

  private static var noMemory: TLSError {
    TLSError(.library, "OpenSSL cannot be used: \(libraryWords())")
  }

  /// The base provider reads DER; the default provider stays out, so that what the FIPS provider
  /// does not have is not there.
  private func loadProviders() throws(TLSError) {
    guard unsafe OSSL_LIB_CTX_load_config(handle, nil) == 1 else {
      throw .noFIPS("OpenSSL cannot read its configuration: \(libraryWords())")
    }
    unsafe fips = unsafe OSSL_PROVIDER_load(handle, LibraryContext.provider.cString)
    guard unsafe fips != nil else { throw .noFIPS(LibraryContext.reasonOfMissingProvider()) }
    unsafe base = unsafe OSSL_PROVIDER_load(handle, LibraryContext.encoders.cString)
    guard unsafe base != nil,
      unsafe EVP_set_default_properties(handle, LibraryContext.approved.cString) == 1
    else { throw .noFIPS("OpenSSL does not have its base provider: \(libraryWords())") }
  }

  private static func reasonOfMissingProvider() -> Sentence {
    let code = ERR_peek_error()
    if ERR_GET_LIB(code) == ERR_LIB_DSO || code == 0 {
      return "OpenSSL finds no FIPS provider, which is fips.so in its folder of modules"
    }
    let reason = ERR_GET_LIB(code) == ERR_LIB_PROV ? ERR_GET_REASON(code) : 0
    if reason == PROV_R_MISSING_CONFIG_DATA { unsafe isUnconfigured = true }
    if unsafe isUnconfigured {
      return "OpenSSL's FIPS provider is not configured: openssl.cnf does not include the"
        + " fipsmodule.cnf that 'openssl fipsinstall' writes (restart after a change)"
    }
    return "OpenSSL's FIPS provider fails its self test: \(libraryWords()) (restart after a change)"
  }

  /// Whether it was: a provider that has failed once stays so until the end of the process, and
  /// says from the second time on that its state is invalid.
  private nonisolated(unsafe) static var isUnconfigured = false

  /// That default properties are set says nothing: they are with no provider at all. What counts is
  /// what the provider says, what it does, and what it does not do.
  private func proveFIPS() throws(TLSError) {
    var name: UnsafePointer<CChar>?
    var version: UnsafePointer<CChar>?
    guard let fips = unsafe fips, unsafe OSSL_PROVIDER_self_test(fips) == 1,
      unsafe copenssl_provider_facts(fips, &name, &version) == 1,
      let name = unsafe name, let version = unsafe version
    else { throw .noFIPS("OpenSSL's FIPS provider fails its self test: \(libraryWords())") }
    unsafe sha256 = unsafe EVP_MD_fetch(
      handle, LibraryContext.sha256Name.cString, LibraryContext.certain.cString)
    guard unsafe sha256 != nil else {
      throw .noFIPS("OpenSSL's FIPS provider has no SHA-256: \(libraryWords())")
    }
    if let md5 = unsafe EVP_MD_fetch(handle, LibraryContext.md5Name.cString, nil) {
      unsafe EVP_MD_free(md5)
      throw .noFIPS("OpenSSL still gives MD5, so that its FIPS provider is not in force")
    }
    ERR_clear_error()
    fipsModule = unsafe Text(cString: name) + " " + Text(cString: version)
  }
}

// MARK: Reading DER

extension LibraryContext {
  /// Nil unless the bytes are one certificate, to the last.
  func certificate(_ der: Span<UInt8>) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var certificate = unsafe X509_new_ex(handle, properties)
      var cursor = bytes.baseAddress
      if unsafe d2i_X509(&certificate, &cursor, bytes.count) != nil,
        unsafe cursor == bytes.baseAddress?.advanced(by: bytes.count)
      {
        return unsafe certificate
      }
      unsafe X509_free(certificate)
      return nil
    }
  }

  /// Nil unless the bytes are one revocation list, to the last.
  func revocationList(_ der: Span<UInt8>) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var list = unsafe X509_CRL_new_ex(handle, properties)
      var cursor = bytes.baseAddress
      if unsafe d2i_X509_CRL(&list, &cursor, bytes.count) != nil,
        unsafe cursor == bytes.baseAddress?.advanced(by: bytes.count)
      {
        return unsafe list
      }
      unsafe X509_CRL_free(list)
      return nil
    }
  }

  /// Nil unless the bytes are one public key, to the last.
  func publicKey(_ der: Span<UInt8>) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var cursor = bytes.baseAddress
      guard let key = unsafe d2i_PUBKEY_ex(nil, &cursor, bytes.count, handle, properties) else {
        return nil
      }
      if unsafe cursor == bytes.baseAddress?.advanced(by: bytes.count) { return unsafe key }
      unsafe EVP_PKEY_free(key)
      return nil
    }
  }

  /// A key in PKCS#8, PKCS#1 or SEC 1, read where it stands: no copy of ours is made.
  func privateKey(_ der: Span<UInt8>) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes in
      var cursor = bytes.baseAddress
      return unsafe d2i_AutoPrivateKey_ex(nil, &cursor, bytes.count, handle, properties)
    }
  }

  /// SHA-256 of bytes, inside of the FIPS boundary when there is one.
  func sha256(_ bytes: Span<UInt8>) -> SHA256Digest? {
    unsafe SHA256Digest(digest(bytes, sha256).span)
  }

  /// Empty when there is no such hash.
  @inline(never)
  func digest(_ bytes: Span<UInt8>, _ hash: OpaquePointer?) -> [UInt8] {
    guard let hash = unsafe hash else { return [] }
    var count: UInt32 = 0
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    let result = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe digest.withUnsafeMutableBufferPointer { digest in
        unsafe EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, &count, hash, nil)
      }
    }
    guard result == 1 else { return [] }
    digest.removeLast(max(digest.count - Int(count), 0))
    return digest
  }
}
