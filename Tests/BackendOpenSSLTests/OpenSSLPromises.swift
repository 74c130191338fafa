import BackendContract
import BackendOpenSSL
import Testing

@Suite("OpenSSL as a TLSBackend")
struct OpenSSLPromises {
  @Test("keeps every promise of the contract", arguments: Promise.all(of: OpenSSLBackend.self))
  func keeps(_ promise: Promise) throws {
    try promise.keep()
  }

  @Test("holds nothing after 1,000 failed handshakes")
  func leaksNothing() async {
    exposeHeapToChildren()
    await #expect(processExitsWith: .success) {
      try promiseNoLeakInFailures(OpenSSLBackend.self)
    }
  }
}
