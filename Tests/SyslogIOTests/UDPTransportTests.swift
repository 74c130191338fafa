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

  private func transport(
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
  private func send(
    _ datagrams: [String], to transport: UDPTransport, at now: Instant = Self.now
  ) throws -> Bool {
    let pair = try SocketPair()
    for datagram in datagrams { pair.send(datagram) }
    let batch = DatagramBatch()
    try #require(batch.receive(from: pair.near.rawValue, limit: .max))
    let messages = batch.prepareToSend()
    return questions.asks { transport.send(batch, messages: messages, now: now) }
  }

  private func send(message: String, to transport: UDPTransport) -> Bool {
    let bytes = Array(message.utf8)
    return questions.asks {
      transport.send(bytes.span, Message(bytes.span), RemoteUnderTest.time, now: Self.now)
    }
  }

  private func said() -> [Sentence] { diagnostics.removeLines().map { $0.sentence } }

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
    _ = try send(["b"], to: transport)
    _ = try send(["c"], to: transport)
    #expect(sink.next() == "c\n")
  }
}
