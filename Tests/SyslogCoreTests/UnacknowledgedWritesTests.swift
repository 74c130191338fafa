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

  @Test("what is acknowledged counts at once, but for a fifteenth of what is on its way")
  func precision() {
    var random = Xorshift(seed: 7)
    var log = UnacknowledgedWrites()
    var (sent, acknowledged) = (0, 0)
    var ends: [(cipher: UInt64, plain: Int)] = []
    for write in 1...5000 {
      let bytes = Int(random.next() % (write % 50 == 0 ? 16_000 : 300)) + 1
      sent += bytes
      ends.append((UInt64(sent + 22 * write), sent))
      log.sent(plaintext: bytes, ciphertextEnd: UInt64(sent + 22 * write))
      guard log.isFull, random.next() % 3 == 0 else { continue }
      // The kernel has acknowledged all but some of the newest writes.
      let seen = ends[max(0, ends.count - 1 - Int(random.next() % 200))]
      let before = acknowledged
      acknowledged += log.acknowledge(ciphertext: seen.cipher)
      #expect(acknowledged == before || acknowledged <= seen.plain, "never earlier")
      let largest = 16_000
      #expect(seen.plain - acknowledged <= max(largest, (sent - acknowledged) / 15))
    }
  }
}
