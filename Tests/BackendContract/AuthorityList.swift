import COpenSSL
import CPosix

/// A revocation list (RFC 5280 §5).
struct AuthorityList: Sendable {
  var revoked: [TestIdentity] = []
  var thisUpdate = Authority.now - 10 * Authority.day
  /// Nil for a list without the field, which RFC 5280 §5.1.2.5 forbids.
  var nextUpdate: Int64? = Authority.now + 10 * Authority.day
  var digest = AuthorityRequest.Digest.sha256
  var extensions: [AuthorityExtension] = [.listNumber(1)]
}

extension Authority {
  /// The list, signed by this authority, in PEM; `signer` may be somebody else who says that it is
  /// this one.
  func list(_ list: AuthorityList = AuthorityList(), signer: Authority? = nil) -> [UInt8] {
    let key = (signer ?? self).identity.key
    let made = X509_CRL_new()
    defer { X509_CRL_free(made) }
    X509_CRL_set_version(made, 1)
    X509_CRL_set_issuer_name(made, X509_get_subject_name(identity.certificate))
    Authority.withTime(list.thisUpdate) { X509_CRL_set1_lastUpdate(made, $0) }
    if let nextUpdate = list.nextUpdate {
      Authority.withTime(nextUpdate) { X509_CRL_set1_nextUpdate(made, $0) }
    }
    for identity in list.revoked {
      let entry = X509_REVOKED_new()
      X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(identity.certificate))
      Authority.withTime(list.thisUpdate - Authority.day) {
        X509_REVOKED_set_revocationDate(entry, $0)
      }
      X509_CRL_add0_revoked(made, entry)
    }
    X509_CRL_sort(made)
    let all = [.authorityKeyIdentifier(Authority.keyIdentifier(identity.key))] + list.extensions
    for item in all {
      let item = item.make()
      X509_CRL_add_ext(made, item, -1)
      X509_EXTENSION_free(item)
    }
    let isSigned = X509_CRL_sign(made, key, list.digest.function(for: key)) > 0
    precondition(isSigned, "OpenSSL signs what it is told")
    return TestIdentity.text { PEM_write_bio_X509_CRL($0, made) }
  }

  private static func withTime(
    _ seconds: Int64, _ body: (UnsafeMutablePointer<ASN1_TIME>?) -> Int32
  ) {
    let time = ASN1_TIME_set(nil, time_t(seconds))
    _ = body(time)
    ASN1_STRING_free(time)
  }
}
