import BackendContract
import Testing

@testable import BackendMbedTLS

@Suite("Signatures and hashes of Mbed TLS")
struct SignatureTests {
  @Test(
    "are what validation takes them for",
    arguments: Promise.allOfSignatures(of: { LibraryCryptography() }, lacksEdwards: true))
  func keep(_ promise: Promise) throws {
    try promise.keep()
  }
}
