import BackendContract
import BackendGnuTLS
import Testing

@Suite("GnuTLS as a TLSBackend")
struct GnuTLSPromises {
  private static let record = ConformanceRecord(of: GnuTLSBackend.self)

  @Test("keeps every promise of the contract", arguments: Promise.all(of: GnuTLSBackend.self))
  func keeps(_ promise: Promise) throws {
    try GnuTLSPromises.record.keep(promise)
  }

  @Test("is let off no promise that BackendMatrix.md does not name")
  func confesses() throws {
    try promiseTableConfesses(GnuTLSBackend.self)
  }

  @Test("holds nothing after 1,000 failed handshakes")
  func leaksNothing() async {
    exposeHeapToChildren()
    await #expect(processExitsWith: .success) {
      try promiseNoLeakInFailures(GnuTLSBackend.self)
    }
  }

  @Test("writes no key down, whatever SSLKEYLOGFILE says")
  func writesNoKeyDown() async {
    askForKeyLog()
    await #expect(processExitsWith: .success) {
      try promiseNoKeyLog(GnuTLSBackend.self)
    }
  }
}
