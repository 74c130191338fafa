import Foundation

/// tcpdump on a namespace's loopback, and what it caught.
final class PacketCapture {
  /// One packet with content.
  struct Packet {
    let isTCP: Bool
    let sourcePort: Int
    let destinationPort: Int
    let payload: [UInt8]
  }

  private let process: Child
  private let file: String

  init(_ filter: String, in workspace: Workspace, wrapper: [String]) throws {
    file = workspace.file("capture.pcap")
    let process = try Child(
      wrapper + [
        // Room for every packet: the default buffer holds few of this length.
        "tcpdump", "-i", "lo", "-U", "-Z", "root", "--immediate-mode", "-s", "65535", "-B",
        "65536", "-w", file, filter,
      ], in: workspace, name: "tcpdump")
    self.process = process
    try eventually("tcpdump listens\n\(process.everything)") {
      process.errors.contains("listening on")
    }
  }

  func stop() throws { try process.stop(SIGINT) }

  /// Every byte of the file, headers included.
  var bytes: [UInt8] { Child.bytes(of: file) }

  /// The packets with content: Ethernet frames with IPv4 inside, as loopback has them.
  func packets() throws -> [Packet] {
    let bytes = bytes
    guard bytes.count >= 24, number(bytes, 20) == 1 else {
      throw Failure("not an Ethernet capture")
    }
    var packets: [Packet] = []
    var position = 24
    while position + 16 <= bytes.count {
      let length = number(bytes, position + 8)
      let frame = bytes[(position + 16)...].prefix(length)
      position += 16 + length
      if let packet = packet(Array(frame)), !packet.payload.isEmpty { packets.append(packet) }
    }
    return packets
  }

  private func packet(_ frame: [UInt8]) -> Packet? {
    guard frame.count >= 42, frame[12] == 8, frame[13] == 0 else { return nil }
    let transport = 14 + Int(frame[14] & 15) * 4
    let end = 14 + Int(frame[16]) << 8 + Int(frame[17])
    let isTCP = frame[23] == 6
    let payload = transport + (isTCP ? Int(frame[transport + 12] >> 4) * 4 : 8)
    guard payload <= end, end <= frame.count else { return nil }
    let port = { (offset: Int) in Int(frame[offset]) << 8 | Int(frame[offset + 1]) }
    return Packet(
      isTCP: isTCP, sourcePort: port(transport), destinationPort: port(transport + 2),
      payload: Array(frame[payload..<end]))
  }

  /// A 32-bit number in this machine's order, which is the file's.
  private func number(_ bytes: [UInt8], _ offset: Int) -> Int {
    bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
  }
}
