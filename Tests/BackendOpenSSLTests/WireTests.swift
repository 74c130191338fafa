import CPosix
import Testing

@testable import BackendContract

@Suite("The wire of the contract's tests")
struct WireTests {
  @Test(
    "a closed peer is gone, whatever process was started beside the test", arguments: [false, true])
  func closedForAll(isTCP: Bool) throws {
    let wire = try Wire(isTCP ? .tcp : .unix)
    let child = try #require(popen("cat", "w"))
    defer { pclose(child) }
    #expect(!wire.isReady(.readable))
    wire.closePeer()
    #expect(wire.isReady(.readable))
  }
}
