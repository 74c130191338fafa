import Bytes
import CPosix
import Features
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("A UDP remote that some messages could not be sent to") struct UDPLossTests {
  private static let now = Instant(milliseconds: 1_000_000)
  private let remote = UDPTransportTests()

  /// One turn of the loop.
  private func turn(_ transport: UDPTransport, after seconds: Int64 = 0) {
    transport.reportDiscarded(RemoteUnderTest.time, now: Self.now + .seconds(seconds))
  }

  /// What the collector is told of a period.
  private func notice(_ lost: LossPeriod) -> String {
    Sentence.notice(.unsent(lost), process: getpid()).string + "\n"
  }

  @Test(
    "is told how many and when, once others have been sent for ten seconds, and the log too",
    arguments: [false, true])
  func name(alone: Bool) throws {
    let sink = try Sink()
    let begin = SystemClock.seconds
    let transport = remote.transport("collector.example.net", sink.port)
    if alone {
      for _ in 0..<3 { _ = remote.send(message: "a", to: transport) }
    } else {
      _ = try remote.send(["a", "b", "c"], to: transport)
    }
    turn(transport)
    let lost = try #require(transport.lost.value)
    #expect(lost.count == 3)
    #expect(begin <= lost.first && lost.first <= lost.last && lost.last <= SystemClock.seconds)
    transport.resolved([sink.address], nil, now: Self.now)
    for second: Int64 in [1, 10] {
      turn(transport, after: second)
      _ = try remote.send(["d"], to: transport, at: Self.now + .seconds(second))
      turn(transport, after: second)
      #expect(sink.next() == "d\n")
      #expect(sink.next() == nil)
    }
    _ = try remote.send(["e"], to: transport, at: Self.now + .seconds(11))
    turn(transport, after: 11)
    #expect(sink.next() == "e\n")
    let told = try #require(sink.next())
    #expect(told == notice(lost))
    let (first, last) = (Text(utc: lost.first).string, Text(utc: lost.last).string)
    #expect(
      told == "<44>syslogd[\(getpid())]: 3 messages for this collector discarded between \(first) "
        + "and \(last): they could not be sent\n")
    #expect(remote.said() == [.udpRemote(transport.settings.name, .unsent(lost))])
    for second: Int64 in [12, 30] {
      _ = try remote.send(["f"], to: transport, at: Self.now + .seconds(second))
      turn(transport, after: second)
      #expect(sink.next() == "f\n")
    }
    #expect(sink.next() == nil, "once")
    #expect(transport.sender.counters.discarded == 3)
    #expect(transport.sender.counters.sent == 6, "the notice is a message, too")
  }

  @Test("is told only when sending is known to work again: nothing came back for ten seconds")
  func refused() throws {
    // Forbidden without SO_BROADCAST, and then an address that works.
    let sink = try Sink()
    let broadcast = try #require(SocketAddress(literal: "255.255.255.255", port: 9))
    let transport = remote.transport("collector.example.net", sink.port)
    _ = try remote.send(["a"], to: transport)
    transport.resolved([broadcast], nil, now: Self.now)
    _ = try remote.send(["b"], to: transport, at: Self.now + .seconds(20))
    #expect(transport.lost.value?.count == 2)
    transport.resolved([sink.address], nil, now: Self.now + .seconds(21))
    for second: Int64 in [22, 30] {
      _ = try remote.send(["c"], to: transport, at: Self.now + .seconds(second))
      turn(transport, after: second)
      #expect(sink.next() == "c\n")
      #expect(sink.next() == nil)
    }
    let lost = try #require(transport.lost.value)
    _ = remote.said()
    _ = try remote.send(["d"], to: transport, at: Self.now + .seconds(32))
    turn(transport, after: 32)
    #expect(sink.next() == "d\n")
    #expect(sink.next() == notice(lost))
    let name = transport.settings.name
    #expect(remote.said() == [.udpRemote(name, .sendsAgain), .udpRemote(name, .unsent(lost))])
  }
}
