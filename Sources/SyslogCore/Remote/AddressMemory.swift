/// What is known of the addresses that a name has had: the one that worked last is preferred, and
/// of those that failed, the one that failed longest ago comes first (docs/decisions/0014).
///
/// Name servers give addresses in changing order, so that a place in the list says nothing. An
/// address is here a number that stands for it.
public struct AddressMemory: Sendable {
  /// As many failures as there are addresses in an answer, so that each has its turn.
  static let capacity = 64

  /// The latest failure is the last.
  private var failed: [UInt64] = []
  private var worked: UInt64?

  /// Something that was sent to the address came back, or a connection to it failed.
  public mutating func noteFailure(of address: UInt64) {
    forget(address)
    if failed.count >= AddressMemory.capacity { failed.remove(at: 0) }
    failed.append(address)
  }

  mutating func noteSuccess(of address: UInt64) {
    forget(address)
    worked = address
  }

  private mutating func forget(_ address: UInt64) {
    if worked == address { worked = nil }
    let rank = rank(of: address)
    if rank > 0 { failed.remove(at: rank - 1) }
  }

  /// The lower, the better.
  private func rank(of address: UInt64) -> Int {
    if worked == address { return -1 }
    for index in failed.indices where failed[index] == address { return index + 1 }
    return 0
  }

  /// The index of the address that is to be tried; 0 when there is none. Of equals, the first: the
  /// resolver has sorted them (RFC 6724).
  public func best(of addresses: [UInt64]) -> Int {
    var best = 0
    var lowest = Int.max
    for index in addresses.indices {
      let rank = rank(of: addresses[index])
      if rank < lowest { (best, lowest) = (index, rank) }
    }
    return best
  }
}
