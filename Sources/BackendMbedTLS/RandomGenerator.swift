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
    try ErrorMapping.check(.start, cmbedtls_crypto_init())
    try ErrorMapping.check(
      .seedRandomGenerator,
      unsafe mbedtls_ctr_drbg_seed(state, mbedtls_entropy_func, entropy, nil, 0))
  }

  deinit {
    unsafe mbedtls_ctr_drbg_free(state)
    unsafe mbedtls_entropy_free(entropy)
    unsafe state.deallocate()
    unsafe entropy.deallocate()
  }
}
