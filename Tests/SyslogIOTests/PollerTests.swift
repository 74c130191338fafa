import CPosix
import Testing

@testable import SyslogIO

@Suite("What the loop waits for")
struct PollerTests {
  @Test("a descriptor is ready when there is something to read, and only then")
  func readable() throws {
    let quiet = try SocketPair()
    let loud = try SocketPair()
    loud.send("x")
    var poller = Poller()
    let first = poller.add(quiet.near.rawValue, readable: true, writable: false)
    let second = poller.add(loud.near.rawValue, readable: true, writable: false)
    poller.wait(milliseconds: 0)
    #expect(!poller.isReady(first))
    #expect(poller.isReady(second))
  }

  @Test("what is not asked for does not make a descriptor ready; writable does when asked for")
  func writable() throws {
    let pair = try SocketPair()
    pair.send("x")
    var poller = Poller()
    let indifferent = poller.add(pair.near.rawValue, readable: false, writable: false)
    let writing = poller.add(pair.near.rawValue, readable: false, writable: true)
    poller.wait(milliseconds: 0)
    #expect(!poller.isReady(indifferent))
    #expect(poller.isReady(writing))
  }

  @Test("a hang-up makes a descriptor ready, whatever was asked for")
  func hangUp() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, CPOSIX_SOCK_STREAM, 0, &ends) == 0)
    let near = FileDescriptor(owning: ends[0])
    close(ends[1])
    var poller = Poller()
    let slot = poller.add(near.rawValue, readable: false, writable: false)
    poller.wait(milliseconds: 0)
    #expect(poller.isReady(slot))
  }

  @Test("negative descriptors stay out of poll, which refuses more than there may be descriptors")
  func manyAbsent() throws {
    let limit = sysconf(Int32(_SC_OPEN_MAX))
    try #require((1..<1 << 24).contains(limit), "a limit on descriptors that a test can exceed")
    let pair = try SocketPair()
    pair.send("x")
    var poller = Poller()
    var absent: [Poller.Slot] = []
    for _ in 0...limit { absent.append(poller.add(-1, readable: true, writable: true)) }
    let slot = poller.add(pair.near.rawValue, readable: true, writable: false)
    poller.wait(milliseconds: 0)
    #expect(poller.isReady(slot))
    #expect(!absent.contains { poller.isReady($0) })
  }

  @Test("a turn begins with no descriptors, and a wait that brought nothing leaves nothing ready")
  func turns() throws {
    let pair = try SocketPair()
    pair.send("x")
    var poller = Poller()
    _ = poller.add(pair.near.rawValue, readable: true, writable: false)
    poller.wait(milliseconds: 0)
    _ = receive(from: pair.near.rawValue)
    poller.reset()
    let slot = poller.add(pair.near.rawValue, readable: true, writable: false)
    #expect(!poller.isReady(slot))
    poller.wait(milliseconds: 0)
    #expect(!poller.isReady(slot))
  }
}
