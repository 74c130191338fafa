internal import Bytes
internal import CMbedTLS
internal import TLSBackend

/// What the library has read of one certificate; nil when it cannot hash.
func summary(of certificate: UnsafeMutablePointer<mbedtls_x509_crt>) -> CertificateSummary? {
  guard let spki = unsafe sha256(certificate.pointee.pk_raw.bytes),
    let whole = unsafe sha256(certificate.pointee.raw.bytes)
  else { return nil }
  return unsafe CertificateSummary(
    der: Array(certificate.pointee.raw.bytes),
    subject: words(&certificate.pointee.subject), issuer: words(&certificate.pointee.issuer),
    notBefore: seconds(&certificate.pointee.valid_from),
    notAfter: seconds(&certificate.pointee.valid_to),
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
private func names(_ kind: Int32, _ first: UnsafePointer<mbedtls_x509_sequence>) -> [[UInt8]] {
  var names: [[UInt8]] = []
  var next = unsafe Optional(first)
  while let name = unsafe next, names.count < CertificateSummary.maximumNames {
    if unsafe name.pointee.buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK == kind {
      unsafe names.append(Array(name.pointee.buf.bytes))
    }
    unsafe next = UnsafePointer(name.pointee.next)
  }
  return names
}

private func key(_ key: UnsafeMutablePointer<mbedtls_pk_context>) -> CertificateSummary.Key {
  let bits = unsafe Int(clamping: mbedtls_pk_get_bitlen(key))
  return if unsafe mbedtls_pk_get_type(key) == MBEDTLS_PK_RSA {
    CertificateSummary.Key(kind: "RSA", bits: bits, strength: KeyStrength.ofRSA(bits: bits))
  } else {
    // There is no third kind: Mbed TLS reads neither Edwards curves nor RSASSA-PSS.
    CertificateSummary.Key(kind: "EC", bits: bits, strength: KeyStrength.ofCurve(bits: bits))
  }
}

/// The common name, or the organisation, or the organisational unit.
@inline(never)
private func words(_ name: UnsafePointer<mbedtls_x509_name>) -> Text {
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

/// Since 1970. A date that is missing is all zeros, and long ago.
@inline(never)
func seconds(_ moment: UnsafePointer<mbedtls_x509_time>) -> Int64 {
  let date = unsafe CivilDate(
    year: Int64(moment.pointee.year), month: Int64(moment.pointee.mon),
    day: Int64(moment.pointee.day))
  let days = date.daysSince1970
  let minutes = unsafe (days * 24 + Int64(moment.pointee.hour)) * 60 + Int64(moment.pointee.min)
  return unsafe minutes * 60 + Int64(moment.pointee.sec)
}

/// SHA-256 of bytes, computed by Mbed TLS.
@inline(never)
func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> SHA256Digest? {
  unsafe withUnsafeTemporaryAllocation(
    of: UInt8.self, capacity: SHA256Digest.byteCount
  ) { buffer in
    unsafe buffer.initialize(repeating: 0)
    guard unsafe cmbedtls_sha256(bytes.baseAddress, bytes.count, buffer.baseAddress) == 0 else {
      return nil
    }
    return unsafe SHA256Digest(buffer.span)
  }
}

/// Empty when this Mbed TLS has no SHA-1.
private func sha1(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
  unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
    unsafe buffer.initialize(repeating: 0)
    let result = unsafe cmbedtls_sha1(bytes.baseAddress, bytes.count, buffer.baseAddress)
    return unsafe result == 0 ? Array(buffer) : []
  }
}

extension mbedtls_asn1_buf {
  /// The encoding that the library's parser found.
  var bytes: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: p, count: Int(clamping: len))
  }
}

/// Whether two encodings are the same.
@inline(never)
func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  for index in left.indices where unsafe left[index] != right[index] { return false }
  return true
}
