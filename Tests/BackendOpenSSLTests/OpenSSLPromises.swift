import BackendContract
import BackendOpenSSL
import Testing

@Suite("OpenSSL as a TLSBackend")
struct OpenSSLPromises {
  private static let record = ConformanceRecord(of: OpenSSLBackend.self)

  @Test("keeps every promise of the contract", arguments: Promise.all(of: OpenSSLBackend.self))
  func keeps(_ promise: Promise) throws {
    try OpenSSLPromises.record.keep(promise)
  }

  @Test("is let off no promise that BackendMatrix.md does not name")
  func confesses() throws {
    try promiseTableConfesses(OpenSSLBackend.self)
  }

  @Test("holds nothing after 1,000 failed handshakes")
  func leaksNothing() async {
    exposeHeapToChildren()
    await #expect(processExitsWith: .success) {
      try promiseNoLeakInFailures(OpenSSLBackend.self)
    }
  }

  @Test("writes no key down, whatever SSLKEYLOGFILE says")
  func writesNoKeyDown() async {
    askForKeyLog()
    await #expect(processExitsWith: .success) {
      try promiseNoKeyLog(OpenSSLBackend.self)
    }
  }
}
