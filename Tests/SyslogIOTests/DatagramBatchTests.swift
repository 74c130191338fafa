import CPosix
import Testing

@testable import SyslogIO

@Suite("Batches of datagrams")
struct DatagramBatchTests {
  /// The datagrams of the batch as they are handed on.
  private func content(of batch: DatagramBatch) -> [[UInt8]] {
    (0..<batch.count).map { index in
      var bytes: [UInt8] = []
      batch.withDatagram(index) { datagram in
        for place in datagram.indices { bytes.append(datagram[place]) }
      }
      return bytes
    }
  }

  private func received(_ datagrams: [[UInt8]]) throws -> DatagramBatch {
    let pair = try SocketPair()
    for datagram in datagrams { try #require(pair.send(datagram)) }
    let batch = DatagramBatch()
    try #require(batch.receive(from: pair.near.rawValue, limit: .max))
    return batch
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test("come in the order in which they were sent")
  func order() throws {
    let sent = (1...8).map { Self.bytes("message \($0)") }
    let batch = try received(sent)
    #expect(content(of: batch) == sent)
    #expect(batch.longest == 9)
  }

  @Test("an empty socket gives an empty batch, at once")
  func nothing() throws {
    let pair = try SocketPair()
    pair.send("x")
    let batch = DatagramBatch()
    #expect(batch.receive(from: pair.near.rawValue, limit: .max))
    #expect(batch.receive(from: pair.near.rawValue, limit: .max) == false)
    #expect(batch.count == 0)
    #expect(batch.longest == 0)
    #expect(batch.prepareToSend() == 0)
  }

  @Test("-D drops what equals the datagram before it, in this batch or the last, and no other")
  func repeated() throws {
    let pair = try SocketPair()
    let batch = DatagramBatch()
    var kept: [[String]] = []
    for datagrams in [["a", "a", "b", "a\n"], ["a\0", "\n", "a", "ab", "a"], ["a"]] {
      for datagram in datagrams { pair.send(datagram) }
      try #require(batch.receive(from: pair.near.rawValue, limit: .max))
      batch.dropRepeated()
      kept.append(content(of: batch).map { String(decoding: $0, as: UTF8.self) })
    }
    // An empty one is ignored: it does not stand between two that are the same.
    #expect(kept == [["a", "", "b", "a"], ["", "", "", "ab", "a"], [""]])
    #expect(batch.repeated == 4)
  }

  @Test("never hold more than the limit, and one at least", arguments: [(3, 3), (1, 1), (0, 1)])
  func limit(_ limit: Int, _ expected: Int) throws {
    let pair = try SocketPair()
    for number in 1...5 { pair.send("\(number)") }
    let batch = DatagramBatch()
    #expect(batch.receive(from: pair.near.rawValue, limit: limit))
    #expect(batch.count == expected)
    // What was left is still in the socket.
    #expect(batch.receive(from: pair.near.rawValue, limit: .max))
    #expect(content(of: batch).first == Self.bytes("\(expected + 1)"))
  }

  @Test("a datagram of 8192 bytes is whole; one of 9000 is cut at its end and counted (T15, M4)")
  func truncation() throws {
    let whole = [UInt8](repeating: UInt8(ascii: "w"), count: 8192)
    let long = (0..<9000).map { UInt8(truncatingIfNeeded: $0 % 251 + 1) }
    let batch = try received([whole, long, Self.bytes("short")])
    #expect(content(of: batch) == [whole, Array(long.prefix(8192)), Self.bytes("short")])
    #expect(batch.truncated == 1)
    #expect(batch.longest == 8192)
  }

  static let trimmed: [(sent: String, handedOn: String)] = [
    ("a\n", "a"), ("a\0", "a"), ("a\n\0\n\0\0", "a"), ("a\0b\n", "a\0b"), ("\na", "\na"),
    ("a \n", "a "), ("\n", ""), ("\0\0", ""),
  ]

  @Test("LF and NUL at the end are cut off, in any mixture, and nothing else", arguments: trimmed)
  func trimming(_ sent: String, _ handedOn: String) throws {
    #expect(content(of: try received([Self.bytes(sent)])) == [Self.bytes(handedOn)])
  }

  @Test("are forwarded as BusyBox does: every byte, NULs too, and one LF; empty ones are not")
  func forwarding() throws {
    let long = [UInt8](repeating: UInt8(ascii: "l"), count: 9000)
    let batch = try received([
      Self.bytes("<13>a\0b\u{1}\n"), Self.bytes("\n\0"), [], Self.bytes("second"), long,
    ])
    let sink = try Sink()
    let socket = FileDescriptor(owning: CPosix.socket(AF_INET, CPOSIX_SOCK_DGRAM, 0))
    let messages = batch.prepareToSend()
    #expect(messages == 3)
    let result = batch.send(0..<messages, through: socket.rawValue, to: sink.address)
    #expect(result.sent == 3)
    #expect(result.failure == nil)
    #expect(sink.next() == "<13>a\0b\u{1}\n")
    #expect(sink.next() == "second\n")
    #expect(sink.next() == String(repeating: "l", count: 8192) + "\n")
    #expect(sink.next() == nil)
  }

  @Test("are forwarded to several remotes one after the other")
  func twoRemotes() throws {
    let batch = try received([Self.bytes("a"), Self.bytes("b")])
    let socket = FileDescriptor(owning: CPosix.socket(AF_INET, CPOSIX_SOCK_DGRAM, 0))
    let sinks = [try Sink(), try Sink()]
    for sink in sinks {
      let result = batch.send(
        0..<batch.prepareToSend(), through: socket.rawValue, to: sink.address)
      #expect(result.sent == 2)
    }
    for sink in sinks {
      #expect(sink.next() == "a\n")
      #expect(sink.next() == "b\n")
      #expect(sink.next() == nil)
    }
  }

  @Test("what the kernel refuses is said, and not counted as sent")
  func refusal() throws {
    let batch = try received([Self.bytes("a"), Self.bytes("b")])
    let socket = FileDescriptor(owning: CPosix.socket(AF_INET, CPOSIX_SOCK_DGRAM, 0))
    let broadcast = try #require(SocketAddress(literal: "255.255.255.255", port: 9))
    let result = batch.send(
      0..<batch.prepareToSend(), through: socket.rawValue, to: broadcast)
    #expect(result.sent == 0)
    #expect(result.failure == Errno(code: EACCES))
  }
}
