internal import CMbedTLS
internal import TLSBackend

/// Certificates in the library's form: a list of its own, at an address that stays.
@safe final class CertificateList {
  let first = UnsafeMutablePointer<mbedtls_x509_crt>.allocate(capacity: 1)

  init() {
    unsafe mbedtls_x509_crt_init(first)
  }

  /// Throws `.configuration` naming the one that cannot be read.
  convenience init(
    _ certificates: [[UInt8]], about parameter: TLSParameter
  ) throws(TLSError) {
    self.init()
    for index in certificates.indices {
      let certificate = certificates[index]
      guard append(certificate.span) else {
        throw .unreadable("CERTIFICATE", index, of: certificates.count, about: parameter)
      }
    }
  }

  deinit {
    unsafe mbedtls_x509_crt_free(first)
    unsafe first.deallocate()
  }

  /// Whether it could be read, to the last byte. Unknown extensions are passed over only when they
  /// are not critical, or when it is asked for.
  func append(_ der: Span<UInt8>, passingOver: Bool = false) -> Bool {
    let result = unsafe der.withUnsafeBufferPointer { bytes in
      unsafe mbedtls_x509_crt_parse_der_with_ext_cb(
        first, bytes.baseAddress, bytes.count, 1, passingOver ? { _, _, _, _, _, _ in 0 } : nil, nil
      )
    }
    guard result == 0 else { return false }
    var last = unsafe first
    while let next = unsafe last.pointee.next { unsafe last = next }
    return unsafe last.pointee.raw.len == der.count
  }
}

/// Revocation lists in the library's form.
@safe final class RevocationLists {
  let first = UnsafeMutablePointer<mbedtls_x509_crl>.allocate(capacity: 1)

  /// Throws `.configuration` naming the one that cannot be read.
  init(_ lists: [[UInt8]]) throws(TLSError) {
    unsafe mbedtls_x509_crl_init(first)
    for index in lists.indices {
      let result = unsafe lists[index].withUnsafeBufferPointer { bytes in
        unsafe mbedtls_x509_crl_parse_der(first, bytes.baseAddress, bytes.count)
      }
      guard result == 0 else {
        throw .unreadable("X509 CRL", index, of: lists.count, about: .revocationLists)
      }
    }
  }

  deinit {
    unsafe mbedtls_x509_crl_free(first)
    unsafe first.deallocate()
  }
}
