internal import Bytes
internal import CMbedTLS
internal import TLSBackend

extension CertificateSummary {
  /// What the library has read of one certificate; nil when it cannot hash.
  static func reading(
    _ certificate: UnsafeMutablePointer<mbedtls_x509_crt>
  ) -> CertificateSummary? {
    guard let spki = unsafe SHA256Digest(hashing: certificate.pointee.pk_raw.bytes),
      let whole = unsafe SHA256Digest(hashing: certificate.pointee.raw.bytes)
    else { return nil }
    return unsafe CertificateSummary(
      der: Array(certificate.pointee.raw.bytes),
      subject: words(&certificate.pointee.subject), issuer: words(&certificate.pointee.issuer),
      notBefore: mbedtls_x509_time.seconds(&certificate.pointee.valid_from),
      notAfter: mbedtls_x509_time.seconds(&certificate.pointee.valid_to),
      key: key(&certificate.pointee.pk), isAuthority: certificate.pointee.ca_istrue != 0,
      // One more than stands in the certificate, 0 without a limit.
      pathLimit: Int(certificate.pointee.max_pathlen) - 1,
      dnsNames: names(2, &certificate.pointee.subject_alt_names),
      addresses: names(7, &certificate.pointee.subject_alt_names)
        .filter { $0.count == 4 || $0.count == 16 },
      spkiFingerprint: spki, fingerprint: whole,
      sha1Fingerprint: sha1(certificate.pointee.raw.bytes))
  }

  /// The subjectAltNames of one kind, by its choice of GeneralName (RFC 5280 §4.2.1.6).
  @inline(never)
  private static func names(_ kind: Int32, _ first: UnsafePointer<mbedtls_x509_sequence>)
    -> [[UInt8]]
  {
    var names: [[UInt8]] = []
    var next = unsafe Optional(first)
    while let name = unsafe next, names.count < maximumNames {
      if unsafe name.pointee.buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK == kind {
        unsafe names.append(Array(name.pointee.buf.bytes))
      }
      unsafe next = UnsafePointer(name.pointee.next)
    }
    return names
  }

  private static func key(_ key: UnsafeMutablePointer<mbedtls_pk_context>) -> Key {
    let bits = unsafe Int(clamping: mbedtls_pk_get_bitlen(key))
    return if unsafe mbedtls_pk_get_type(key) == MBEDTLS_PK_RSA {
      Key(kind: "RSA", bits: bits, strength: KeyStrength.ofRSA(bits: bits))
    } else {
      // There is no third kind: Mbed TLS reads neither Edwards curves nor RSASSA-PSS.
      Key(kind: "EC", bits: bits, strength: KeyStrength.ofCurve(bits: bits))
    }
  }

  /// The common name, or the organisation, or the organisational unit.
  @inline(never)
  private static func words(_ name: UnsafePointer<mbedtls_x509_name>) -> Text {
    // The last arcs below id-at (RFC 5280 §A.1).
    for type: UInt8 in [3, 10, 11] {
      var next = unsafe Optional(name)
      while let entry = unsafe next {
        let id = unsafe entry.pointee.oid.bytes
        if unsafe id.count == 3 && id[0] == 0x55 && id[1] == 4 && id[2] == type {
          return unsafe Text(quotable: entry.pointee.val.bytes.span)
        }
        unsafe next = UnsafePointer(entry.pointee.next)
      }
    }
    return ""
  }

  /// Empty when this Mbed TLS has no SHA-1.
  private static func sha1(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      unsafe buffer.initialize(repeating: 0)
      let result = unsafe cmbedtls_sha1(bytes.baseAddress, bytes.count, buffer.baseAddress)
      return unsafe result == 0 ? Array(buffer) : []
    }
  }
}

extension mbedtls_x509_time {
  /// Since 1970. A date that is missing is all zeros, and long ago.
  @inline(never)
  static func seconds(_ moment: UnsafePointer<mbedtls_x509_time>) -> Int64 {
    let date = unsafe CivilDate(
      year: Int64(moment.pointee.year), month: Int64(moment.pointee.mon),
      day: Int64(moment.pointee.day))
    let hours = unsafe date.daysSince1970 * 24 + Int64(moment.pointee.hour)
    return unsafe (hours * 60 + Int64(moment.pointee.min)) * 60 + Int64(moment.pointee.sec)
  }
}

extension SHA256Digest {
  /// Computed by Mbed TLS; nil when it cannot.
  @inline(never)
  init?(hashing bytes: UnsafeBufferPointer<UInt8>) {
    let digest = unsafe withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: SHA256Digest.byteCount
    ) { buffer in
      unsafe buffer.initialize(repeating: 0)
      guard unsafe cmbedtls_sha256(bytes.baseAddress, bytes.count, buffer.baseAddress) == 0 else {
        return nil as SHA256Digest?
      }
      return unsafe SHA256Digest(buffer.span)
    }
    guard let digest else { return nil }
    self = digest
  }
}

extension mbedtls_asn1_buf {
  /// The encoding that the library's parser found.
  var bytes: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: p, count: Int(clamping: len))
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether two encodings are the same.
  @inline(never)
  func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    unsafe span.equals(other.span)
  }
}
