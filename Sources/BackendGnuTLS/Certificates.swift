internal import Bytes
internal import CGnuTLS
internal import TLSBackend

/// Our own certificates as GnuTLS has parsed them, freed together. The corresponding C type is an
/// array of `gnutls_x509_crt_t`.
@safe struct ParsedCertificates: ~Copyable {
  let handles: UnsafeMutablePointer<gnutls_x509_crt_t?>
  private(set) var count = 0

  private init(capacity: Int) {
    unsafe handles = .allocate(capacity: capacity)
  }

  /// Throws `.configuration` when one cannot be read, to its last byte.
  static func reading(_ items: [[UInt8]]) throws(TLSError) -> ParsedCertificates {
    var parsed = ParsedCertificates(capacity: items.count)
    for index in items.indices {
      let item = items[index]
      guard parsed.append(item.span) else {
        throw .unreadable("CERTIFICATE", index, of: items.count, about: .certificate)
      }
    }
    return parsed
  }

  private mutating func append(_ der: Span<UInt8>) -> Bool {
    guard DER.isOneSequence(der) else { return false }
    let isRead = unsafe der.withDatum { datum in
      var (datum, handle) = unsafe (datum, nil as gnutls_x509_crt_t?)
      guard unsafe gnutls_x509_crt_init(&handle) == 0 else { return false }
      unsafe handles[count] = unsafe handle
      count += 1
      return unsafe gnutls_x509_crt_import(handle, &datum, GNUTLS_X509_FMT_DER) == 0
    }
    return isRead == true
  }

  deinit {
    for index in 0..<count { unsafe gnutls_x509_crt_deinit(handles[index]) }
    unsafe handles.deallocate()
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
