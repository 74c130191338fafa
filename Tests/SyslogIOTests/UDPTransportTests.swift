import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A UDP remote")
struct UDPTransportTests {
  private static let now = Instant(milliseconds: 1_000_000)

  private let questions: Questions
  private let diagnostics = Diagnostics()

  init() {
    questions = Questions()
  }

  func transport(
    _ host: Text, _ port: UInt16, _ change: (inout RemoteSettings) -> Void = { _ in }
  ) -> UDPTransport {
    var settings = RemoteSettings()
    settings.destination.host = host
    settings.destination.port = port
    change(&settings)
    return UDPTransport(
      settings, RemoteUnderTest.originator("router.example.net"),
      resolver: questions.resolver, diagnostics: diagnostics)
  }

  /// Sends one batch with these datagrams. Whether the name is looked up.
  func send(
    _ datagrams: [String], to transport: UDPTransport, at now: Instant = Self.now
  ) throws -> Bool {
    let pair = try SocketPair()
    for datagram in datagrams { pair.send(datagram) }
    let batch = DatagramBatch()
    try #require(batch.receive(from: pair.near.rawValue, limit: .max))
    let messages = batch.prepareToSend()
    return questions.asks { transport.send(batch, messages: messages, now: now) }
  }

  func send(message: String, to transport: UDPTransport, at now: Instant = Self.now) -> Bool {
    let bytes = Array(message.utf8)
    return questions.asks {
      transport.send(bytes.span, Message(bytes.span), RemoteUnderTest.time, now: now)
    }
  }

  func said() -> [Sentence] { diagnostics.removeLines().map { $0.sentence } }

  @Test("gets BusyBox's bytes: what came, and LF", arguments: ["127.0.0.1", "::1"])
  func raw(_ host: String) throws {
    let sink = try Sink(host: Text(of: host))
    let transport = transport(Text(of: host), sink.port)
    #expect(transport.settings.unit == .datagram)
    #expect(try !send(["<13>Nov 24 07:30:01 a: b\n", "c"], to: transport))
    #expect(sink.next() == "<13>Nov 24 07:30:01 a: b\n")
    #expect(sink.next() == "c\n")
    #expect(sink.next() == nil)
    #expect(transport.sender.counters.sent == 2)
    #expect(transport.sender.counters.discarded == 0)
    #expect(said() == [])
  }

  @Test("gets the same bytes when a rule picks single datagrams for it")
  func rawAlone() throws {
    let sink = try Sink()
    let transport = transport("127.0.0.1", sink.port)
    #expect(!send(message: "<13>Nov 24 07:30:01 a: b\0c", to: transport))
    #expect(sink.next() == "<13>Nov 24 07:30:01 a: b\0c\n")
  }

  @Test("gets one message of RFC 5424 per datagram, and nothing else in it (D1)")
  func rfc5424() throws {
    let sink = try Sink()
    let transport = transport("127.0.0.1", sink.port) { $0.delivery.format = .rfc5424 }
    #expect(transport.settings.unit == .message)
    #expect(!send(message: "<13>Nov 24 07:30:01 app[7]: hello", to: transport))
    #expect(!send(message: "<11>second", to: transport))
    let first = try #require(sink.next())
    #expect(first.hasPrefix("<13>1 2025-11-24T07:30:01"))
    #expect(first.hasSuffix(" hello"))
    #expect(first.contains(" router.example.net app 7 "))
    #expect(sink.next()?.hasPrefix("<11>1 2025-11-24T07:30:01") == true)
    #expect(sink.next() == nil)
    #expect(transport.sender.counters.sent == 2)
  }

  @Test("is sent to from the local address that was asked for (-I)")
  func source() throws {
    let sink = try Sink()
    let transport = transport("127.0.0.1", sink.port) {
      $0.destination.source = SocketAddress(literal: "127.0.0.3", port: 0)
    }
    _ = try send(["a"], to: transport)
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let count = withUnsafeMutableBytes(of: &storage) { bytes in
      let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return recvfrom(
        sink.socket.rawValue, nil, 0, CPOSIX_MSG_DONTWAIT,
        __SOCKADDR_ARG(__sockaddr__: address), &length)
    }
    #expect(count >= 0)
    #expect(SocketAddress(storage, length: length).numeric == "127.0.0.3")
  }

  @Test("that cannot be reached is reported once, and counted each time")
  func unreachable() throws {
    // Sending there is forbidden without SO_BROADCAST: a failure that needs no network.
    let transport = transport("255.255.255.255", 9)
    #expect(try !send(["a", "b"], to: transport))
    #expect(try !send(["c"], to: transport))
    #expect(transport.sender.counters.sent == 0)
    #expect(transport.sender.counters.discarded == 3)
    #expect(said() == [.udpRemote("255.255.255.255:9", .notSent(Errno(code: EACCES)))])
  }

  @Test("whose socket cannot be opened is reported once, and ends nothing, unlike BusyBox")
  func noSocket() throws {
    let transport = transport("127.0.0.1", 9) {
      $0.destination.source = SocketAddress(literal: "203.0.113.9", port: 0)
    }
    for _ in 0..<3 { _ = try send(["a"], to: transport) }
    #expect(transport.sender.counters.discarded == 3)
    #expect(said().count == 1)
  }

  @Test("whose name is not known yet counts what it cannot send, and asks for the name once")
  func unresolved() throws {
    let sink = try Sink()
    let transport = transport("collector.example.net", sink.port)
    #expect(try send(["a", "b"], to: transport))
    #expect(try !send(["c"], to: transport))
    #expect(transport.sender.counters.discarded == 3)
    transport.resolved([sink.address], nil, now: Self.now)
    #expect(try !send(["d"], to: transport))
    #expect(sink.next() == "d\n")
    #expect(transport.sender.counters.sent == 1)
    #expect(transport.sender.counters.discarded == 3)
    #expect(said() == [])
  }

  @Test("whose name is not found is looked up again after 120 s, as in BusyBox, and not before")
  func lookUpAgain() throws {
    let transport = transport("collector.example.net", 9)
    #expect(try send(["a"], to: transport))
    transport.resolved([], LookupError(code: EAI_NONAME), now: Self.now)
    #expect(
      said() == [
        .udpRemote(
          "collector.example.net:9",
          .nextLookup(.notResolved(LookupError(code: EAI_NONAME)), in: .seconds(120)))
      ])
    let early = Self.now + Interval(milliseconds: 119_999)
    #expect(try !send(["b"], to: transport, at: early))
    #expect(try send(["c"], to: transport, at: Self.now + .seconds(120)))
  }

  @Test("whose name has only addresses that -I does not reach is said to have them")
  func wrongFamily() throws {
    let sink = try Sink()
    let transport = transport("collector.example.net", sink.port) {
      $0.destination.source = SocketAddress(literal: "::1", port: 0)
    }
    #expect(try send(["a"], to: transport))
    transport.resolved([sink.address], nil, now: Self.now)
    #expect(
      said() == [
        .udpRemote(
          "collector.example.net:\(sink.port)",
          .nextLookup(.noUsableAddress, in: .seconds(120)))
      ])
    #expect(try !send(["b"], to: transport))
    #expect(transport.sender.counters.discarded == 2)
  }

  @Test("whose new address is not found keeps the old one, and is looked up again after 120 s")
  func staleAddress() throws {
    let transport = transport("collector.example.net", 9)
    _ = try send(["a"], to: transport)
    let broadcast = try #require(SocketAddress(literal: "255.255.255.255", port: 9))
    transport.resolved([broadcast], nil, now: Self.now)
    let failed = Self.now + .seconds(60)
    #expect(try send(["b"], to: transport, at: failed))
    transport.resolved([], LookupError(code: EAI_AGAIN), now: failed)
    let early = failed + Interval(milliseconds: 119_999)
    #expect(try !send(["c"], to: transport, at: early))
    #expect(try send(["d"], to: transport, at: failed + .seconds(120)))
  }

  @Test("with an address that works but could not be looked up anew is looked up after 120 s")
  func oldAddressWorks() throws {
    let sink = try Sink()
    let broadcast = try #require(SocketAddress(literal: "255.255.255.255", port: 9))
    let transport = transport("collector.example.net", sink.port)
    _ = try send(["a"], to: transport)
    transport.resolved([broadcast, sink.address], nil, now: Self.now)
    let failed = Self.now + .seconds(60)
    #expect(try send(["b"], to: transport, at: failed))
    transport.resolved([], LookupError(code: EAI_AGAIN), now: failed)
    #expect(try !send(["c"], to: transport, at: failed + .seconds(1)))
    #expect(try send(["d"], to: transport, at: failed + .seconds(120)))
    #expect(sink.next() == "b\n")
    #expect(sink.next() == "c\n")
    #expect(sink.next() == "d\n")
  }

  @Test("with several addresses is sent to the next one when the first cannot be reached")
  func anotherAddress() throws {
    let sink = try Sink()
    let transport = transport("collector.example.net", sink.port)
    _ = try send(["a"], to: transport)
    let broadcast = try #require(SocketAddress(literal: "255.255.255.255", port: 9))
    transport.resolved([broadcast, sink.address], nil, now: Self.now)
    _ = try send(["b", "c"], to: transport)
    _ = try send(["d"], to: transport)
    for text in ["b\n", "c\n", "d\n"] { #expect(sink.next() == text) }
    #expect(transport.sender.counters.discarded == 1, "what came before the address")
  }
}

@Suite("A UDP remote where nobody listens") struct UDPRefusalTests {
  private static let now = Instant(milliseconds: 1_000_000)
  private let remote = UDPTransportTests()

  /// An address of this machine where nobody listens.
  private func nobody(_ host: Text) throws -> SocketAddress { try Sink(host: host).address }

  private func send(
    _ text: String, alone: Bool, to transport: UDPTransport, after seconds: Int64 = 0
  ) throws -> Bool {
    let now = Self.now + .seconds(seconds)
    guard alone else { return try remote.send([text], to: transport, at: now) }
    return remote.send(message: text, to: transport, at: now)
  }

  @Test(
    "is told once, with its end, and a message behind it is not the one that pays for it",
    arguments: ["127.0.0.1", "::1"], [false, true])
  func refused(host: String, alone: Bool) throws {
    let port = try nobody(Text(of: host)).port
    let transport = remote.transport(Text(of: host), port)
    for second in 0..<4 {
      #expect(try !send("lost", alone: alone, to: transport, after: Int64(second)))
    }
    let name = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
    let refusal = Sentence.udpRemote(Text(of: name), .notSent(Errno(code: ECONNREFUSED)))
    #expect(remote.said() == [refusal])
    let sink = try Sink(host: Text(of: host), port: port)
    #expect(try !send("first", alone: alone, to: transport, after: 4))
    #expect(sink.next() == "first\n")
    #expect(transport.sender.counters.sent == 5)
    #expect(transport.sender.counters.discarded == 0)
    for second: Int64 in [5, 14] {
      _ = try send("more", alone: alone, to: transport, after: second)
    }
    #expect(remote.said() == [])
    _ = try send("more", alone: alone, to: transport, after: 15)
    #expect(remote.said() == [.udpRemote(Text(of: name), .sendsAgain)])
    _ = try send("more", alone: alone, to: transport, after: 60)
    #expect(remote.said() == [])
  }

  @Test(
    "has the next address of its name tried, and keeps it when the name is looked up again",
    arguments: ["127.0.0.2", "::1"], [false, true])
  func anotherAddress(host: String, alone: Bool) throws {
    let sink = try Sink()
    let nobody = try #require(SocketAddress(literal: Text(of: host), port: sink.port))
    let transport = remote.transport("collector.example.net", sink.port)
    _ = try send("early", alone: alone, to: transport)
    transport.resolved([nobody, sink.address], nil, now: Self.now)
    #expect(try !send("a", alone: alone, to: transport))
    #expect(sink.next() == nil)
    #expect(try send("b", alone: alone, to: transport, after: 10), "the name is looked up again")
    #expect(sink.next() == "b\n")
    for order in [[nobody, sink.address], [sink.address, nobody]] {
      transport.resolved(order, nil, now: Self.now + .seconds(11))
      #expect(try !send("c", alone: alone, to: transport, after: 12))
      #expect(sink.next() == "c\n")
      transport.reload(now: Self.now + .seconds(13))
    }
  }

  @Test("does not fill the kernel's memory with what came back")
  func errorQueue() throws {
    let address = try nobody("127.0.0.1")
    let transport = remote.transport("127.0.0.1", address.port)
    for _ in 0..<3 { _ = try remote.send((0..<8).map { "\($0)" }, to: transport) }
    #expect(transport.sender.counters.sent == 24)
    #expect(transport.sender.counters.discarded == 0)
    #expect(remote.said().count == 1)
  }
}
