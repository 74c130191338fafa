public import Bytes
internal import CPosix

/// An IPv4 or IPv6 address with its port.
public struct SocketAddress: Equatable, Sendable {
  var storage: sockaddr_storage
  var length: socklen_t

  init(_ storage: sockaddr_storage, length: socklen_t) {
    self.storage = storage
    self.length = length
  }

  /// An address literal, without asking any name service; nil when `host` is a name.
  public init?(literal host: Text, port: UInt16) {
    guard var address = (try? lookUp(host, flags: AI_NUMERICHOST))?.first else { return nil }
    address.setPort(port)
    self = address
  }

  /// The address that `host` is, without its zone: the interface of that may be one that is not
  /// there yet. 4 or 16 bytes; nil when `host` is a name.
  public static func bytes(of host: Text) -> [UInt8]? {
    let bytes = host.bytes
    var end = 0
    while end < bytes.count, bytes[end] != UInt8(ascii: "%") { end += 1 }
    return SocketAddress(literal: Text(bytes[..<end]), port: 0)?.bytes
  }

  /// Whether `host` is an address literal.
  public static func isLiteral(_ host: Text) -> Bool {
    SocketAddress(literal: host, port: 0) != nil
  }

  var family: Int32 { Int32(storage.ss_family) }

  mutating func setPort(_ port: UInt16) {
    // At the same place for both families.
    unsafe withUnsafeMutableBytes(of: &storage) { buffer in
      unsafe buffer.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
    }
  }

  /// A number that stands for it (see `AddressMemory`): two addresses rarely have the same.
  var number: UInt64 {
    unsafe withUnsafeBytes(of: storage) { buffer in
      var number: UInt64 = 0
      // Family, port, address and zone; zeros behind them.
      for offset in [0, 8, 16, 24] {
        let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        number = (number ^ word) &* 0x9E37_79B9_7F4A_7C15
      }
      return number
    }
  }

  static func numbers(_ addresses: [SocketAddress]) -> [UInt64] {
    var numbers: [UInt64] = []
    for address in addresses { numbers.append(address.number) }
    return numbers
  }

  /// The address without its port, in network byte order: 4 or 16 bytes.
  public var bytes: [UInt8] {
    let range = family == AF_INET6 ? 8..<24 : 4..<8
    return unsafe withUnsafeBytes(of: storage) { unsafe Array($0[range]) }
  }

  public static func == (left: SocketAddress, right: SocketAddress) -> Bool {
    unsafe withUnsafeBytes(of: left.storage) { left in
      // Zeros behind the address in both.
      unsafe withUnsafeBytes(of: right.storage) { unsafe left.elementsEqual($0) }
    }
  }
}

/// Why a name has no address: a code of getaddrinfo(3).
struct LookupError: Error {
  let code: Int32

  /// The corresponding C function is `gai_strerror`.
  var description: Text {
    guard let text = unsafe gai_strerror(code) else { return "lookup error \(code)" }
    return unsafe Text(cString: text)
  }
}

/// As many addresses of one name as are looked at.
let addressLimit = 64

/// Looks a name up, and waits for the answer. The corresponding C function is `getaddrinfo`.
func lookUp(_ host: Text, flags: Int32) throws(LookupError) -> [SocketAddress] {
  var hints = unsafe addrinfo()
  unsafe hints.ai_flags = flags
  unsafe hints.ai_socktype = CPOSIX_SOCK_DGRAM
  var list: UnsafeMutablePointer<addrinfo>?
  let code = unsafe host.withCString { unsafe getaddrinfo($0, nil, &hints, &list) }
  guard code == 0 else { throw LookupError(code: code) }
  defer { unsafe freeaddrinfo(list) }
  var found: [SocketAddress] = []
  var next = unsafe list
  while let entry = unsafe next, found.count < addressLimit {
    unsafe next = entry.pointee.ai_next
    let size = unsafe Int(entry.pointee.ai_addrlen)
    guard let address = unsafe entry.pointee.ai_addr, size <= MemoryLayout<sockaddr_storage>.size
    else { continue }
    var storage = sockaddr_storage()
    unsafe withUnsafeMutableBytes(of: &storage) { buffer in
      unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(start: address, count: size))
    }
    found.append(SocketAddress(storage, length: socklen_t(size)))
  }
  return found
}

/// Binds a socket to a local address. The corresponding C function is `bind`.
func bind(_ socket: Int32, to address: SocketAddress) -> Int32 {
  var storage = address.storage
  return unsafe cposix_bind(socket, &storage, address.length)
}
