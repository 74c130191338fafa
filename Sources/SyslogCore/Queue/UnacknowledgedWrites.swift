/// Which plaintext travels in which ciphertext: what turns the kernel's count of acknowledged
/// bytes into messages that the peer's kernel has.
///
/// Holds a fixed number of writes. When it is full, the newest two are merged: coarser, so that
/// an acknowledgement counts later, never earlier.
struct UnacknowledgedWrites: ~Copyable {
  private struct Write {
    /// Ciphertext sent on the connection up to and including this write.
    var ciphertextEnd: UInt64
    var plaintext: Int
  }

  static let capacity = 32
  private var writes: InlineArray<32, Write>
  private var first = 0
  private var count = 0

  init() {
    writes = InlineArray(repeating: Write(ciphertextEnd: 0, plaintext: 0))
  }

  /// Notes a write that was accepted whole.
  mutating func sent(plaintext: Int, ciphertextEnd: UInt64) {
    if count == UnacknowledgedWrites.capacity {
      let newest = (first + count - 1) % UnacknowledgedWrites.capacity
      writes[newest].plaintext += plaintext
      writes[newest].ciphertextEnd = ciphertextEnd
      return
    }
    writes[(first + count) % UnacknowledgedWrites.capacity] = Write(
      ciphertextEnd: ciphertextEnd, plaintext: plaintext)
    count += 1
  }

  /// Removes the writes whose ciphertext is acknowledged as a whole and returns how much plaintext
  /// they carried.
  mutating func acknowledge(ciphertext: UInt64) -> Int {
    var plaintext = 0
    while count > 0, writes[first].ciphertextEnd <= ciphertext {
      plaintext += writes[first].plaintext
      first = (first + 1) % UnacknowledgedWrites.capacity
      count -= 1
    }
    return plaintext
  }
}
