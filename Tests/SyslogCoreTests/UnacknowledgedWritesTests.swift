import Testing

@testable import SyslogCore

@Suite("UnacknowledgedWrites") struct UnacknowledgedWritesTests {
  @Test("plaintext counts as acknowledged when all ciphertext of its write is")
  func wholeWrites() {
    var log = UnacknowledgedWrites()
    log.sent(plaintext: 100, ciphertextEnd: 1122)
    log.sent(plaintext: 50, ciphertextEnd: 1194)
    #expect(log.acknowledge(ciphertext: 1121) == 0)
    #expect(log.acknowledge(ciphertext: 1122) == 100)
    #expect(log.acknowledge(ciphertext: 1122) == 0)
    #expect(log.acknowledge(ciphertext: 5000) == 50)
  }

  @Test("more writes than it holds are merged: later, never earlier, and none forgotten")
  func merging() {
    var log = UnacknowledgedWrites()
    var acknowledged = 0
    for write in 1...1000 { log.sent(plaintext: 10, ciphertextEnd: UInt64(write) * 32) }
    for write in 1...1000 {
      acknowledged += log.acknowledge(ciphertext: UInt64(write) * 32)
      #expect(acknowledged <= write * 10)
    }
    #expect(acknowledged == 10_000)
  }
}
