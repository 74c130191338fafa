import BackendContract
import Testing

@testable import BackendOpenSSL

@Suite("Signatures and hashes of OpenSSL")
struct SignatureTests {
  @Test(
    "are what validation takes them for",
    arguments: Promise.allOfSignatures(of: { try LibraryContext(requiresFIPS: false) }))
  func keep(_ promise: Promise) throws {
    try promise.keep()
  }
}
