internal import CGnuTLS
internal import TLSBackend

/// Certificates as GnuTLS has parsed them, freed together. The corresponding C type is an array of
/// `gnutls_x509_crt_t`.
@safe struct ParsedCertificates: ~Copyable {
  private(set) var handles: [gnutls_x509_crt_t?] = unsafe []

  /// Throws `.configuration` when one cannot be read.
  static func reading(
    _ items: [[UInt8]], about parameter: TLSParameter
  ) throws(TLSError) -> ParsedCertificates {
    var parsed = ParsedCertificates()
    for index in items.indices {
      let item = items[index]
      guard unsafe item.span.withDatum({ unsafe parsed.append($0) }) == true else {
        throw .unreadable("CERTIFICATE", index, of: items.count, about: parameter)
      }
    }
    return parsed
  }

  /// Adds one in DER; false when it is none, to the last byte.
  private mutating func append(_ der: gnutls_datum_t) -> Bool {
    var handle: gnutls_x509_crt_t?
    guard unsafe DER.isOneSequence(der.bytes.span), unsafe gnutls_x509_crt_init(&handle) == 0
    else { return false }
    var der = unsafe der
    unsafe handles.append(handle)
    if unsafe gnutls_x509_crt_import(handle, &der, GNUTLS_X509_FMT_DER) == 0 { return true }
    unsafe gnutls_x509_crt_deinit(handles.removeLast())
    return false
  }

  deinit {
    for index in unsafe handles.indices { unsafe gnutls_x509_crt_deinit(handles[index]) }
  }
}

extension Span<UInt8> {
  /// The bytes as the library takes them; it changes none.
  func withDatum<R>(_ body: (gnutls_datum_t) -> R?) -> R? {
    guard let size = UInt32(exactly: count) else { return nil }
    return unsafe withUnsafeBufferPointer { bytes in
      let start = unsafe UnsafeMutablePointer(mutating: bytes.baseAddress)
      return unsafe body(gnutls_datum_t(data: start, size: size))
    }
  }
}

extension gnutls_datum_t {
  var bytes: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: data, count: Int(size))
  }
}
