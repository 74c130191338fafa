import Bytes
import CPosix
import TLSBackend

@testable import SyslogIO

/// Two connected unix sockets.
final class SocketPair {
  let near: FileDescriptor
  let far: FileDescriptor

  init(_ type: Int32 = CPOSIX_SOCK_DGRAM) throws {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw Unexpected("socketpair: \(errorWords())")
    }
    near = FileDescriptor(owning: ends[0])
    far = FileDescriptor(owning: ends[1])
  }

  /// Into the far end, to be received at the near one. False when there is no room.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    CPosix.send(far.rawValue, bytes, bytes.count, CPOSIX_MSG_DONTWAIT) == bytes.count
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }
}

/// What one receive call gives within `milliseconds`; nil when nothing came.
func receive(from socket: Int32, within milliseconds: Int32 = 0) -> [UInt8]? {
  var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
  guard poll(&entry, 1, milliseconds) > 0 else { return nil }
  var bytes = [UInt8](repeating: 0, count: 65536)
  let count = recv(socket, &bytes, bytes.count, CPOSIX_MSG_DONTWAIT)
  return count < 0 ? nil : Array(bytes.prefix(count))
}

/// A socket on a loopback address that a transport sends to.
final class Sink {
  let socket: FileDescriptor
  let address: SocketAddress
  let port: UInt16

  /// Datagrams at `host`, or a listener for streams there with a receive buffer of its own size.
  /// Without a backlog it does not listen, and while it lives nobody else does at its port.
  init(
    _ type: Int32 = CPOSIX_SOCK_DGRAM, host: Text = "127.0.0.1", port: UInt16 = 0,
    receiveBuffer: Int32? = nil, backlog: Int32? = 8
  ) throws {
    guard let any = SocketAddress(literal: host, port: port) else { throw Unexpected("\(host)") }
    socket = try FileDescriptor.checked(CPosix.socket(any.family, type, 0))
    if var size = receiveBuffer {
      setsockopt(socket.rawValue, SOL_SOCKET, SO_RCVBUF, &size, 4)
    }
    guard bind(socket.rawValue, to: any) == 0 else { throw Errno.last }
    if let backlog, type == CPOSIX_SOCK_STREAM, listen(socket.rawValue, backlog) != 0 {
      throw Errno.last
    }
    guard let address = Sink.localAddress(of: socket.rawValue) else { throw Errno.last }
    self.address = address
    self.port = address.port
  }

  /// The next datagram, as text; nil when there is none. Loopback delivers before sendto returns.
  func next() -> String? {
    receive(from: socket.rawValue).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Our own end of a socket. The corresponding C function is `getsockname`.
  static func localAddress(of socket: Int32) -> SocketAddress? {
    name { getsockname(socket, $0, &$1) }
  }

  /// The other end of a connection. The corresponding C function is `getpeername`.
  static func peerAddress(of socket: Int32) -> SocketAddress? {
    name { getpeername(socket, $0, &$1) }
  }

  private static func name(
    _ function: (__SOCKADDR_ARG, inout socklen_t) -> Int32
  ) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutableBytes(of: &storage) { bytes in
      let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return function(__SOCKADDR_ARG(__sockaddr__: address), &length)
    }
    return code == 0 ? SocketAddress(storage, length: length) : nil
  }
}

extension SocketAddress {
  /// The address without its port, in digits. The corresponding C function is `getnameinfo`.
  var numeric: String { parts(NI_NUMERICHOST | NI_NUMERICSERV).host }
  var port: UInt16 { UInt16(parts(NI_NUMERICHOST | NI_NUMERICSERV).port) ?? 0 }

  private func parts(_ flags: Int32) -> (host: String, port: String) {
    var storage = storage
    var host = [CChar](repeating: 0, count: 128)
    var port = [CChar](repeating: 0, count: 16)
    let code = withUnsafeBytes(of: &storage) { bytes in
      getnameinfo(
        bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), length, &host,
        socklen_t(host.count), &port, socklen_t(port.count), flags)
    }
    guard code == 0 else { return ("error \(code)", "") }
    return (String(cutting: host), String(cutting: port))
  }
}

extension String {
  /// Up to the NUL.
  init(cutting characters: [CChar]) {
    let bytes = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    self.init(decoding: bytes, as: UTF8.self)
  }
}
