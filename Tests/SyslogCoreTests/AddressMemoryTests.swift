import Testing

@testable import SyslogCore

@Suite("Addresses of a name are remembered") struct AddressMemoryTests {
  @Test("the first is as good as any, at first")
  func nothingKnown() {
    let memory = AddressMemory()
    #expect(memory.best(of: [7, 8, 9]) == 0)
    #expect(memory.best(of: []) == 0)
  }

  @Test("one that failed comes behind those that did not, wherever it stands")
  func failed() {
    var memory = AddressMemory()
    memory.noteFailure(of: 7)
    #expect(memory.best(of: [7, 8]) == 1)
    #expect(memory.best(of: [8, 7]) == 0)
    #expect(memory.best(of: [7]) == 0)
  }

  @Test("when all failed, it is the one that did so longest ago")
  func longestAgo() {
    var memory = AddressMemory()
    for address: UInt64 in [7, 8, 9, 7] { memory.noteFailure(of: address) }
    #expect(memory.best(of: [7, 9, 8]) == 2)
    memory.noteFailure(of: 8)
    #expect(memory.best(of: [7, 9, 8]) == 1)
  }

  @Test("the one that worked last is preferred, until it fails")
  func worked() {
    var memory = AddressMemory()
    memory.noteFailure(of: 9)
    memory.noteSuccess(of: 9)
    #expect(memory.best(of: [7, 8, 9]) == 2)
    memory.noteSuccess(of: 8)
    #expect(memory.best(of: [7, 8, 9]) == 1)
    memory.noteFailure(of: 8)
    #expect(memory.best(of: [8, 7, 9]) == 1)
  }

  @Test("of more addresses than one attempt tries, each has its turn; memory is bounded")
  func many() {
    var memory = AddressMemory()
    let addresses = (0..<UInt64(AddressMemory.capacity)).map { $0 }
    for round in 0..<3 {
      var tried: Set<UInt64> = []
      for _ in addresses {
        let address = addresses[memory.best(of: addresses)]
        tried.insert(address)
        memory.noteFailure(of: address)
      }
      #expect(tried.count == addresses.count, "round \(round)")
    }
    for stranger: UInt64 in 1000..<2000 { memory.noteFailure(of: stranger) }
    #expect(memory.best(of: [1999, 1000]) == 1, "what was forgotten is as good as new")
  }
}
