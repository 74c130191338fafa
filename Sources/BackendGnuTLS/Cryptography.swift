internal import CGnuTLS
internal import TLSBackend

/// What validation takes from GnuTLS. In its strict FIPS mode, everything that the library does is
/// done inside its module.
struct LibraryCryptography: Cryptography {
  func verify(
    _ signature: Span<UInt8>, algorithm: Span<UInt8>, of message: Span<UInt8>,
    with key: Span<UInt8>
  ) -> SignatureVerdict {
    guard let algorithm = SignatureAlgorithm(algorithm) else { return .unknownAlgorithm }
    // Nettle does not look at the last byte of an Ed448 signature, which is 0 (RFC 8032 §5.2.7).
    if case .ed448 = algorithm.kind, signature.count == 114, signature[113] != 0 { return .bad }
    let key = PublicKey(key)
    // It reads a point that is not on its curve, too.
    guard let handle = unsafe key.handle, unsafe gnutls_pubkey_verify_params(handle) == 0,
      unsafe algorithm.fits(gnutls_pubkey_get_pk_algorithm(handle, nil)),
      unsafe algorithm.kind != .rsaPSS
        || cgnutls_set_pss(handle, algorithm.pssDigest, UInt32(algorithm.saltLength)) == 0
    else { return .unusableKey }
    let result = unsafe message.withDatum { message in
      unsafe signature.withDatum { signature in
        var (message, signature) = unsafe (message, signature)
        return unsafe gnutls_pubkey_verify_data2(
          handle, algorithm.number, 0, &message, &signature)
      }
    }
    return (result ?? -1) >= 0 ? .good : .bad
  }

  func sha256(_ bytes: Span<UInt8>) -> SHA256Digest? {
    SHA256Digest(digest(bytes, GNUTLS_DIG_SHA256, SHA256Digest.byteCount).span)
  }

  /// None in FIPS mode, which would have to be left for it.
  func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
    gnutls_fips140_mode_enabled() == 0 ? digest(bytes, GNUTLS_DIG_SHA1, 20) : []
  }

  @inline(never)
  private func digest(
    _ bytes: Span<UInt8>, _ algorithm: gnutls_digest_algorithm_t, _ count: Int
  ) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: count)
    let result = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe gnutls_hash_fast(algorithm, bytes.baseAddress, bytes.count, &digest)
    }
    return result == 0 ? digest : []
  }
}

/// A public key as GnuTLS has parsed it. The corresponding C type is `gnutls_pubkey_t`.
@safe struct PublicKey: ~Copyable {
  /// Nil when the library cannot read it.
  private(set) var handle: gnutls_pubkey_t?

  /// `der` is a SubjectPublicKeyInfo.
  init(_ der: Span<UInt8>) {
    var made: gnutls_pubkey_t?
    guard unsafe gnutls_pubkey_init(&made) == 0 else { return }
    let isRead = unsafe der.withDatum { datum in
      var datum = unsafe datum
      return unsafe gnutls_pubkey_import(made, &datum, GNUTLS_X509_FMT_DER) == 0
    }
    if isRead == true { unsafe handle = unsafe made } else { unsafe gnutls_pubkey_deinit(made) }
  }

  deinit {
    unsafe gnutls_pubkey_deinit(handle)
  }
}

extension SignatureAlgorithm {
  /// Whether it can be made by a key of this kind.
  fileprivate func fits(_ number: Int32) -> Bool {
    let key = gnutls_pk_algorithm_t(rawValue: UInt32(bitPattern: number))
    switch kind {
    case .rsa: return key == GNUTLS_PK_RSA
    case .rsaPSS: return key == GNUTLS_PK_RSA || key == GNUTLS_PK_RSA_PSS
    case .ecdsa: return key == GNUTLS_PK_ECDSA
    case .ed25519: return key == GNUTLS_PK_EDDSA_ED25519
    case .ed448: return key == GNUTLS_PK_EDDSA_ED448
    }
  }

  /// The library's number of it: those of one kind follow each other.
  fileprivate var number: gnutls_sign_algorithm_t {
    let first: gnutls_sign_algorithm_t
    switch kind {
    case .rsa: first = GNUTLS_SIGN_RSA_SHA256
    case .rsaPSS: first = GNUTLS_SIGN_RSA_PSS_SHA256
    case .ecdsa: first = GNUTLS_SIGN_ECDSA_SHA256
    case .ed25519: return GNUTLS_SIGN_EDDSA_ED25519
    case .ed448: return GNUTLS_SIGN_EDDSA_ED448
    }
    return gnutls_sign_algorithm_t(rawValue: first.rawValue + UInt32(digest.rawValue) - 1)
  }

  fileprivate var pssDigest: gnutls_digest_algorithm_t {
    gnutls_digest_algorithm_t(
      rawValue: GNUTLS_DIG_SHA256.rawValue + UInt32(digest.rawValue) - 1)
  }
}
