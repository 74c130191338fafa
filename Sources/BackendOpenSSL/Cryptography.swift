internal import Bytes
internal import COpenSSL
internal import TLSBackend

extension LibraryContext: Cryptography {
  func verify(
    _ signature: Span<UInt8>, algorithm: Span<UInt8>, of message: Span<UInt8>,
    with key: Span<UInt8>
  ) -> SignatureVerdict {
    guard let algorithm = SignatureAlgorithm(algorithm) else { return .unknownAlgorithm }
    let key = unsafe publicKey(key)
    let context = unsafe EVP_MD_CTX_new()
    defer {
      unsafe EVP_MD_CTX_free(context)
      unsafe EVP_PKEY_free(key)
      ERR_clear_error()
    }
    var parameters: OpaquePointer?
    guard let key = unsafe key, unsafe algorithm.fits(EVP_PKEY_get_id(key)),
      unsafe EVP_DigestVerifyInit_ex(
        context, &parameters, algorithm.digestName?.cString, handle, properties, key, nil) == 1,
      unsafe algorithm.kind != .rsaPSS
        || EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
          && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, Int32(algorithm.saltLength)) == 1
    else { return .unusableKey }
    let result = unsafe signature.withUnsafeBufferPointer { signature in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe EVP_DigestVerify(
          context, signature.baseAddress, signature.count, message.baseAddress, message.count)
      }
    }
    return result == 1 ? .good : .bad
  }

  /// Inside of the FIPS boundary when there is one.
  func sha256(_ bytes: Span<UInt8>) -> SHA256Digest? {
    unsafe SHA256Digest(digest(bytes, sha256).span)
  }

  /// The FIPS provider would compute it, for signatures; a fingerprint is none.
  func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe requiresFIPS ? [] : digest(bytes, EVP_sha1())
  }

  /// Empty when there is no such hash.
  @inline(never)
  private func digest(_ bytes: Span<UInt8>, _ hash: OpaquePointer?) -> [UInt8] {
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

extension SignatureAlgorithm {
  /// Whether it can be made by a key of this kind.
  fileprivate func fits(_ key: Int32) -> Bool {
    switch kind {
    case .rsa: key == EVP_PKEY_RSA
    case .rsaPSS: key == EVP_PKEY_RSA || key == EVP_PKEY_RSA_PSS
    case .ecdsa: key == EVP_PKEY_EC
    case .ed25519: key == EVP_PKEY_ED25519
    case .ed448: key == EVP_PKEY_ED448
    }
  }

  /// Nil for what signs the message itself.
  fileprivate var digestName: Literal? {
    switch kind {
    case .ed25519, .ed448: return nil
    case .rsa, .rsaPSS, .ecdsa: break
    }
    return switch digest {
    case .sha256: LibraryContext.sha256Name
    case .sha384: "SHA384"
    case .sha512: "SHA512"
    }
  }
}
