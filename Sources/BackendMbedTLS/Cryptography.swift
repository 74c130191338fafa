internal import CMbedTLS
internal import TLSBackend

/// What validation takes from Mbed TLS, which has neither Edwards curves nor keys that are for
/// RSASSA-PSS alone.
struct LibraryCryptography: Cryptography {
  func verify(
    _ signature: Span<UInt8>, algorithm: Span<UInt8>, of message: Span<UInt8>,
    with key: Span<UInt8>
  ) -> SignatureVerdict {
    guard let algorithm = SignatureAlgorithm(algorithm), let kind = algorithm.libraryKind else {
      return .unknownAlgorithm
    }
    let result = unsafe key.withUnsafeBufferPointer { key in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe signature.withUnsafeBufferPointer { signature in
          unsafe cmbedtls_verify(
            kind, algorithm.libraryDigest, Int32(algorithm.saltLength), key.baseAddress, key.count,
            message.baseAddress, message.count, signature.baseAddress, signature.count)
        }
      }
    }
    return result > 0 ? .unusableKey : result == 0 ? .good : .bad
  }

  func sha256(_ bytes: Span<UInt8>) -> SHA256Digest? {
    SHA256Digest(digest(bytes, MBEDTLS_MD_SHA256, SHA256Digest.byteCount).span)
  }

  /// Empty when this Mbed TLS has no SHA-1.
  func sha1(_ bytes: Span<UInt8>) -> [UInt8] { digest(bytes, MBEDTLS_MD_SHA1, 20) }

  @inline(never)
  private func digest(
    _ bytes: Span<UInt8>, _ type: mbedtls_md_type_t, _ count: Int
  ) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: count)
    let result = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe mbedtls_md(
        mbedtls_md_info_from_type(type), bytes.baseAddress, bytes.count, &digest)
    }
    return result == 0 ? digest : []
  }
}

extension mbedtls_pk_context {
  /// Reads a DER SubjectPublicKeyInfo; false when it is none that the library knows, to the last
  /// byte.
  mutating func read(_ der: Span<UInt8>) -> Bool {
    unsafe der.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      // The parser moves the pointer and writes nothing.
      var cursor = unsafe Optional(UnsafeMutablePointer(mutating: start))
      let end = unsafe start + bytes.count
      return unsafe mbedtls_pk_parse_subpubkey(&cursor, end, &self) == 0
        && UnsafePointer(cursor) == end
    }
  }
}

extension SignatureAlgorithm {
  /// Nil for what the library does not have.
  fileprivate var libraryKind: mbedtls_pk_type_t? {
    switch kind {
    case .rsa: MBEDTLS_PK_RSA
    case .rsaPSS: MBEDTLS_PK_RSASSA_PSS
    case .ecdsa: MBEDTLS_PK_ECDSA
    case .ed25519, .ed448: nil
    }
  }

  fileprivate var libraryDigest: mbedtls_md_type_t {
    switch digest {
    case .sha256: MBEDTLS_MD_SHA256
    case .sha384: MBEDTLS_MD_SHA384
    case .sha512: MBEDTLS_MD_SHA512
    }
  }
}
