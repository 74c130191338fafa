import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("Address literals")
struct SocketAddressTests {
  static let literals: [(text: String, family: Int32, numeric: String)] = [
    ("192.0.2.1", AF_INET, "192.0.2.1"),
    ("127.0.0.1", AF_INET, "127.0.0.1"),
    ("0.0.0.0", AF_INET, "0.0.0.0"),
    ("2001:db8::1", AF_INET6, "2001:db8::1"),
    ("2001:DB8:0:0:0:0:0:1", AF_INET6, "2001:db8::1"),
    ("::1", AF_INET6, "::1"),
    ("::", AF_INET6, "::"),
    ("::ffff:192.0.2.1", AF_INET6, "::ffff:192.0.2.1"),
    ("fe80::1%lo", AF_INET6, "fe80::1%lo"),
    ("fe80::1%1", AF_INET6, "fe80::1%lo"),
  ]

  @Test("of IPv4 and IPv6, with a scope too, need no name service", arguments: literals)
  func literal(_ text: String, _ family: Int32, _ numeric: String) throws {
    let address = try #require(SocketAddress(literal: Text(of: text), port: 6514))
    #expect(address.family == family)
    #expect(address.numeric == numeric)
    #expect(address.port == 6514)
  }

  @Test(
    "are told from names, and from what is neither",
    arguments: [
      "", "localhost", "logs.example.net", "256.0.2.1", "192.0.2.1.5", "192.0.2.1:514", "[::1]",
      "::g", "1:2:3", "fe80::1%", "fe80::1%no-such-device",
    ])
  func name(_ text: String) {
    #expect(SocketAddress(literal: Text(of: text), port: 1) == nil)
  }
}

@Suite("Names are looked up on a thread of their own")
struct ResolverTests {
  /// Waits for an answer as the loop does.
  private func answer(_ resolver: Resolver) -> (tag: UInt32, answer: Resolver.Answer)? {
    var entry = pollfd(fd: resolver.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 60_000) > 0 else { return nil }
    return resolver.answer()
  }

  /// No name server is asked for it: a label has at most 63 characters.
  private static let impossible = Text(of: String(repeating: "x", count: 64) + ".invalid")

  @Test("a name becomes addresses with the port that was asked for; the tag comes back")
  func resolved() throws {
    let resolver = Resolver()
    #expect(resolver.descriptor == -1)
    #expect(resolver.answer() == nil)
    try resolver.ask("localhost", port: 6514, tag: 7)
    let reply = try #require(answer(resolver))
    #expect(reply.tag == 7)
    guard case .addresses(let addresses) = reply.answer else {
      Issue.record("\(reply.answer)")
      return
    }
    #expect(!addresses.isEmpty)
    for address in addresses {
      #expect(["127.0.0.1", "::1"].contains(address.numeric))
      #expect(address.port == 6514)
    }
    #expect(resolver.answer() == nil)
  }

  @Test("a name that there is not becomes the reason")
  func unresolved() throws {
    let resolver = Resolver()
    try resolver.ask(Self.impossible, port: 514, tag: .max)
    let reply = try #require(answer(resolver))
    #expect(reply.tag == .max)
    guard case .failure(let error) = reply.answer else {
      Issue.record("\(reply.answer)")
      return
    }
    #expect(error.code != 0)
    #expect(error.description.string == String(cString: gai_strerror(error.code)))
  }

  @Test("several questions are answered in their order, each with its own tag and port")
  func several() throws {
    let resolver = Resolver()
    try resolver.ask("127.0.0.1", port: 1, tag: 10)
    try resolver.ask(Self.impossible, port: 2, tag: 11)
    try resolver.ask("::1", port: 3, tag: 12)
    var answers: [String] = []
    for _ in 0..<3 {
      let reply = try #require(answer(resolver))
      switch reply.answer {
      case .addresses(let found):
        answers.append("\(reply.tag) \(found.map { "\($0.numeric) \($0.port)" })")
      case .failure: answers.append("\(reply.tag) failure")
      }
    }
    #expect(answers == [#"10 ["127.0.0.1 1"]"#, "11 failure", #"12 ["::1 3"]"#])
  }

  @Test("more questions than the socket holds are refused, not waited for")
  func flood() throws {
    let resolver = Resolver()
    #expect(throws: Errno(code: EAGAIN)) {
      // The longest the command line lets through, to keep the thread busy longer than this loop.
      for tag in 0..<1_000_000 {
        try resolver.ask("localhost", port: 1, tag: UInt32(tag))
      }
    }
    #expect(answer(resolver)?.tag == 0)
  }
}

@Suite("Connections are begun without waiting")
struct StreamSocketTests {
  /// The value of a socket's option.
  private func option(_ socket: Int32, _ level: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = -1
    var size = socklen_t(4)
    return getsockopt(socket, level, name, &value, &size) == 0 ? value : nil
  }

  private func isWritable(_ socket: Int32) -> Bool {
    var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, 10_000) > 0
  }

  @Test("and are as a log sender wants them: at once on the wire (F6), and noticed when dead")
  func options() throws {
    let sink = try Sink(CPOSIX_SOCK_STREAM)
    let socket = try StreamSocket.connect(to: sink.address, from: nil)
    #expect(isWritable(socket.rawValue))
    #expect(StreamSocket.failure(of: socket.rawValue)?.reason == nil)
    #expect(option(socket.rawValue, CPOSIX_IPPROTO_TCP, TCP_NODELAY) == 1)
    #expect(option(socket.rawValue, CPOSIX_IPPROTO_TCP, TCP_USER_TIMEOUT) == 30_000)
    #expect(option(socket.rawValue, SOL_SOCKET, SO_KEEPALIVE) == 1)
    #expect(option(socket.rawValue, CPOSIX_IPPROTO_TCP, TCP_KEEPIDLE) == 60)
    var byte: UInt8 = 0
    #expect(recv(socket.rawValue, &byte, 1, 0) == -1)
    #expect(cposix_errno() == EAGAIN)
  }

  @Test("come from the local address that was asked for (-I)")
  func source() throws {
    let sink = try Sink(CPOSIX_SOCK_STREAM)
    let source = try #require(SocketAddress(literal: "127.0.0.2", port: 0))
    let socket = try StreamSocket.connect(to: sink.address, from: source)
    #expect(isWritable(socket.rawValue))
    #expect(Sink.localAddress(of: socket.rawValue)?.numeric == "127.0.0.2")
  }

  @Test("say that they were refused, once the socket is ready")
  func refused() throws {
    let deaf = try Sink(CPOSIX_SOCK_STREAM, backlog: nil)
    defer { withExtendedLifetime(deaf) {} }
    let socket = try StreamSocket.connect(to: deaf.address, from: nil)
    #expect(isWritable(socket.rawValue))
    let failure = StreamSocket.failure(of: socket.rawValue)
    #expect(failure?.reason == .failed(.connect, Errno(code: ECONNREFUSED)))
  }

  @Test("say which step failed, and why")
  func failures() throws {
    let sink = try Sink(CPOSIX_SOCK_STREAM)
    let elsewhere = try #require(SocketAddress(literal: "203.0.113.9", port: 0))
    let error = #expect(throws: StreamSocket.Failure.self) {
      _ = try StreamSocket.connect(to: sink.address, from: elsewhere)
    }
    #expect(error?.step == .bind)
    #expect(error?.cause == Errno(code: EADDRNOTAVAIL))
    #expect(StreamSocket.failure(of: -1)?.cause == Errno(code: EBADF))
  }
}
