import COpenSSL
import CPosix

/// Who signs certificates and revocation lists, made by OpenSSL when first needed.
///
/// Its time is its own: every date is relative to `Authority.now`, which is the time that chains
/// are judged at, and far from any system's clock.
public final class Authority: Sendable {
  /// 2040-01-01, after 32 bits of signed seconds are used up.
  static let now: Int64 = 2_208_988_800
  static let day: Int64 = 86400
  /// What is valid at `now`, by years.
  static let good: ClosedRange<Int64> = now - 1000 * day...now + 1000 * day

  let identity: TestIdentity
  /// What a server shows after its own certificate: those up to the root, without it.
  let path: [TestIdentity]

  private init(_ identity: TestIdentity, path: [TestIdentity]) {
    (self.identity, self.path) = (identity, path)
  }

  /// One that has signed its own certificate.
  static func root(_ request: AuthorityRequest = .authority("Test Root CA")) -> Authority {
    Authority(selfSigned(request), path: [])
  }

  /// An intermediate below this one.
  func certify(
    _ request: AuthorityRequest = .authority("Test Issuing CA", pathLength: 0)
  ) -> Authority {
    let identity = issue(request)
    return Authority(identity, path: [identity] + path)
  }

  /// A certificate signed by the key that it is about.
  static func selfSigned(_ request: AuthorityRequest) -> TestIdentity {
    let key = request.key.make()
    return TestIdentity(key: key, certificate: make(request, for: key, by: key, below: nil))
  }

  /// An end-entity certificate.
  func issue(_ request: AuthorityRequest) -> TestIdentity {
    let key = request.key.make()
    let certificate = Authority.make(
      request, for: key, by: identity.key, below: identity.certificate)
    return TestIdentity(key: key, certificate: certificate)
  }

  private static func make(
    _ request: AuthorityRequest, for key: OpaquePointer, by signer: OpaquePointer,
    below issuer: OpaquePointer?
  ) -> OpaquePointer {
    guard let certificate = X509_new() else { preconditionFailure("OpenSSL has memory") }
    X509_set_version(certificate, request.version - 1)
    ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), request.serial)
    ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(request.validity.lowerBound))
    ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(request.validity.upperBound))
    X509_set_pubkey(certificate, key)
    let subject = X509_get_subject_name(certificate)
    for case (let type, let name?) in [("O", request.organisation), ("CN", request.commonName)] {
      X509_NAME_add_entry_by_txt(subject, type, MBSTRING_UTF8, name, -1, -1, 0)
    }
    X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0) } ?? subject)
    let identifiers: [AuthorityExtension] = [
      .subjectKeyIdentifier(keyIdentifier(key)), .authorityKeyIdentifier(keyIdentifier(signer)),
    ]
    for item in request.version == 1 ? [] : identifiers + request.extensions {
      let made = item.make()
      X509_add_ext(certificate, made, -1)
      X509_EXTENSION_free(made)
    }
    let digest = request.digest.function(for: signer)
    precondition(X509_sign(certificate, signer, digest) > 0, "OpenSSL signs what it is told")
    return certificate
  }

  /// The same certificate with a signature that does not fit.
  static func breakingSignature(of identity: TestIdentity) -> TestIdentity {
    var der = identity.certificateDER
    // The last byte is one of the signature's, whatever made it.
    der[der.count - 1] ^= 1
    let broken = der.withUnsafeBufferPointer { bytes in
      var next = bytes.baseAddress
      return d2i_X509(nil, &next, bytes.count)
    }
    guard let broken else { preconditionFailure("OpenSSL reads what it wrote") }
    return TestIdentity(key: identity.key, certificate: broken)
  }

  /// RFC 7093 §2's first method: a part of SHA-256.
  static func keyIdentifier(_ key: OpaquePointer) -> [UInt8] {
    let der = TestIdentity.der { i2d_PUBKEY(key, $0) }
    var hash = [UInt8](repeating: 0, count: 32)
    EVP_Digest(der, der.count, &hash, nil, EVP_sha256(), nil)
    return Array(hash[..<20])
  }
}
