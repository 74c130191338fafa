import BackendContract
import Testing

@testable import BackendMbedTLS

@Suite("Mbed TLS as a TLSBackend")
struct MbedTLSPromises {
  private static let record = ConformanceRecord(of: MbedTLSBackend.self)

  @Test("keeps every promise of the contract", arguments: Promise.all(of: MbedTLSBackend.self))
  func keeps(_ promise: Promise) throws {
    try MbedTLSPromises.record.keep(promise)
  }

  @Test("is let off no promise that BackendMatrix.md does not name")
  func confesses() throws {
    try promiseTableConfesses(MbedTLSBackend.self)
  }

  @Test("ends a connection whose server changes its keys, and tells the server (C13)")
  func confessesKeyUpdate() throws {
    try promiseUnreadableKeyUpdateTold(MbedTLSBackend.self, .unreadableKeyUpdate)
  }

  @Test("holds nothing after 1,000 failed handshakes")
  func leaksNothing() async {
    exposeHeapToChildren()
    await #expect(processExitsWith: .success) {
      try promiseNoLeakInFailures(MbedTLSBackend.self)
    }
  }

  @Test("writes no key down, whatever SSLKEYLOGFILE says")
  func writesNoKeyDown() async {
    askForKeyLog()
    await #expect(processExitsWith: .success) {
      try promiseNoKeyLog(MbedTLSBackend.self)
    }
  }
}
