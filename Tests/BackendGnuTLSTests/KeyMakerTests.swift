import BackendContract
import BackendGnuTLS
import Testing

@Suite("Keys and certificates that GnuTLS makes (T7)")
struct KeyMakerTests {
  private static let form = NewIdentityForm(
    ecdsaLabel: "PRIVATE KEY", rsaLabel: "PRIVATE KEY",
    serialByteCount: 16...16)

  @Test(
    "keep every promise about them",
    arguments: Promise.allOfKeyMaking(of: GnuTLSBackend.self, form))
  func keep(_ promise: Promise) throws {
    try promise.keep()
  }
}
