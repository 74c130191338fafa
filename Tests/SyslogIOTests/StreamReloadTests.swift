import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A connected remote, when everything is read again")
struct StreamReloadTests {
  let workspace: Workspace
  let path: String

  init() throws {
    workspace = try Workspace()
    path = try workspace.write(Text.pin(0x11).string + "\n", to: "pin")
  }

  private func pinned(
    _ change: (inout RemoteSettings) -> Void = { _ in }
  ) throws -> RemoteUnderTest {
    try RemoteUnderTest {
      $0.trust.pins = [.file(Text(of: path))]
      change(&$0)
    }
  }

  private func pin(_ keys: UInt8...) throws {
    try workspace.write(keys.map { Text.pin($0).string + "\n" }.joined(), to: "pin")
  }

  @Test("keeps its connection while its pins are the same, however they are written")
  func kept() throws {
    let remote = try pinned()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.queue("<13>one")
    remote.flush()
    _ = remote.said()
    remote.library.forget()
    try workspace.write("# the same\n\n" + Text.pin(0x11).string + "\n", to: "pin")
    for _ in 0..<3 { #expect(!remote.rereadFiles()) }
    remote.queue("<13>two")
    remote.flush()
    #expect(connection.read(18) == "7 <13>one7 <13>two")
    #expect(remote.library.calls.filter { $0 != "context" } == ["write"])
    #expect(remote.said() == [])
    #expect(remote.transport.sender.counters.connections == 1)
    #expect(remote.accept(within: 0) == nil)
  }

  @Test("with other pins is left in order and connected to at once; what it has is not sent again")
  func changed() throws {
    let remote = try pinned()
    let first = try remote.deliverOne()
    _ = remote.said()
    remote.library.forget()
    try pin(0x22, 0x11, 0x33)
    remote.queue("<13>two")
    #expect(!remote.rereadFiles())
    #expect(receive(from: first.socket.rawValue, within: 10_000) == [], "its end, and nothing more")
    #expect(remote.library.calls.prefix(2) == ["shutdown", "end"])
    #expect(remote.turn { remote.isReady })
    let second = try #require(remote.accept())
    #expect(second.read(9) == "7 <13>two")
    #expect(
      remote.said() == [
        .filesChanged,
        .connected(
          over: TLSNegotiated(version: "FakeTLS", cipherSuite: "NONE"), .pinMatches(1),
          .octetCounting, .raw),
      ])
    #expect(remote.transport.sender.counters.failures == 0)
  }

  @Test("is sent nothing more once its key is no longer pinned (T17)")
  func unpinned() throws {
    let remote = try pinned()
    #expect(remote.connect())
    let first = try #require(remote.accept())
    try pin(0x22)
    _ = remote.rereadFiles()
    remote.queue("<13>secret")
    remote.flush()
    #expect(remote.turn { remote.isBackingOff })
    let second = try #require(remote.accept())
    #expect(first.readAll() == "")
    #expect(second.readAll() == "")
    #expect(remote.library.count(of: "write") == 0)
    #expect(remote.said().last?.string.contains("does not match the pin in") == true)
  }

  @Test(
    "fails closed when its pins cannot be read any more, says why, and comes back when they can",
    arguments: ["", "# none\n", "rubbish\n", nil])
  func unreadable(_ content: String?) throws {
    let remote = try pinned()
    #expect(remote.connect())
    let first = try #require(remote.accept())
    _ = remote.said()
    if let content { try workspace.write(content, to: "pin") } else { unlink(path) }
    #expect(!remote.rereadFiles())
    #expect(remote.isBackingOff)
    #expect(remote.library.calls.suffix(2) == ["shutdown", "end"])
    let said = remote.said()
    #expect(said.count == 1 && said[0].string.hasPrefix("pin file \(path)"), "\(said)")
    remote.queue("<13>kept")
    remote.flush()
    #expect(first.readAll() == "")
    try pin(0x11)
    remote.now = remote.now + Interval(milliseconds: 10)
    #expect(!remote.rereadFiles())
    #expect(remote.turn { remote.isReady })
    #expect(try #require(remote.accept()).read(10) == "8 <13>kept")
  }

  @Test("that waits for its next attempt makes it now")
  func mended() throws {
    let remote = try pinned { $0.trust.pins = [.file(Text(of: workspace.file("later")))] }
    remote.queue("<13>one")
    _ = remote.start()
    #expect(remote.isBackingOff)
    try workspace.write(Text.pin(0x11).string, to: "later")
    // What was read since SIGHUP is not read again, and what was not is, in the same moment, too.
    remote.transport.rereadFiles(now: remote.now)
    #expect(remote.isBackingOff)
    #expect(!remote.rereadFiles())
    #expect(remote.turn { remote.isReady })
  }

  @Test("that is connected to or shakes hands goes on, unless its pins are others")
  func underWay() throws {
    for shakesHands in [false, true] {
      try pin(0x11)
      let remote = try pinned()
      if shakesHands {
        remote.library.handshakeAnswers = [.blocked(.readable)]
        #expect(remote.startHandshake())
      } else {
        _ = remote.start()
      }
      let phase = remote.phase
      let descriptor = remote.transport.descriptor
      #expect(!remote.rereadFiles())
      #expect(remote.phase == phase && remote.transport.descriptor == descriptor)
      try pin(0x22)
      #expect(!remote.rereadFiles())
      // Only the new pins count for the attempt that follows.
      #expect(remote.turn { remote.isBackingOff })
      #expect(remote.library.count(of: "shutdown") == 0)
      #expect(remote.said().last?.string.contains("does not match the pin") == true)
    }
  }

  @Test("whose name is being looked up is judged by the new pins, without asking twice")
  func resolving() throws {
    let remote = try pinned { $0.destination.host = "collector.example.net" }
    #expect(remote.start())
    try pin(0x22)
    #expect(!remote.rereadFiles())
    remote.transport.resolved([remote.collector.address], nil, now: remote.now)
    #expect(remote.turn { remote.isReady || remote.isBackingOff })
    #expect(remote.isBackingOff)
  }

  @Test("whose name is to be looked up again says so")
  func name() throws {
    let remote = try pinned { $0.destination.host = "collector.example.net" }
    #expect(remote.start())
    remote.transport.resolved([remote.collector.address], nil, now: remote.now)
    #expect(remote.turn { remote.isReady })
    #expect(!remote.rereadFiles())
    try pin(0x11, 0x22)
    #expect(remote.rereadFiles())
    #expect(remote.transport.sender.isResolving == true)
  }

  @Test("over plain TCP keeps its connection, and is tried at once when it waits")
  func plain() throws {
    let remote = try RemoteUnderTest { $0.destination.transport = .tcp }
    #expect(remote.connect())
    let first = try #require(remote.accept())
    #expect(!remote.rereadFiles())
    #expect(remote.isReady)
    shutdown(first.socket.rawValue, Int32(SHUT_WR))
    #expect(remote.turn { remote.isBackingOff })
    remote.now = remote.now + Interval(milliseconds: 1)
    #expect(!remote.rereadFiles())
    #expect(remote.turn { remote.isReady })
    #expect(remote.library.calls == [])
  }

  @Test("that was left stays left")
  func stopped() throws {
    let remote = try pinned()
    #expect(remote.connect())
    _ = remote.transport.stop(now: remote.now)
    try pin(0x22, 0x11)
    #expect(!remote.rereadFiles(after: .seconds(1)))
    #expect(remote.phase == .stopped && remote.transport.descriptor == -1)
  }
}
