internal import Bytes
internal import CMbedTLS
internal import TLSBackend

/// The library's random generator, seeded by the kernel's.
///
/// The library keeps its address, so it has memory of its own.
@safe final class RandomGenerator {
  let state = UnsafeMutablePointer<mbedtls_ctr_drbg_context>.allocate(capacity: 1)
  private let entropy = UnsafeMutablePointer<mbedtls_entropy_context>.allocate(capacity: 1)

  init() throws(TLSError) {
    unsafe mbedtls_entropy_init(entropy)
    unsafe mbedtls_ctr_drbg_init(state)
    try succeeds("start its cryptography", cmbedtls_crypto_init())
    try succeeds(
      "seed its random generator",
      unsafe mbedtls_ctr_drbg_seed(state, mbedtls_entropy_func, entropy, nil, 0))
  }

  deinit {
    unsafe mbedtls_ctr_drbg_free(state)
    unsafe mbedtls_entropy_free(entropy)
    unsafe state.deallocate()
    unsafe entropy.deallocate()
  }
}

/// Throws `.library` when a call has failed.
@inline(never)
func succeeds(_ what: StaticString, _ code: Int32) throws(TLSError) {
  guard code == 0 else {
    throw TLSError(.library, "Mbed TLS cannot \(what): \(libraryWords(code))")
  }
}
