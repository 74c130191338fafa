/// Which plaintext travels in which ciphertext: what turns the kernel's count of acknowledged
/// bytes into messages that the peer's kernel has.
///
/// Holds a fixed number of writes. The kernel is to be asked when it is full; if it has acknowledged
/// nothing even then, the two neighbours with the fewest bytes are merged: coarser, so that an
/// acknowledgement counts later, never earlier. No merged entry has more than a fifteenth of what
/// is on its way.
struct UnacknowledgedWrites: ~Copyable {
  private struct Write {
    /// Ciphertext sent on the connection up to and including this write.
    var ciphertextEnd: UInt64
    var plaintext: Int
  }

  static let capacity = 32
  private var writes: [Write]
  private var first = 0
  private var count = 0

  init() {
    writes = [Write](
      repeating: Write(ciphertextEnd: 0, plaintext: 0), count: UnacknowledgedWrites.capacity)
  }

  /// Whether the next write will be noted at the cost of precision.
  var isFull: Bool { count == UnacknowledgedWrites.capacity }

  /// Notes a write that was accepted whole.
  mutating func sent(plaintext: Int, ciphertextEnd: UInt64) {
    if isFull { mergeSmallest() }
    writes[slot(count)] = Write(ciphertextEnd: ciphertextEnd, plaintext: plaintext)
    count += 1
  }

  private func slot(_ position: Int) -> Int { (first + position) % UnacknowledgedWrites.capacity }

  private mutating func mergeSmallest() {
    var smallest = 0
    for position in 1..<count - 1 where plaintext(ofPair: position) < plaintext(ofPair: smallest) {
      smallest = position
    }
    writes[slot(smallest + 1)].plaintext = plaintext(ofPair: smallest)
    for position in smallest..<count - 1 { writes[slot(position)] = writes[slot(position + 1)] }
    count -= 1
  }

  private func plaintext(ofPair position: Int) -> Int {
    writes[slot(position)].plaintext + writes[slot(position + 1)].plaintext
  }

  /// Removes the writes whose ciphertext is acknowledged as a whole and returns how much plaintext
  /// they carried.
  mutating func acknowledge(ciphertext: UInt64) -> Int {
    var plaintext = 0
    while count > 0, writes[first].ciphertextEnd <= ciphertext {
      plaintext += writes[first].plaintext
      first = slot(1)
      count -= 1
    }
    return plaintext
  }
}
