internal import Bytes
internal import CGnuTLS
internal import TLSBackend

extension CertificateSummary {
  /// What a certificate says, as GnuTLS has parsed it; nil when its key is of a kind that GnuTLS
  /// cannot read.
  static func reading(
    _ certificate: gnutls_x509_crt_t?, _ der: gnutls_datum_t
  ) -> CertificateSummary? {
    guard unsafe isPublicKey({ unsafe gnutls_pubkey_import_x509($0, certificate, 0) }),
      let spki = unsafe fingerprintOfKey(inCertificate: der), let whole = unsafe sha256(der)
    else { return nil }
    var subject: gnutls_x509_dn_t?
    var issuer: gnutls_x509_dn_t?
    _ = unsafe gnutls_x509_crt_get_subject(certificate, &subject)
    _ = unsafe gnutls_x509_crt_get_issuer(certificate, &issuer)
    var isAuthority: UInt32 = 0
    var pathLimit: Int32 = -1
    _ = unsafe gnutls_x509_crt_get_basic_constraints(certificate, nil, &isAuthority, &pathLimit)
    let names = unsafe alternativeNames(of: certificate)
    return unsafe CertificateSummary(
      der: Array(der.bytes), subject: words(of: subject), issuer: words(of: issuer),
      notBefore: Int64(gnutls_x509_crt_get_activation_time(certificate)),
      notAfter: Int64(gnutls_x509_crt_get_expiration_time(certificate)),
      key: key(of: certificate), isAuthority: isAuthority != 0, pathLimit: Int(pathLimit),
      dnsNames: names.dns, addresses: names.addresses, spkiFingerprint: spki,
      fingerprint: whole, sha1Fingerprint: sha1(der))
  }

  /// The common name, else the organisation, else its unit. A name has few parts; of a stranger's
  /// with many, the rest is not looked at.
  @inline(never)
  private static func words(of name: gnutls_x509_dn_t?) -> Text {
    for type in ["2.5.4.3", "2.5.4.10", "2.5.4.11"] as [StaticString] {
      for index in Int32(0)..<64 {
        var part = unsafe gnutls_x509_ava_st()
        var place: Int32 = 0
        while place < 8, unsafe gnutls_x509_dn_get_rdn_ava(name, index, place, &part) == 0 {
          if unsafe part.oid.isObjectIdentifier(type) {
            return unsafe Text(quotable: part.value.bytes.span)
          }
          place += 1
        }
        if place == 0 { break }
      }
    }
    return ""
  }

  private static func key(of certificate: gnutls_x509_crt_t?) -> Key {
    var size: UInt32 = 0
    let number = unsafe gnutls_x509_crt_get_pk_algorithm(certificate, &size)
    let bits = Int(clamping: size)
    let ofCurve = KeyStrength.ofCurve(bits: bits)
    let ofRSA = KeyStrength.ofRSA(bits: bits)
    switch gnutls_pk_algorithm_t(rawValue: UInt32(bitPattern: number)) {
    case GNUTLS_PK_RSA: return Key(kind: "RSA", bits: bits, strength: ofRSA)
    case GNUTLS_PK_RSA_PSS: return Key(kind: "RSASSA-PSS", bits: bits, strength: ofRSA)
    case GNUTLS_PK_ECDSA: return Key(kind: "EC", bits: bits, strength: ofCurve)
    case GNUTLS_PK_EDDSA_ED25519: return Key(kind: "Ed25519", bits: bits, strength: ofCurve)
    case GNUTLS_PK_EDDSA_ED448: return Key(kind: "Ed448", bits: bits, strength: ofCurve)
    default: return Key(kind: "unknown", bits: bits, strength: min(ofCurve, ofRSA))
    }
  }

  /// The subjectAltNames that a host can have. What cannot be read gives none, so that no name
  /// matches.
  private static func alternativeNames(
    of certificate: gnutls_x509_crt_t?
  ) -> (dns: [[UInt8]], addresses: [[UInt8]]) {
    var found: (dns: [[UInt8]], addresses: [[UInt8]]) = ([], [])
    var extensionValue = unsafe gnutls_datum_t()
    // One parse of the extension: asked for name by name, the library begins anew each time.
    guard
      unsafe gnutls_x509_crt_get_extension_by_oid2(
        certificate, "2.5.29.17", 0, &extensionValue, nil) == 0
    else { return found }
    defer { unsafe cgnutls_free(extensionValue.data) }
    var names: gnutls_subject_alt_names_t?
    guard unsafe gnutls_subject_alt_names_init(&names) == 0 else { return found }
    defer { unsafe gnutls_subject_alt_names_deinit(names) }
    guard unsafe gnutls_x509_ext_import_subject_alt_names(&extensionValue, names, 0) == 0 else {
      return found
    }
    var index: UInt32 = 0
    var type: UInt32 = 0
    var name = unsafe gnutls_datum_t()
    while unsafe gnutls_subject_alt_names_get(names, index, &type, &name, nil) == 0 {
      index += 1
      if type == GNUTLS_SAN_DNSNAME.rawValue, found.dns.count < maximumNames {
        unsafe found.dns.append(Array(name.bytes))
      }
      let isAddress = unsafe type == GNUTLS_SAN_IPADDRESS.rawValue && [4, 16].contains(name.size)
      if isAddress, found.addresses.count < maximumNames {
        unsafe found.addresses.append(Array(name.bytes))
      }
    }
    return found
  }

  /// None in FIPS mode, which would have to be left for it.
  private static func sha1(_ der: gnutls_datum_t) -> [UInt8] {
    guard gnutls_fips140_mode_enabled() == 0 else { return [] }
    var digest = [UInt8](repeating: 0, count: 20)
    let result = unsafe gnutls_hash_fast(GNUTLS_DIG_SHA1, der.data, Int(der.size), &digest)
    return result == 0 ? digest : []
  }
}

extension gnutls_datum_t {
  /// Whether it is this OBJECT IDENTIFIER in dotted numbers, with a NUL behind it or without.
  fileprivate func isObjectIdentifier(_ dotted: StaticString) -> Bool {
    let expected = unsafe UnsafeBufferPointer(
      start: dotted.utf8Start, count: dotted.utf8CodeUnitCount)
    return unsafe bytes.prefix { $0 != 0 }.elementsEqual(expected)
  }
}

/// Whether the library can read a public key out of what `fill` imports.
func isPublicKey(_ fill: (gnutls_pubkey_t?) -> Int32) -> Bool {
  var key: gnutls_pubkey_t?
  guard unsafe gnutls_pubkey_init(&key) == 0 else { return false }
  defer { unsafe gnutls_pubkey_deinit(key) }
  return unsafe fill(key) == 0
}

/// SHA-256 of the SubjectPublicKeyInfo as it stands in a DER certificate (RFC 7469 §2.4).
private func fingerprintOfKey(inCertificate der: gnutls_datum_t) -> SHA256Digest? {
  guard let range = unsafe DERReader.publicKeyInfo(inCertificate: der.bytes.span) else {
    return nil
  }
  return unsafe sha256(
    gnutls_datum_t(data: der.data + range.lowerBound, size: UInt32(range.count)))
}

/// SHA-256 of bytes, computed by GnuTLS and so inside its FIPS boundary.
func sha256(_ bytes: gnutls_datum_t) -> SHA256Digest? {
  unsafe withUnsafeTemporaryAllocation(
    of: UInt8.self, capacity: SHA256Digest.byteCount
  ) { buffer in
    unsafe buffer.initialize(repeating: 0)
    let result = unsafe gnutls_hash_fast(
      GNUTLS_DIG_SHA256, bytes.data, Int(bytes.size), buffer.baseAddress)
    return unsafe result == 0 ? SHA256Digest(buffer.span) : nil
  }
}
