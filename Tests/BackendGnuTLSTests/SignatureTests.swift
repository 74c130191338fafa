import BackendContract
import Testing

@testable import BackendGnuTLS

@Suite("Signatures and hashes of GnuTLS")
struct SignatureTests {
  @Test(
    "are what validation takes them for",
    arguments: Promise.allOfSignatures(of: { LibraryCryptography() }))
  func keep(_ promise: Promise) throws {
    try promise.keep()
  }
}
