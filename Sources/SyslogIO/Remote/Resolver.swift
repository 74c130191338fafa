internal import Bytes
internal import CPosix

/// Names become addresses on a thread of its own, because getaddrinfo(3) may take half a minute
/// and the loop never waits: the local log goes on while a name cannot be resolved.
///
/// The two sides share nothing but a socket pair, on which each question and each answer is one
/// packet. The thread is started by the first question.
public final class Resolver {
  /// What came of a question.
  enum Answer {
    case addresses([SocketAddress])
    case failure(LookupError)
  }

  /// Our end of the socket pair; nil before the first question.
  var ourEnd: FileDescriptor?

  public init() {}

  /// To poll for answers; -1 while no question was asked.
  var descriptor: Int32 { ourEnd?.rawValue ?? -1 }

  /// Asks for the addresses of a remote; the answer carries `tag`. Returns the answer at once when
  /// the question cannot be asked.
  func ask(for remote: RemoteSettings, tag: UInt32) -> Answer? {
    do throws(Errno) {
      try ask(remote.destination.host, port: remote.effectivePort, tag: tag)
      return nil
    } catch {
      return .failure(LookupError(code: EAI_AGAIN))
    }
  }

  /// Asks for the addresses of `host`; the answer carries `tag`.
  func ask(_ host: Text, port: UInt16, tag: UInt32) throws(Errno) {
    if ourEnd == nil { try startThread() }
    var question = Packet.header(tag: tag, number: UInt32(port))
    question.append(contentsOf: host.bytes)
    let sent = unsafe question.withUnsafeBytes { bytes in
      unsafe send(
        descriptor, bytes.baseAddress, bytes.count,
        CPOSIX_MSG_DONTWAIT | CPOSIX_MSG_NOSIGNAL)
    }
    guard sent == question.count else { throw Errno.last }
  }

  /// The next answer, nil when there is none yet.
  func answer() -> (tag: UInt32, answer: Answer)? {
    guard let packet = Packet.receive(from: descriptor, CPOSIX_MSG_DONTWAIT),
      let tag = packet.number(at: 0), let code = packet.number(at: 4)
    else { return nil }
    guard code == 0 else {
      return (tag, .failure(LookupError(code: Int32(bitPattern: code))))
    }
    var addresses: [SocketAddress] = []
    var offset = 8
    while let length = packet.number(at: offset),
      let storage = packet.address(at: offset + 4)
    {
      addresses.append(SocketAddress(storage, length: length))
      offset += 4 + MemoryLayout<sockaddr_storage>.size
    }
    return (tag, .addresses(addresses))
  }

  private func startThread() throws(Errno) {
    var ends: [Int32] = [-1, -1]
    let type = CPOSIX_SOCK_SEQPACKET | CPOSIX_SOCK_CLOEXEC
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Errno.last }
    let ours = FileDescriptor(owning: ends[0])
    let theirs = ends[1]
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    // getaddrinfo needs tens of kilobytes; the default of 8 MB frightens small devices.
    unsafe pthread_attr_setstacksize(&attributes, 256 * 1024)
    unsafe pthread_attr_setdetachstate(&attributes, CPOSIX_THREAD_DETACHED)
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes, resolverThread, UnsafeMutableRawPointer(bitPattern: Int(theirs)))
    unsafe pthread_attr_destroy(&attributes)
    guard code == 0 else {
      close(theirs)
      throw Errno(code: code)
    }
    ourEnd = consume ours
  }
}

/// Answers one question after the other, until the daemon is gone.
private func resolverThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let socket = Int32(truncatingIfNeeded: Int(bitPattern: argument))
  while let question = Packet.receive(from: socket, 0) {
    guard let tag = question.number(at: 0), let port = question.number(at: 4) else { continue }
    var answer: [UInt8]
    do throws(LookupError) {
      let found = try lookUp(
        question.text(from: 8), port: UInt16(truncatingIfNeeded: port), flags: 0)
      answer = Packet.header(tag: tag, number: 0)
      for address in found { answer.append(address) }
    } catch {
      answer = Packet.header(tag: tag, number: UInt32(bitPattern: error.code))
    }
    let sent = unsafe answer.withUnsafeBytes { bytes in
      unsafe send(socket, bytes.baseAddress, bytes.count, CPOSIX_MSG_NOSIGNAL)
    }
    guard sent >= 0 else { break }
  }
  close(socket)
  return nil
}

/// A question or an answer: two numbers, then a host name or addresses, in host byte order.
private struct Packet {
  private var bytes: [UInt8]

  static func header(tag: UInt32, number: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(tag)
    bytes.append(number)
    return bytes
  }

  /// Waits for a packet unless `flags` say otherwise; nil when there is none or never will be.
  static func receive(from socket: Int32, _ flags: Int32) -> Packet? {
    var bytes = [UInt8](repeating: 0, count: 2048)
    var count = 0
    repeat {
      count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe recv(socket, buffer.baseAddress, buffer.count, flags)
      }
    } while count < 0 && cposix_errno() == EINTR
    guard count > 0 else { return nil }
    bytes.removeLast(bytes.count - count)
    return Packet(bytes: bytes)
  }

  func number(at offset: Int) -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    return unsafe bytes.withUnsafeBytes { buffer in
      unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
  }

  func address(at offset: Int) -> sockaddr_storage? {
    guard offset + MemoryLayout<sockaddr_storage>.size <= bytes.count else { return nil }
    return unsafe bytes.withUnsafeBytes { buffer in
      unsafe buffer.loadUnaligned(fromByteOffset: offset, as: sockaddr_storage.self)
    }
  }

  func text(from offset: Int) -> Text {
    Text(bytes[min(offset, bytes.count)...])
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ number: UInt32) {
    unsafe Swift.withUnsafeBytes(of: number) { unsafe append(contentsOf: $0) }
  }

  fileprivate mutating func append(_ address: SocketAddress) {
    append(UInt32(address.length))
    unsafe Swift.withUnsafeBytes(of: address.storage) { unsafe append(contentsOf: $0) }
  }
}
