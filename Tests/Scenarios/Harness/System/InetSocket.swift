import Foundation

enum SocketKind {
  case stream, datagram
}

/// An IPv4 or IPv6 socket of the test itself, bound to one address.
final class InetSocket {
  let descriptor: Int32
  let host: String
  let port: Int

  /// `host` is a numeric address; port 0 lets the kernel choose.
  init(_ kind: SocketKind, boundTo host: String, port: Int = 0) throws {
    let isIPv6 = host.contains(":")
    let type = Int32((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
    let descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure("socket: \(LibC.lastError)") }
    var one: Int32 = 1
    if kind == .stream {
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = try InetSocket.address(host, port)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, InetSocket.length(isIPv6))
      }
    }
    guard bound == 0 else {
      let reason = LibC.lastError
      close(descriptor)
      throw Failure("bind \(host) port \(port): \(reason)")
    }
    self.descriptor = descriptor
    self.host = host
    self.port = port == 0 ? InetSocket.boundPort(descriptor) : port
  }

  deinit { close(descriptor) }

  /// Sends one datagram to a numeric address.
  func send(_ datagram: [UInt8], to host: String, port: Int) throws {
    var address = try InetSocket.address(host, port)
    let sent = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(
          descriptor, datagram, datagram.count, 0, $0, InetSocket.length(host.contains(":")))
      }
    }
    guard sent == datagram.count else { throw Failure("send to port \(port): \(LibC.lastError)") }
  }

  static func length(_ isIPv6: Bool) -> socklen_t {
    socklen_t(isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
  }

  /// A socket address from numeric text.
  static func address(_ host: String, _ port: Int) throws -> sockaddr_storage {
    var storage = sockaddr_storage()
    let known = withUnsafeMutableBytes(of: &storage) { raw -> Int32 in
      let base = raw.baseAddress!
      if host.contains(":") {
        let address = base.bindMemory(to: sockaddr_in6.self, capacity: 1)
        address.pointee.sin6_family = sa_family_t(AF_INET6)
        address.pointee.sin6_port = in_port_t(port).bigEndian
        return inet_pton(AF_INET6, host, &address.pointee.sin6_addr)
      }
      let address = base.bindMemory(to: sockaddr_in.self, capacity: 1)
      address.pointee.sin_family = sa_family_t(AF_INET)
      address.pointee.sin_port = in_port_t(port).bigEndian
      return inet_pton(AF_INET, host, &address.pointee.sin_addr)
    }
    guard known == 1 else { throw Failure("\(host) is not a numeric address") }
    return storage
  }

  /// The numeric text of an address, without its port.
  static func text(_ storage: sockaddr_storage) -> String {
    let family = Int32(storage.ss_family)
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ = withUnsafeBytes(of: storage) { raw in
      let offset = family == AF_INET6 ? 8 : 4
      return inet_ntop(family, raw.baseAddress! + offset, &buffer, socklen_t(buffer.count))
    }
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  private static func boundPort(_ descriptor: Int32) -> Int {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    // The port is at the same place for both families.
    return withUnsafeBytes(of: &storage) { Int($0[2]) << 8 | Int($0[3]) }
  }
}
