import BackendContract
import BackendOpenSSL
import Testing

@Suite("Keys and certificates that OpenSSL makes (T7)")
struct KeyMakerTests {
  private static let form = NewIdentityForm(
    ecdsaLabel: "PRIVATE KEY", rsaLabel: "PRIVATE KEY",
    serialByteCount: 1...8)

  @Test(
    "keep every promise about them",
    arguments: Promise.allOfKeyMaking(of: OpenSSLBackend.self, form))
  func keep(_ promise: Promise) throws {
    try promise.keep()
  }
}
