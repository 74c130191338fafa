internal import Bytes
internal import CMbedTLS
public import TLSBackend

extension MbedTLSBackend: TLSKeyMaker {
  public static func makeIdentity(_ request: IdentityRequest) throws(TLSError) -> NewIdentity {
    // RFC 5280 §A.1, ub-common-name: the library would write what nobody reads.
    guard (1...64).contains(request.commonName.bytes.count) else {
      throw TLSError(.configuration, .commonNameLength)
    }
    let generator = try RandomGenerator()
    var key = unsafe mbedtls_pk_context()
    unsafe mbedtls_pk_init(&key)
    defer { unsafe mbedtls_pk_free(&key) }
    let isRSA = request.kind == .rsa
    try ErrorMapping.check(
      .makeKey, unsafe cmbedtls_make_key(&key, isRSA ? 3072 : 0, generator.state))
    let encoded = try unsafe encoded(.makeKey) { buffer, count in
      unsafe mbedtls_pk_write_key_der(&key, buffer, count)
    }
    let certificate = try unsafe certificate(request, &key, generator)
    return NewIdentity(
      keyLabel: isRSA ? "RSA PRIVATE KEY" : "EC PRIVATE KEY", key: encoded,
      certificate: certificate)
  }

  private static func certificate(
    _ request: IdentityRequest, _ key: UnsafeMutablePointer<mbedtls_pk_context>,
    _ generator: RandomGenerator
  ) throws(TLSError) -> [UInt8] {
    var draft = unsafe mbedtls_x509write_cert()
    unsafe mbedtls_x509write_crt_init(&draft)
    defer { unsafe mbedtls_x509write_crt_free(&draft) }
    unsafe mbedtls_x509write_crt_set_version(&draft, Int32(MBEDTLS_X509_CRT_VERSION_3))
    unsafe mbedtls_x509write_crt_set_md_alg(&draft, MBEDTLS_MD_SHA256)
    unsafe mbedtls_x509write_crt_set_subject_key(&draft, key)
    unsafe mbedtls_x509write_crt_set_issuer_key(&draft, key)
    let name = request.commonName.bytes
    var result = unsafe cmbedtls_set_common_name(&draft, name, name.count)
    if result == 0 { result = unsafe setSerial(&draft, generator) }
    if result == 0 {
      result = unsafe digits(request.notBefore).withCString { first in
        unsafe digits(request.notAfter).withCString { last in
          unsafe mbedtls_x509write_crt_set_validity(&draft, first, last)
        }
      }
    }
    if result == 0 { result = unsafe addExtensions(&draft, request) }
    try ErrorMapping.check(.makeCertificate, result)
    return try unsafe encoded(.makeCertificate) { buffer, count in
      unsafe mbedtls_x509write_crt_der(
        &draft, buffer, count, mbedtls_ctr_drbg_random, generator.state)
    }
  }

  /// 16 bytes, positive (RFC 5280 §4.1.2.2).
  private static func setSerial(
    _ draft: UnsafeMutablePointer<mbedtls_x509write_cert>, _ generator: RandomGenerator
  ) -> Int32 {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { serial in
      unsafe serial.initialize(repeating: 0)
      let result = unsafe mbedtls_ctr_drbg_random(generator.state, serial.baseAddress, 16)
      guard result == 0 else { return result }
      unsafe serial[0] = serial[0] & 0x3F | 0x40
      return unsafe cmbedtls_set_serial(draft, serial.baseAddress, 16)
    }
  }

  /// `20261124170300`.
  private static func digits(_ seconds: Int64) -> Text {
    Text(
      Text(utc: seconds).bytes.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
  }

  /// Calls `write`, which fills a buffer from its end as far as its result says; wipes the buffer.
  private static func encoded(
    _ operation: LibraryOperation, _ write: (UnsafeMutablePointer<UInt8>?, Int) -> Int32
  ) throws(TLSError) -> [UInt8] {
    // A certificate may have hundreds of names.
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let result = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe write(buffer.baseAddress, buffer.count)
    }
    try ErrorMapping.check(operation, min(result, 0))
    let encoding = Array(buffer.suffix(Int(max(result, 0))))
    unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe mbedtls_platform_zeroize(buffer.baseAddress, buffer.count)
    }
    return encoding
  }
}

// MARK: Extensions

extension MbedTLSBackend {
  /// By hand where the library would not mark them as critical, or does not know them in 2.28.
  private static func addExtensions(
    _ draft: UnsafeMutablePointer<mbedtls_x509write_cert>, _ request: IdentityRequest
  ) -> Int32 {
    let usage = UInt32(MBEDTLS_X509_KU_DIGITAL_SIGNATURE)
    var result = unsafe mbedtls_x509write_crt_set_key_usage(draft, usage)
    // CA:FALSE.
    if result == 0 { result = unsafe add(19, isCritical: true, [0x30, 0], to: draft) }
    if result == 0 {
      result = unsafe add(37, isCritical: false, DERWriter.purposes, to: draft)
    }
    if result == 0, let names = DERWriter.alternativeNames(of: request) {
      result = unsafe add(17, isCritical: false, names, to: draft)
    }
    return unsafe result == 0 ? cmbedtls_set_key_identifier(draft) : result
  }

  /// Adds the extension with this last arc below id-ce.
  private static func add(
    _ arc: UInt8, isCritical: Bool, _ value: [UInt8],
    to draft: UnsafeMutablePointer<mbedtls_x509write_cert>
  ) -> Int32 {
    unsafe Text([0x55, 0x1D, arc]).withCString { id in
      unsafe mbedtls_x509write_crt_set_extension(
        draft, id, 3, isCritical ? 1 : 0, value, value.count)
    }
  }
}
