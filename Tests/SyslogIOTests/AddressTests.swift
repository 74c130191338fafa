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

  @Test("are the same addresses in whatever zone, although its interface may not be there yet")
  func zone() {
    let linkLocal: [UInt8] = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
    for text: Text in ["fe80::1", "fe80::1%lo", "fe80::1%no-such-device"] {
      #expect(SocketAddress.bytes(of: text) == linkLocal)
    }
    #expect(SocketAddress.bytes(of: "192.0.2.1") == [192, 0, 2, 1])
    for text: Text in ["", "%", "%lo", "localhost", "name%lo"] {
      #expect(SocketAddress.bytes(of: text) == nil)
    }
  }

  @Test("that are different have different numbers, and the same address has the same")
  func numbers() throws {
    var numbers: Set<UInt64> = []
    for literal in Self.literals + [("fe80::2", 0, "")] {
      for port: UInt16 in [1, 2] {
        let address = try #require(SocketAddress(literal: Text(of: literal.text), port: port))
        numbers.insert(address.number)
      }
    }
    // Two of the literals are other spellings.
    #expect(numbers.count == 2 * (Self.literals.count + 1 - 2))
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

  private func remote(from source: SocketAddress) -> RemoteSettings {
    let remote = RemoteSettings()
    remote.destination.source = source
    return remote
  }

  private func isWritable(_ socket: Int32) -> Bool {
    var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, 10_000) > 0
  }

  @Test("and are as a log sender wants them: at once on the wire (F6), and noticed when dead")
  func options() throws {
    let sink = try Sink(CPOSIX_SOCK_STREAM)
    let socket = try StreamSocket.connect(to: sink.address, for: RemoteSettings())
    #expect(isWritable(socket.rawValue))
    #expect(StreamSocket.failure(of: socket.rawValue)?.reason == nil)
    #expect(option(socket.rawValue, CPOSIX_IPPROTO_TCP, TCP_NODELAY) == 1)
    #expect(option(socket.rawValue, CPOSIX_IPPROTO_TCP, TCP_USER_TIMEOUT) == 30_000)
    #expect(option(socket.rawValue, SOL_SOCKET, SO_KEEPALIVE) == 1)
    #expect(option(socket.rawValue, CPOSIX_IPPROTO_TCP, TCP_KEEPIDLE) == 30)
    #expect(option(socket.rawValue, CPOSIX_IPPROTO_TCP, TCP_KEEPINTVL) == 10)
    var byte: UInt8 = 0
    #expect(recv(socket.rawValue, &byte, 1, 0) == -1)
    #expect(cposix_errno() == EAGAIN)
  }

  @Test("come from the local address that was asked for (-I)")
  func source() throws {
    let sink = try Sink(CPOSIX_SOCK_STREAM)
    let source = try #require(SocketAddress(literal: "127.0.0.2", port: 0))
    let socket = try StreamSocket.connect(to: sink.address, for: remote(from: source))
    #expect(isWritable(socket.rawValue))
    #expect(Sink.localAddress(of: socket.rawValue)?.numeric == "127.0.0.2")
  }

  @Test("say that they were refused, once the socket is ready")
  func refused() throws {
    let deaf = try Sink(CPOSIX_SOCK_STREAM, backlog: nil)
    defer { withExtendedLifetime(deaf) {} }
    let socket = try StreamSocket.connect(to: deaf.address, for: RemoteSettings())
    #expect(isWritable(socket.rawValue))
    let failure = StreamSocket.failure(of: socket.rawValue)
    #expect(failure?.reason == .failed(.connect, Errno(code: ECONNREFUSED)))
  }

  @Test("say which step failed, and why")
  func failures() throws {
    let sink = try Sink(CPOSIX_SOCK_STREAM)
    let elsewhere = try #require(SocketAddress(literal: "203.0.113.9", port: 0))
    let error = #expect(throws: StreamSocket.Failure.self) {
      _ = try StreamSocket.connect(to: sink.address, for: remote(from: elsewhere))
    }
    #expect(error?.step == .bind)
    #expect(error?.cause == Errno(code: EADDRNOTAVAIL))
    let settings = RemoteSettings()
    settings.destination.device = "nosuchdevice"
    let lacking = #expect(throws: StreamSocket.Failure.self) {
      _ = try StreamSocket.connect(to: sink.address, for: settings)
    }
    #expect(lacking?.step == .device)
    #expect(lacking?.cause == Errno(code: ENODEV))
    #expect(StreamSocket.failure(of: -1)?.cause == Errno(code: EBADF))
  }
}
