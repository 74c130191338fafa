import Foundation

/// A name server inside the test. It knows some names, gives their addresses in another order each
/// time, and is silent when it is asked for anything else.
final class NameServer: @unchecked Sendable {
  /// What resolv.conf is to say, so that a lookup that gets no answer takes minutes.
  static let configuration = "nameserver 127.0.0.1\noptions timeout:60 attempts:5\n"

  private let socket: InetSocket
  private let lock = NSLock()
  private var names: [String: [String]]
  private var asked: [String: Int] = [:]
  private var ended = false

  /// `socket`: bound to port 53 of 127.0.0.1. `names`: with IPv4 addresses.
  init(owning socket: InetSocket, _ names: [String: [String]]) {
    self.socket = socket
    self.names = names
    Thread { [self] in while answerOne() {} }.start()
  }

  /// Ends the thread. To be called before the test ends.
  func stop() {
    lock.withLock { ended = true }
    shutdown(socket.descriptor, Int32(SHUT_RDWR))
  }

  /// From now on it knows this name, too.
  func learn(_ name: String, _ addresses: [String]) {
    lock.withLock { names[name] = addresses }
  }

  /// How often it was asked for the IPv4 addresses of this name.
  func questions(for name: String) -> Int { lock.withLock { asked[name] ?? 0 } }

  private func answerOne() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1024)
    var from = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    poll(&waiting, 1, 100)
    let count = withUnsafeMutablePointer(to: &from) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        recvfrom(socket.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT), $0, &length)
      }
    }
    if count > 0, let answer = answer(to: Array(buffer[..<count])) {
      _ = withUnsafePointer(to: &from) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          sendto(socket.descriptor, answer, answer.count, 0, $0, length)
        }
      }
    }
    return lock.withLock { !ended }
  }

  /// Nil for a name that it does not know (RFC 1035 §4.1).
  private func answer(to query: [UInt8]) -> [UInt8]? {
    var labels: [String] = []
    var place = 12
    while place < query.count, query[place] > 0 {
      let end = place + 1 + Int(query[place])
      guard end < query.count else { return nil }
      labels.append(String(decoding: query[(place + 1)..<end], as: UTF8.self))
      place = end
    }
    guard place + 5 <= query.count else { return nil }
    let isIPv4 = query[place + 2] == 1
    let addresses = addresses(of: labels.joined(separator: "."), isIPv4)
    guard let addresses else { return nil }
    let header: [UInt8] = [0x81, 0x80, 0, 1, 0, UInt8(addresses.count), 0, 0, 0, 0]
    var answer = query[..<2] + header + query[12..<(place + 5)]
    for address in addresses {
      // The name of the question, type A, class IN, for no time, 4 bytes.
      answer += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]
      answer += address.split(separator: ".").compactMap { UInt8($0) }
    }
    return Array(answer)
  }

  private func addresses(of name: String, _ isIPv4: Bool) -> [String]? {
    lock.withLock {
      if isIPv4 { asked[name, default: 0] += 1 }
      guard let known = names[name] else { return nil }
      guard isIPv4, let first = known.first else { return [] }
      names[name] = known.dropFirst() + [first]
      return known
    }
  }
}
