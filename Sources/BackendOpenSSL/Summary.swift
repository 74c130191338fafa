internal import Bytes
internal import COpenSSL
internal import TLSBackend

extension LibraryContext {
  /// What OpenSSL has read in a certificate; nil when its public key cannot be read.
  func summary(of certificate: OpaquePointer) -> CertificateSummary? {
    let der = unsafe encoded { unsafe i2d_X509(certificate, $0) }
    let spki = unsafe encoded { unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), $0) }
    guard let key = unsafe X509_get0_pubkey(certificate), !der.isEmpty, !spki.isEmpty,
      let spkiFingerprint = sha256(spki.span), let fingerprint = sha256(der.span)
    else { return nil }
    let isAuthority = unsafe X509_get_extension_flags(certificate) & UInt32(EXFLAG_CA) != 0
    let names = unsafe AlternativeNames(certificate)
    return unsafe CertificateSummary(
      der: der, subject: words(for: X509_get_subject_name(certificate)),
      issuer: words(for: X509_get_issuer_name(certificate)),
      notBefore: copenssl_not_before(certificate), notAfter: copenssl_not_after(certificate),
      key: describe(key), isAuthority: isAuthority,
      pathLimit: Int(X509_get_pathlen(certificate)), dnsNames: names.dnsNames,
      addresses: names.addresses, spkiFingerprint: spkiFingerprint, fingerprint: fingerprint,
      // The FIPS provider would compute it, for signatures; a fingerprint is none.
      sha1Fingerprint: requiresFIPS ? [] : digest(der.span, EVP_sha1()))
  }
}

/// DER that an OpenSSL function allocates; empty when it could not.
@inline(never)
func encoded(
  _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32
) -> [UInt8] {
  var der: UnsafeMutablePointer<UInt8>?
  let count = unsafe encode(&der)
  // It may be a private key.
  defer { unsafe copenssl_clear_free(der, Int(max(count, 0))) }
  guard count > 0, let der = unsafe der else { return [] }
  return unsafe Array(UnsafeBufferPointer(start: der, count: Int(count)))
}

/// Kind, size and strength; those of a curve are the field's, whatever the order of its base point.
private func describe(_ key: OpaquePointer) -> CertificateSummary.Key {
  let bits = unsafe Int(EVP_PKEY_get_bits(key))
  switch unsafe EVP_PKEY_get_id(key) {
  case EVP_PKEY_RSA:
    return .init(kind: "RSA", bits: bits, strength: KeyStrength.ofRSA(bits: bits))
  case EVP_PKEY_RSA_PSS:
    return .init(kind: "RSASSA-PSS", bits: bits, strength: KeyStrength.ofRSA(bits: bits))
  case EVP_PKEY_EC:
    return .init(kind: "EC", bits: bits, strength: KeyStrength.ofCurve(bits: bits))
  case EVP_PKEY_ED25519:
    return .init(kind: "Ed25519", bits: 256, strength: KeyStrength.ofCurve(bits: 256))
  default:
    return unsafe .init(
      kind: "other", bits: bits, strength: Int(EVP_PKEY_get_security_bits(key)))
  }
}

/// The common name, or the organisation's, or its unit's.
@inline(never)
private func words(for name: OpaquePointer?) -> Text {
  for part in [NID_commonName, NID_organizationName, NID_organizationalUnitName] {
    var count: Int32 = 0
    if let bytes = unsafe copenssl_name_part(name, part, &count) {
      let value = unsafe UnsafeBufferPointer(start: bytes, count: Int(count))
      return unsafe Text(quotable: value.span)
    }
  }
  return ""
}

/// The subjectAltNames that can be a host's.
private struct AlternativeNames {
  var dnsNames: [[UInt8]] = []
  var addresses: [[UInt8]] = []

  init(_ certificate: OpaquePointer) {
    let raw = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil)
    guard let raw = unsafe raw else { return }
    let names = OpaquePointer(raw)
    defer { unsafe GENERAL_NAMES_free(names) }
    let limit = CertificateSummary.maximumNames
    for index in 0..<max(unsafe copenssl_name_count(names), 0) {
      var bytes: UnsafePointer<UInt8>?
      var count: Int32 = 0
      let type = unsafe copenssl_name_at(names, index, &bytes, &count)
      let value = unsafe UnsafeBufferPointer(start: bytes, count: Int(count))
      if type == GEN_DNS, dnsNames.count < limit { unsafe dnsNames.append(Array(value)) }
      if type == GEN_IPADD, addresses.count < limit, count == 4 || count == 16 {
        unsafe addresses.append(Array(value))
      }
    }
  }
}
