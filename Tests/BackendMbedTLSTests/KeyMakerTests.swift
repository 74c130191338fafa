import BackendContract
import BackendMbedTLS
import Testing

@Suite("Keys and certificates that Mbed TLS makes (T7)")
struct KeyMakerTests {
  private static let form = NewIdentityForm(
    ecdsaLabel: "EC PRIVATE KEY", rsaLabel: "RSA PRIVATE KEY",
    serialByteCount: 16...16)

  @Test(
    "keep every promise about them",
    arguments: Promise.allOfKeyMaking(of: MbedTLSBackend.self, form))
  func keep(_ promise: Promise) throws {
    try promise.keep()
  }
}
