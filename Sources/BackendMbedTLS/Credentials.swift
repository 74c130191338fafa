internal import Bytes
internal import CMbedTLS
internal import TLSBackend

/// This client's certificate, those that go with it, and its key (T4), which the library wipes.
@safe final class ClientIdentity {
  let certificates: CertificateList
  let key = UnsafeMutablePointer<mbedtls_pk_context>.allocate(capacity: 1)

  init(_ parameters: TLSParameters, _ generator: RandomGenerator) throws(TLSError) {
    unsafe mbedtls_pk_init(key)
    certificates = try CertificateList(parameters.certificates, about: .certificate)
    let result = unsafe parameters.privateKey.withUnsafeBufferPointer { bytes in
      unsafe cmbedtls_parse_key(key, bytes.baseAddress, bytes.count, generator.state)
    }
    guard result == 0 else {
      throw .unreadable("PRIVATE KEY", about: .key)
    }
    guard unsafe cmbedtls_check_pair(&certificates.first.pointee.pk, key, generator.state) == 0
    else { throw .mismatchedKey }
  }

  deinit {
    unsafe mbedtls_pk_free(key)
    unsafe key.deallocate()
  }
}
