internal import Bytes
internal import CMbedTLS
internal import TLSBackend

/// Certificates in the library's form: a list of its own, at an address that stays.
@safe final class CertificateList {
  let first = UnsafeMutablePointer<mbedtls_x509_crt>.allocate(capacity: 1)

  /// Throws `.configuration` naming the one that cannot be read.
  init(_ certificates: [[UInt8]], about parameter: TLSParameter) throws(TLSError) {
    unsafe mbedtls_x509_crt_init(first)
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

  /// Whether it could be read, to the last byte.
  private func append(_ der: Span<UInt8>) -> Bool {
    // `mbedtls_x509_crt_parse_der` is ours (see Verification.swift).
    let result = unsafe der.withUnsafeBufferPointer { bytes in
      unsafe mbedtls_x509_crt_parse_der_with_ext_cb(
        first, bytes.baseAddress, bytes.count, 1, nil, nil)
    }
    guard result == 0 else { return false }
    var last = unsafe first
    while let next = unsafe last.pointee.next { unsafe last = next }
    return unsafe last.pointee.raw.len == der.count
  }
}
